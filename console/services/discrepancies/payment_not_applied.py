"""Rule: a payment arrived, but billing applied it to no bill. Source: TMF676 v4 Payment, TMF678 v4 CustomerBill."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from console.messages import discrepancies as say
from console.models.customer_bill import CustomerBill
from console.models.discrepancy import Discrepancy, DiscrepancyKind, SuggestedFix
from console.models.payment import Payment
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.PAYMENT_NOT_APPLIED
# TMF676 leaves the words for a status open; systems use these.
_DONE = {"done", "completed", "settled"}


def find(facts: SystemFacts) -> Iterator[Discrepancy]:
    """Yield each completed payment that names no bill, with the unpaid bill of its account that it was probably for."""
    payments: Sequence[Payment] = facts.need("payments")
    bills: Sequence[CustomerBill] = facts.need("bills")
    taken: set[str] = set()
    for payment in payments:
        if payment.bill_ids or (payment.status or "").strip().lower() not in _DONE or payment.amount is None:
            continue
        bill = _most_likely(payment, [bill for bill in bills if bill.id not in taken])
        if bill is None:
            continue
        taken.add(bill.id)
        yield Discrepancy(
            KIND,
            say.BILL(bill=bill.label),
            bill.id,
            (
                facts.statement(
                    Capability.PAYMENTS,
                    say.PAYMENT_CAME_IN(amount=payment.amount, payment=payment.id),
                    payment.id,
                    payment.paid_at,
                ),
                facts.statement(
                    Capability.BILLS, say.BILL_UNPAID(amount=bill.remaining, bill=bill.label), bill.id, bill.billed_on
                ),
            ),
            payment.paid_at.date() if payment.paid_at else None,
            payment.amount,
            say.TREATED_AS_OWING(),
            (SuggestedFix("open-ticket", {"type": "paymentTrace", "payment": payment.id, "bill": bill.id}),),
        )


def _most_likely(payment: Payment, bills: Iterable[CustomerBill]) -> CustomerBill | None:
    """Return the bill a payment was for: one with that exact open amount, else one fully unpaid, else the newest."""
    return max(
        (bill for bill in bills if _can_be_for(payment, bill)),
        key=lambda one: (one.remaining == payment.amount, one.remaining == one.amount_due, one.billed_on or date.min),
        default=None,
    )


def _can_be_for(payment: Payment, bill: CustomerBill) -> bool:
    """Return whether a bill of the payment's account existed when it arrived, with at least that amount open."""
    if bill.account_id != payment.account_id or bill.remaining is None or payment.amount is None:
        return False
    if payment.paid_at is not None and bill.billed_on is not None and bill.billed_on > payment.paid_at.date():
        return False
    return bill.remaining.currency == payment.amount.currency and bill.remaining.amount >= payment.amount.amount > 0
