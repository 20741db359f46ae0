"""TMF666 v4 billingAccount, and the partyAccount and financialAccount behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from console.sandbox.resources.shapes import (
    ACCOUNT_BASE,
    Links,
    Record,
    Resource,
    account_name,
    account_ref,
    by_account,
    by_customer,
    customer_ref,
    instant,
    money,
    period,
    postal_address,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.bills import Bill


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, account, links) for account in range(world.history(n).accounts)]


def _changed_on(bills: Sequence[Bill], since: date) -> date:
    """Return the last change of an account: the payment of its newest bill, else the bill, else `since`."""
    return (bills[0].paid_on or bills[0].billed_on) if bills else since


def _record(world: World, n: int, account: int, links: Links) -> Record:
    history, person = world.history(n), world.person(n)
    currency = person.country.currency
    record = world.numbers.account.encode(world.account_serial(n, account))
    bills = [bill for bill in world.bills(n) if bill.account == account]
    owed = sum(bill.total - bill.paid for bill in bills)
    method = bills[0].plan.method if bills else None
    overdue = any(bill.paid < bill.total and bill.due_on < world.as_of for bill in bills)
    place = replace(person.address, street=history.billing_street or person.address.street)
    since = min((bill.billed_on for bill in bills), default=person.since)
    found: Record = {
        "id": record,
        "href": links.href("billing", ACCOUNT_BASE, "billingAccount", record),
        "name": account_name(world, n, account),
        "accountType": "business" if person.company else "residential",
        "state": "active",
        "paymentStatus": "inArrears" if overdue else "upToDate",
        "lastModified": time_of(_changed_on(bills, person.since), 6),
        "accountBalance": [
            {"balanceType": "receivableBalance", "amount": money(owed, currency), "validFor": period(since, None)}
        ],
        "creditLimit": money(50_000 if person.company else 20_000, currency),
        "billStructure": {
            "cycleSpecification": {
                "isRef": False,
                "name": f"Monthly, day {history.cycle_days[account]}",
                "@type": "BillingCycleSpecification",
            }
        },
        "contact": [
            {
                "contactName": history.billing_name or person.name,
                "contactType": "billing",
                "validFor": period(person.since, None),
                "contactMedium": [postal_address(place)],
            }
        ],
        "relatedParty": [customer_ref(world, n, links, history.billing_name)],
        "@type": "BillingAccount",
    }
    if method is not None:
        found["defaultPaymentMethod"] = {"id": f"pm-{account}", "name": method}
    if account > 0:
        found["accountRelationship"] = [
            {
                "relationshipType": "parent",
                "validFor": period(person.since, None),
                "account": account_ref(world, n, 0, links),
            }
        ]
    return found


BILLING_ACCOUNT = Resource(
    "billingAccount",
    ACCOUNT_BASE,
    records=_records,
    count=lambda world, n: world.history(n).accounts,
    narrow={"id": by_account, "relatedParty.id": by_customer},
    prefix="BAN-",
    needed=("name", "relatedParty"),
    fill=lambda _world, record, now, _links: {"state": "active", **record, "lastModified": instant(now)},
    counts_history=True,
)


def _behind(name: str, prefix: str, shown: tuple[str, ...]) -> Resource:
    """Return a resource with one account for each billing account, which has the attributes in `shown`."""

    def number(billing_account: str) -> str:
        return prefix + billing_account.removeprefix(_PREFIX)

    def record(account: Record, links: Links) -> Record:
        own = number(account["id"])
        values = {key: account[key] for key in shown if key in account}
        return {"id": own, "href": links.href("billing", ACCOUNT_BASE, name, own), **values}

    def records(world: World, n: int, links: Links) -> list[Record]:
        return [{**record(account, links), "@type": resource.kind} for account in _records(world, n, links)]

    def by_own(world: World, value: str) -> Iterator[int]:
        yield from by_account(world, _PREFIX + value.removeprefix(prefix)) if value.startswith(prefix) else ()

    resource = replace(
        BILLING_ACCOUNT,
        name=name,
        records=records,
        narrow={"id": by_own, "relatedParty.id": by_customer},
        prefix=prefix,
        needed=tuple(key for key in ("name", "relatedParty") if key in shown),
    )
    return resource


_PREFIX = "BA-"
PARTY_ACCOUNT = _behind(
    "partyAccount",
    "PA-",
    ("name", "accountType", "state", "paymentStatus", "lastModified", "creditLimit", "contact", "relatedParty"),
)
FINANCIAL_ACCOUNT = _behind(
    "financialAccount", "FA-", ("name", "accountType", "state", "lastModified", "accountBalance", "creditLimit")
)
