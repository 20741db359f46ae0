"""Money came in and no bill was credited with it."""

from collections.abc import Iterator, Sequence
from datetime import date

from console.models.contradiction import Contradiction, ContradictionKind, Mend
from console.models.customer_bill import CustomerBill
from console.models.payment import Payment
from console.services.contradictions.system_facts import SystemFacts
from console.settings import Capability

KIND = ContradictionKind.PAYMENT_NOT_APPLIED
_DONE = {"done", "completed", "settled"}


def find(facts: SystemFacts) -> Iterator[Contradiction]:
    """Yield each payment that is done and names no bill, with the unpaid bill of its account it was most likely for."""
    payments: Sequence[Payment] = facts.need("payments")
    bills: Sequence[CustomerBill] = facts.need("bills")
    taken: set[str] = set()
    for payment in payments:
        if payment.bill_ids or (payment.status or "").strip().lower() not in _DONE or payment.amount is None:
            continue
        open_bills = [
            bill
            for bill in bills
            if bill.account_id == payment.account_id
            and bill.id not in taken
            and bill.remaining is not None
            and bill.remaining.currency == payment.amount.currency
            and bill.remaining.amount >= payment.amount.amount > 0
            and (payment.paid_at is None or bill.billed_on is None or bill.billed_on <= payment.paid_at.date())
        ]
        if not open_bills:
            continue
        amount = payment.amount
        # The one it pays to the cent, else one nothing was paid of; of several the newest.
        bill = max(
            open_bills,
            key=lambda one: (one.remaining == amount, one.remaining == one.amount_due, one.billed_on or date.min),
        )
        taken.add(bill.id)
        yield Contradiction(
            KIND,
            f"Bill {bill.label}",
            bill.id,
            (
                facts.claim(
                    Capability.PAYMENTS, f"{payment.amount} came in, {payment.id}", payment.id, payment.paid_at
                ),
                facts.claim(
                    Capability.BILLS, f"{bill.remaining} of bill {bill.label} is unpaid", bill.id, bill.billed_on
                ),
            ),
            payment.paid_at.date() if payment.paid_at else None,
            payment.amount,
            "The customer paid and is treated as owing.",
            (Mend("open-ticket", {"type": "paymentTrace", "payment": payment.id, "bill": bill.id}),),
        )
