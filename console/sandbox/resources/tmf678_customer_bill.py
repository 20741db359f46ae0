"""TMF678 v4 customerBill, appliedCustomerBillingRate and customerBillOnDemand."""

from collections.abc import Iterator

from console.sandbox.resources.shapes import (
    BILL_BASE,
    PAYMENT_BASE,
    Links,
    Record,
    Resource,
    account_ref,
    bill_ref,
    by_account,
    by_bill,
    by_customer,
    customer_ref,
    instant,
    money,
    period,
    product_ref,
    time_of,
)
from console.sandbox.resources.tmf676_payment import payment_number
from console.sandbox.world import World
from console.sandbox.world.bills import Bill, BillLine
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.payments import bill_months

# Path of the bill documents, below the system's address.
DOCUMENTS = "/documents"


def _bills(world: World, n: int, links: Links) -> list[Record]:
    return [_bill(world, n, bill, links) for bill in world.bills(n)]


def _bill(world: World, n: int, bill: Bill, links: Links) -> Record:
    country = world.person(n).country
    record = world.numbers.bill.encode(world.bill_serial(n, bill))
    number = world.numbers.bill_number(world.account_serial(n, bill.account), bill.month)
    found: Record = {
        "id": record,
        "href": links.href("billing", BILL_BASE, "customerBill", record),
        "billNo": number,
        "billDate": time_of(bill.billed_on),
        "paymentDueDate": time_of(bill.due_on),
        "nextBillDate": time_of(bill.next_on),
        "billingPeriod": period(bill.billed_on, bill.next_on),
        "lastUpdate": time_of(bill.paid_on or bill.billed_on, 6),
        "category": "normal",
        "runType": "onCycle",
        "state": bill.state,
        "amountDue": money(bill.total, country.currency),
        "remainingAmount": money(bill.total - bill.paid, country.currency),
        "taxExcludedAmount": money(bill.cents, country.currency),
        "taxIncludedAmount": money(bill.total, country.currency),
        "taxItem": [
            {
                "taxCategory": "VAT" if country.code != "US" else "sales",
                "taxRate": country.tax_permille / 10,
                "taxAmount": money(bill.tax, country.currency),
            }
        ],
        "billingAccount": account_ref(world, n, bill.account, links),
        "billDocument": [
            {
                "id": f"{record}.pdf",
                "name": f"{number}.pdf",
                "attachmentType": "bill",
                "mimeType": "application/pdf",
                "url": f"{links.addresses['billing']}{DOCUMENTS}/{record}.pdf",
            }
        ],
        "relatedParty": [customer_ref(world, n, links, world.history(n).billing_name)],
        "@type": "CustomerBill",
    }
    if bill.paid > 0 and bill.received > 0:
        payment = payment_number(world, n, bill)
        found["appliedPayment"] = [
            {
                "appliedAmount": money(bill.paid, country.currency),
                "payment": {"id": payment, "href": links.href("billing", PAYMENT_BASE, "payment", payment)},
            }
        ]
    return found


def _rates(world: World, n: int, links: Links) -> list[Record]:
    return [
        _rate(world, n, bill, ordinal, line, links)
        for bill in world.bills(n)
        for ordinal, line in enumerate(bill.lines)
    ]


def _rate(world: World, n: int, bill: Bill, ordinal: int, line: BillLine, links: Links) -> Record:
    country = world.person(n).country
    serial = world.bill_serial(n, bill)
    record = world.numbers.line.encode(serial * Numbers.LINES + ordinal)
    bill_id = world.numbers.bill.encode(serial)
    found: Record = {
        "id": record,
        "href": links.href("billing", BILL_BASE, "appliedCustomerBillingRate", record),
        "name": line.name,
        "type": line.type,
        "date": time_of(bill.billed_on),
        "isBilled": True,
        "periodCoverage": period(line.starts_on, line.ends_on),
        "taxExcludedAmount": money(line.cents, country.currency),
        "taxIncludedAmount": money(line.cents + line.tax, country.currency),
        "appliedTax": [
            {
                "taxCategory": "VAT" if country.code != "US" else "sales",
                "taxRate": country.tax_permille / 10,
                "taxAmount": money(line.tax, country.currency),
            }
        ],
        "bill": {"id": bill_id, "href": links.href("billing", BILL_BASE, "customerBill", bill_id)},
        "billingAccount": account_ref(world, n, bill.account, links),
        "@type": "AppliedCustomerBillingRate",
    }
    if line.subscription is not None:
        found["product"] = product_ref(world, n, line.subscription, links)
    return found


def newest_bill(world: World, account: str, links: Links) -> Record | None:
    """Return the reference to the newest bill of an account, for a bill on demand."""
    for n in by_account(world, account):
        own = (world.numbers.account.decode(account) or 0) - world.account_serial(n, 0)
        newest = next((bill for bill in world.bills(n) if bill.account == own), None)
        return bill_ref(world, n, own, newest.month, links) if newest else None
    return None


def _by_bill_number(world: World, value: str) -> Iterator[int]:
    read = world.numbers.read_bill_number(value)
    return world.customer_of(read[0] if read else None, Numbers.ACCOUNTS)


def _by_line(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.line.decode(value), Numbers.ACCOUNTS * Numbers.MONTHS * Numbers.LINES)


CUSTOMER_BILL = Resource(
    "customerBill",
    BILL_BASE,
    records=_bills,
    count=lambda world, n: sum(
        len(bill_months(world.history(n), account)) for account in range(world.history(n).accounts)
    ),
    narrow={"id": by_bill, "billNo": _by_bill_number, "relatedParty.id": by_customer, "billingAccount.id": by_account},
    operations="LGP",
    changeable=frozenset({"state"}),
    counts_history=True,
)
APPLIED_RATE = Resource(
    "appliedCustomerBillingRate",
    BILL_BASE,
    records=_rates,
    count=None,
    narrow={"id": _by_line, "bill.id": by_bill, "billingAccount.id": by_account},
    operations="LG",
)
ON_DEMAND = Resource(
    "customerBillOnDemand",
    BILL_BASE,
    records=lambda _world, _n, _links: [],
    count=lambda _world, _n: 0,
    narrow={"billingAccount.id": by_account, "relatedParty.id": by_customer},
    operations="LGC",
    prefix="BD-",
    fill=lambda _world, record, now, _links: {**record, "state": "inProgress", "lastUpdate": instant(now)},
)
