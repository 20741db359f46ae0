"""Provisioning keeps something running that billing never charges for."""

from collections.abc import Iterator, Sequence

from console.models.contradiction import Contradiction, ContradictionKind, Mend, NotCompared
from console.models.inventory import Product
from console.models.money import Money
from console.services.contradictions.system_facts import SystemFacts
from console.settings import Capability

KIND = ContradictionKind.ACTIVE_NOT_BILLED
_MONTH_DAYS = 30.4375


def find(facts: SystemFacts) -> Iterator[Contradiction | NotCompared]:
    """Yield each product that has a price, is active for long enough, and is on no line of its newest bill."""
    products: Sequence[Product] = facts.need("products")
    facts.need("bills")
    for product in products:
        if product.status != "active" or not facts.is_settled(product.started_at) or product.started_at is None:
            continue
        if product.price is None or product.price.amount <= 0 or product.account_id is None:
            continue
        bill = facts.newest_bill(product.account_id)
        if bill is None:
            facts.need_whole("bills")
            said = f"no bill for account {product.account_id}"
        else:
            if bill.id not in facts.lines:
                yield facts.without_lines(KIND, bill)
                continue
            lines = facts.lines[bill.id]
            if any(line.product_id == product.id for line in lines):
                continue
            if lines and not any(line.product_id for line in lines):
                yield NotCompared(KIND, f"The lines of bill {bill.label} do not name products.")
                continue
            said = f"no line for it on bill {bill.label}"
        charge = facts.charge_of(product)
        if charge is not None and charge.status == "active":  # the next bill will have it
            continue
        months = max(1, round((facts.as_of - product.started_at).days / _MONTH_DAYS))
        yield Contradiction(
            KIND,
            product.name,
            product.id,
            (
                facts.claim(Capability.SERVICES, "active", product.id, product.started_at),
                facts.claim(Capability.BILLS, said, bill.id if bill else product.account_id),
            ),
            product.started_at.date(),
            Money(product.price.amount * months, product.price.currency),
            "The customer uses it and is not charged. Do not bill backwards without asking.",
            (Mend("start-billing", {"product": product.id}),),
        )
