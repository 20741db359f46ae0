"""TMF678 v4 customerBill and appliedCustomerBillingRate."""

from collections.abc import Iterator

from console.sandbox.resources.shapes import (
    BILL_BASE,
    PRODUCT_BASE,
    Links,
    Record,
    Resource,
    account_ref,
    by_account,
    by_customer,
    customer_ref,
    money,
    period,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.bills import Bill, Line
from console.sandbox.world.numbering import Numbers


def _bills(world: World, n: int, links: Links) -> list[Record]:
    return [_bill(world, n, bill, links) for bill in world.bills(n)]


def _bill(world: World, n: int, bill: Bill, links: Links) -> Record:
    country = world.person(n).country
    record = world.numbers.bill.encode(world.bill_serial(n, bill))
    return {
        "id": record,
        "href": links.href("billing", BILL_BASE, "customerBill", record),
        "billNo": world.numbers.bill_number(world.account_serial(n, bill.account), bill.month),
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
        "relatedParty": [customer_ref(world, n, links, world.life(n).billing_name)],
        "@type": "CustomerBill",
    }


def _rates(world: World, n: int, links: Links) -> list[Record]:
    return [
        _rate(world, n, bill, ordinal, line, links)
        for bill in world.bills(n)
        for ordinal, line in enumerate(bill.lines)
    ]


def _rate(world: World, n: int, bill: Bill, ordinal: int, line: Line, links: Links) -> Record:
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
        product = world.numbers.product.encode(n * Numbers.ITEMS + line.subscription)
        found["product"] = {
            "id": product,
            "href": links.href("provisioning", PRODUCT_BASE, "product", product),
            "name": world.life(n).subscriptions[line.subscription].plan.name,
        }
    return found


def _by_bill(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.bill.decode(value), Numbers.ACCOUNTS * Numbers.MONTHS)


def _by_bill_number(world: World, value: str) -> Iterator[int]:
    read = world.numbers.read_bill_number(value)
    return world.customer_of(read[0] if read else None, Numbers.ACCOUNTS)


def _by_line(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.line.decode(value), Numbers.ACCOUNTS * Numbers.MONTHS * Numbers.LINES)


CUSTOMER_BILL = Resource(
    "customerBill",
    BILL_BASE,
    _bills,
    lambda world, n: len(world.bills(n)),
    {"id": _by_bill, "billNo": _by_bill_number, "relatedParty.id": by_customer, "billingAccount.id": by_account},
)
APPLIED_RATE = Resource(
    "appliedCustomerBillingRate",
    BILL_BASE,
    _rates,
    lambda world, n: sum(len(bill.lines) for bill in world.bills(n)),
    {"id": _by_line, "bill.id": _by_bill, "billingAccount.id": by_account},
)
