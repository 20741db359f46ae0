"""Rule: a product is suspended but its service runs, or the other way round.

Source: TMF637 v4 ProductStatusType, TMF638 v4 and v5 Service.
"""

from collections.abc import Iterator, Sequence

from console.messages import discrepancies as say
from console.models.discrepancy import Discrepancy, DiscrepancyKind, SuggestedFix
from console.models.inventory import Product, Service
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.SUSPENDED_IN_ONE


def find(facts: SystemFacts) -> Iterator[Discrepancy]:
    """Yield each product and its service of which exactly one is suspended."""
    products: Sequence[Product] = facts.need("products")
    services: Sequence[Service] = facts.need("services")
    running = {service.id: service for service in services}
    for product in products:
        for service in (running[one] for one in product.service_ids if one in running):
            sold, works = product.status == "suspended", service.is_suspended
            if sold == works or product.status not in {"active", "suspended"}:
                continue
            if service.state not in {"active", "suspended"}:
                continue
            yield Discrepancy(
                KIND,
                product.name,
                product.id,
                (
                    facts.statement(
                        Capability.SERVICES, say.SOLD_AS_SUSPENDED() if sold else say.SOLD_AS_ACTIVE(), product.id
                    ),
                    facts.statement(
                        Capability.SERVICES, say.SERVICE_SUSPENDED() if works else say.SERVICE_RUNS(), service.id
                    ),
                ),
                None,
                product.price,
                say.RUNS_THOUGH_SUSPENDED() if sold else say.CANNOT_USE_WHAT_IS_PAID(),
                (
                    SuggestedFix("resume" if sold else "suspend", {"product": product.id}),
                    SuggestedFix("open-ticket", {"service": service.id}),
                ),
            )
