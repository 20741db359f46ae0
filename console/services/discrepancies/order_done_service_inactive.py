"""Rule: the order is completed and the product is active, but the service under it does not run.

Source: TMF637 v4 ProductStatusType, TMF638 v4 ServiceStateType, TMF622 v4 ProductOrderStateType.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from console.messages import discrepancies as say
from console.models.discrepancy import Discrepancy, DiscrepancyKind, SuggestedFix
from console.models.inventory import Product, Service
from console.models.order import Order
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.ORDER_DONE_SERVICE_INACTIVE
# TMF638 states in which a service does not run.
_NOT_RUNNING = {"inactive", "designed", "reserved", "feasibilityChecked"}


def find(facts: SystemFacts) -> Iterator[Discrepancy]:
    """Yield each active product whose service does not run, 45 days or more after completion or start."""
    products: Sequence[Product] = facts.need("products")
    services: Sequence[Service] = facts.need("services")
    orders: Sequence[Order] = facts.need("product_orders")
    sold = {service_id: product for product in products for service_id in product.service_ids}
    for service in services:
        product = sold.get(service.id)
        if service.state not in _NOT_RUNNING or product is None or product.status != "active":
            continue
        order = _newest_done(orders, product, facts.as_of)
        since = (order.completed_at if order else None) or product.started_at
        if not facts.is_settled(since):
            continue
        statements = [facts.statement(Capability.SERVICES, say.SERVICE_IS(state=service.state), service.id)]
        if order is not None:
            statements.insert(
                0, facts.statement(Capability.SERVICES, say.ORDER_COMPLETED(order=order.id), order.id, since)
            )
        statements.append(facts.statement(Capability.SERVICES, say.SOLD_AS_ACTIVE(), product.id, product.started_at))
        yield Discrepancy(
            KIND,
            product.name,
            product.id,
            tuple(statements),
            since.date() if since else None,
            product.price,
            say.PAYS_AND_CANNOT_USE(),
            (SuggestedFix("open-ticket", {"service": service.id}), SuggestedFix("restart", {"service": service.id})),
        )


def _newest_done(orders: Sequence[Order], product: Product, now: datetime) -> Order | None:
    """Return the last completed order of a product; one without a time counts as completed now."""
    done = (one for one in orders if one.state == "completed" and product.id in one.thing_ids)
    return max(done, key=lambda one: one.completed_at or now, default=None)
