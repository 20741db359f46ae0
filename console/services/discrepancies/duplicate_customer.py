"""Rule: CRM has the same person under two customer numbers."""

from collections.abc import Iterator, Sequence

from console.messages import discrepancies as say
from console.models.customer import Customer
from console.models.discrepancy import Discrepancy, DiscrepancyKind, SuggestedFix
from console.models.search import SearchHit
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.DUPLICATE_CUSTOMER


def find(facts: SystemFacts) -> Iterator[Discrepancy]:
    """Yield each other customer number of this person."""
    customer: Customer = facts.need("customer")
    others: Sequence[SearchHit] = facts.need("same_person")
    for other in others:
        yield Discrepancy(
            KIND,
            customer.name,
            other.customer_id,
            (
                facts.statement(
                    Capability.CUSTOMERS,
                    say.CUSTOMER_IS(name=customer.name, number=customer.id),
                    customer.id,
                    customer.since,
                ),
                facts.statement(
                    Capability.CUSTOMERS,
                    say.CUSTOMER_IS_BY(
                        name=other.name, number=other.customer_id, matched=other.matched.by if other.matched else ""
                    ),
                    other.customer_id,
                ),
            ),
            customer.since.date() if customer.since else None,
            None,
            say.SPLIT_OVER_TWO_NUMBERS(),
            (SuggestedFix("open-ticket", {"type": "dataCorrection", "other": other.customer_id}),),
        )
