"""Billing goes on charging for what provisioning ended."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from console.models.contradiction import Contradiction, ContradictionKind, Mend, NotCompared
from console.models.customer_bill import AppliedBillingRate
from console.models.inventory import Product
from console.models.money import Money
from console.services.contradictions.system_facts import SystemFacts
from console.settings import Capability

KIND = ContradictionKind.BILLED_BUT_TERMINATED


def find(facts: SystemFacts) -> Iterator[Contradiction | NotCompared]:
    """Yield each ended product that its account's newest bill charges for a time after its end."""
    products: Sequence[Product] = facts.need("products")
    facts.need("bills")
    for product in products:
        if product.status != "terminated":
            continue
        if product.terminated_at is None:
            yield NotCompared(KIND, f"Provisioning does not say when {product.name} ended.")
            continue
        bill = facts.newest_bill(product.account_id)
        if bill is None or bill.billed_on is None or bill.billed_on < product.terminated_at.date():
            continue
        if bill.id not in facts.lines:
            yield facts.without_lines(KIND, bill)
            continue
        lines = [line for line in facts.lines[bill.id] if _is_after(line, product)]
        amount = _sum(lines)
        if amount is None or amount.amount <= 0:
            continue
        bills = sum(
            1
            for one in facts.need("bills")
            if one.account_id == product.account_id and one.billed_on and one.billed_on >= product.terminated_at.date()
        )
        first, charge = lines[0], facts.charge_of(product)
        credit = Mend("give-credit", {"account": product.account_id or "", "amount": str(amount.amount * bills)})
        has_stopped = charge is not None and charge.status == "terminated"
        yield Contradiction(
            KIND,
            product.name,
            product.id,
            (
                facts.claim(Capability.SERVICES, "ended", product.id, product.terminated_at),
                facts.claim(Capability.BILLS, f"charges {amount} on bill {bill.label}", bill.id, first.period_start),
            ),
            product.terminated_at.date(),
            Money(amount.amount * bills, amount.currency),
            "Billing has stopped the charge; what was billed since is not given back by that."
            if has_stopped
            else "The customer pays for something they no longer have.",
            (credit,) if has_stopped else (Mend("stop-billing", {"product": product.id}), credit),
        )


def _is_after(line: AppliedBillingRate, product: Product) -> bool:
    ended, starts = product.terminated_at, line.period_start
    is_monthly = (line.type or "").lower() in {"recurring", "recurringcharge", "discount"}
    return line.product_id == product.id and is_monthly and bool(starts and ended and starts >= ended.date())


def _sum(lines: Sequence[AppliedBillingRate]) -> Money | None:
    amounts = [amount for line in lines if (amount := line.tax_included or line.tax_excluded) is not None]
    if not amounts:
        return None
    return sum(amounts[1:], start=amounts[0]) if amounts[0].amount else Money(Decimal(0), amounts[0].currency)
