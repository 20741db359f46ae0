"""Rule: provisioning has an active product that billing does not charge.

Source: TMF637 v4 ProductStatusType, TMF678 v4 AppliedCustomerBillingRate.
"""

from collections.abc import Iterator, Sequence

from console.messages import Message
from console.messages import discrepancies as say
from console.models.customer_bill import CustomerBill
from console.models.discrepancy import Discrepancy, DiscrepancyKind, NotCompared, SuggestedFix
from console.models.inventory import Product
from console.models.money import Money
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.ACTIVE_NOT_BILLED
# Average days of a month: 365.25 / 12.
_MONTH_DAYS = 30.4375


def find(facts: SystemFacts) -> Iterator[Discrepancy | NotCompared]:
    """Yield each priced product that is active for at least 45 days and has no line on its account's newest bill."""
    products: Sequence[Product] = facts.need("products")
    facts.need("bills")
    for product in products:
        if product.status != "active" or not facts.is_settled(product.started_at) or product.started_at is None:
            continue
        price, account_id = product.price, product.account_id
        if price is None or price.amount <= 0 or account_id is None:
            continue
        bill = facts.newest_bill(account_id)
        said = _said_by_bill(facts, product, bill)
        if isinstance(said, NotCompared):
            yield said
            continue
        if said is None or _is_charged(facts, product):
            continue
        months = max(1, round((facts.as_of - product.started_at).days / _MONTH_DAYS))
        yield Discrepancy(
            KIND,
            product.name,
            product.id,
            (
                facts.statement(Capability.SERVICES, say.ACTIVE(), product.id, product.started_at),
                facts.statement(Capability.BILLS, said, bill.id if bill else account_id),
            ),
            product.started_at.date(),
            Money(price.amount * months, price.currency),
            say.USED_AND_NOT_CHARGED(),
            (SuggestedFix("start-billing", {"product": product.id}),),
        )


def _said_by_bill(facts: SystemFacts, product: Product, bill: CustomerBill | None) -> Message | NotCompared | None:
    """Return billing's statement that a product has no line; None if it has one, NotCompared if unknown."""
    if bill is None:
        facts.need_whole("bills")
        return say.NO_BILL(account=product.account_id)
    if bill.id not in facts.lines:
        return facts.without_lines(KIND, bill)
    named = {line.product_id for line in facts.lines[bill.id]}
    if product.id in named:
        return None
    if named and not any(named):
        return NotCompared(KIND, say.LINES_WITHOUT_PRODUCTS(bill=bill.label))
    return say.NO_LINE_ON_BILL(bill=bill.label)


def _is_charged(facts: SystemFacts, product: Product) -> bool:
    """Return whether the product's charge has started: then the next bill will have it."""
    charge = facts.charge_of(product)
    return charge is not None and charge.status == "active"
