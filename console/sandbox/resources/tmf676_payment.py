"""TMF676 v4 payment and refund."""

from collections.abc import Iterator
from datetime import datetime

from console.sandbox.resources.shapes import (
    PAYMENT_BASE,
    Links,
    Record,
    Resource,
    account_ref,
    bill_ref,
    by_account,
    by_bill,
    by_customer,
    by_item,
    customer_ref,
    instant,
    money,
)
from console.sandbox.world import World
from console.sandbox.world.bills import Bill
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.purchases import at

_CHANNELS = {"portal": "Self-service portal", "system": "Direct debit run"}
_DONE, _FAILED, _SECOND = 0, 1, 2


def payment_number(world: World, n: int, bill: Bill, which: int = _DONE) -> str:
    return world.numbers.payment.encode(world.bill_serial(n, bill) * Numbers.PAYMENTS + which)


def _payments(world: World, n: int, links: Links) -> list[Record]:
    found = []
    for bill in world.bills(n):
        if bill.received > 0 and bill.paid_on is not None:
            found.append(_payment(world, n, bill, _DONE, links))
        if bill.plan.failed_at is not None and bill.total > 0:
            found.append(_payment(world, n, bill, _FAILED, links))
    return sorted(found, key=lambda record: str(record["paymentDate"]), reverse=True)


def _payment(world: World, n: int, bill: Bill, which: int, links: Links) -> Record:
    currency = world.person(n).country.currency
    record = payment_number(world, n, bill, which)
    failed = which == _FAILED
    when = (bill.plan.failed_at if failed else bill.plan.paid_at) or at(bill.paid_on or bill.billed_on, 4)
    amount = bill.total if failed else bill.received
    applied = not failed and bill.paid != 0
    found: Record = {
        "id": record,
        "href": links.href("billing", PAYMENT_BASE, "payment", record),
        "name": "Bill payment",
        "description": bill.plan.error if failed else f"Payment by {bill.plan.method}",
        "paymentDate": instant(when),
        "status": "failed" if failed else "done",
        "statusDate": instant(when),
        "amount": money(amount, currency),
        "totalAmount": money(amount, currency),
        "account": {**account_ref(world, n, bill.account, links)},
        "channel": {"id": bill.plan.channel, "name": _CHANNELS[bill.plan.channel]},
        "payer": customer_ref(world, n, links),
        "paymentMethod": {"id": f"pm-{bill.account}", "name": bill.plan.method, "@type": "PaymentMethod"},
        "@type": "Payment",
    }
    if applied or failed:
        item = {**bill_ref(world, n, bill.account, bill.month, links), "@referredType": "CustomerBill"}
        found["paymentItem"] = [{"id": "1", "amount": money(amount, currency), "item": item}]
    return found


def _refunds(world: World, n: int, links: Links) -> list[Record]:
    """Return a customer's refunds: one for each credit after fraud, as a credit on the next bill."""
    history = world.history(n)
    currency = history.person.country.currency
    found = []
    for i, charge in enumerate(history.charges):
        if charge.cause != "fraudCredit" or i >= Numbers.ITEMS:
            continue
        record = world.numbers.refund.encode(n * Numbers.ITEMS + i)
        when = instant(at(charge.on, 4))
        found.append(
            {
                "id": record,
                "href": links.href("billing", PAYMENT_BASE, "refund", record),
                "name": "Refund",
                "description": "Given back on the next bill",
                "refundDate": when,
                "status": "done",
                "statusDate": when,
                "amount": money(-charge.cents, currency),
                "totalAmount": money(-charge.cents, currency),
                "account": account_ref(world, n, charge.account, links),
                "channel": {"id": "system", "name": "Billing"},
                "requestor": customer_ref(world, n, links),
                "paymentMethod": {"id": f"pm-{charge.account}", "name": "Credit on the bill", "@type": "PaymentMethod"},
                "@type": "Refund",
            }
        )
    return found


def _by_payment(world: World, value: str) -> Iterator[int]:
    parts = Numbers.ACCOUNTS * Numbers.MONTHS * Numbers.PAYMENTS
    return world.customer_of(world.numbers.payment.decode(value), parts)


def _pay(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {
        "paymentDate": instant(now),
        "amount": record.get("totalAmount"),
        **record,
        "status": "initialized",
        "statusDate": instant(now),
    }


def _give_back(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {
        "refundDate": instant(now),
        "amount": record.get("totalAmount"),
        **record,
        "status": "initialized",
        "statusDate": instant(now),
    }


_NEEDED = ("account", "paymentMethod", "totalAmount")
PAYMENT = Resource(
    "payment",
    PAYMENT_BASE,
    records=_payments,
    count=None,
    narrow={"id": _by_payment, "payer.id": by_customer, "account.id": by_account, "paymentItem.item.id": by_bill},
    operations="LGC",
    prefix="PY-",
    needed=_NEEDED,
    fill=_pay,
    state="status",
)
REFUND = Resource(
    "refund",
    PAYMENT_BASE,
    records=_refunds,
    count=lambda world, n: sum(charge.cause == "fraudCredit" for charge in world.history(n).charges[: Numbers.ITEMS]),
    narrow={"id": by_item("refund"), "requestor.id": by_customer, "account.id": by_account},
    operations="LGC",
    prefix="RF-",
    needed=_NEEDED,
    fill=_give_back,
    state="status",
    counts_history=True,
)
