"""Rule: billing still charges a product that provisioning terminated.

Source: TMF637 v4 ProductStatusType, TMF678 v4 AppliedCustomerBillingRate.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from console.messages import Message
from console.messages import discrepancies as say
from console.models.customer_bill import AppliedBillingRate, CustomerBill
from console.models.discrepancy import Discrepancy, DiscrepancyKind, NotCompared, SuggestedFix
from console.models.inventory import Product
from console.models.money import Money
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.BILLED_BUT_TERMINATED


def find(facts: SystemFacts) -> Iterator[Discrepancy | NotCompared]:
    """Yield each terminated product that its account's newest bill charges for a period after the termination."""
    products: Sequence[Product] = facts.need("products")
    facts.need("bills")
    for product in products:
        if product.status != "terminated":
            continue
        if product.terminated_at is None:
            yield NotCompared(KIND, say.END_NOT_SAID(product=product.name))
            continue
        ended_on = product.terminated_at.date()
        bill = facts.newest_bill(product.account_id)
        if bill is None or not _is_since(bill, ended_on):
            continue
        if bill.id not in facts.lines:
            yield facts.without_lines(KIND, bill)
            continue
        lines = [line for line in facts.lines[bill.id] if _is_after(line, product)]
        amount = _sum(lines)
        if amount is None or amount.amount <= 0:
            continue
        bills = [
            one for one in facts.need("bills") if one.account_id == product.account_id and _is_since(one, ended_on)
        ]
        charged = Money(amount.amount * len(bills), amount.currency)
        advice, fixes = _advice(facts, product, charged)
        yield Discrepancy(
            KIND,
            product.name,
            product.id,
            (
                facts.statement(Capability.SERVICES, say.ENDED(), product.id, product.terminated_at),
                facts.statement(
                    Capability.BILLS,
                    say.CHARGES_ON_BILL(amount=amount, bill=bill.label),
                    bill.id,
                    lines[0].period_start,
                ),
            ),
            ended_on,
            charged,
            advice,
            fixes,
        )


def _is_since(bill: CustomerBill, day: date) -> bool:
    return bill.billed_on is not None and bill.billed_on >= day


def _advice(facts: SystemFacts, product: Product, charged: Money) -> tuple[Message, tuple[SuggestedFix, ...]]:
    """Return the advice and the fixes: stop the charge if it still runs, and credit the charged amount."""
    charge = facts.charge_of(product)
    credit = SuggestedFix("give-credit", {"account": product.account_id or "", "amount": str(charged.amount)})
    if charge is not None and charge.status == "terminated":
        return say.STOPPED_NOT_GIVEN_BACK(), (credit,)
    stop = SuggestedFix("stop-billing", {"product": product.id})
    return say.PAYS_FOR_ENDED(), (stop, credit)


def _is_after(line: AppliedBillingRate, product: Product) -> bool:
    ended, starts = product.terminated_at, line.period_start
    is_monthly = (line.type or "").lower() in {"recurring", "recurringcharge", "discount"}
    return line.product_id == product.id and is_monthly and bool(starts and ended and starts >= ended.date())


def _sum(lines: Sequence[AppliedBillingRate]) -> Money | None:
    amounts = [amount for line in lines if (amount := line.tax_included or line.tax_excluded) is not None]
    if not amounts:
        return None
    return sum(amounts[1:], start=amounts[0]) if amounts[0].amount else Money(Decimal(0), amounts[0].currency)
