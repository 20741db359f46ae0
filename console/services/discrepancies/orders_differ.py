"""Rule: a product order has ended, but its service order is still open or ended differently.

Source: TMF622 v4 ProductOrderStateType, TMF641 v4 ServiceOrderStateType.
"""

from collections.abc import Iterator, Sequence

from console.messages import discrepancies as say
from console.models.discrepancy import Discrepancy, DiscrepancyKind, SuggestedFix
from console.models.order import Order
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.ORDERS_DIFFER


def find(facts: SystemFacts) -> Iterator[Discrepancy]:
    """Yield each product order that ended at least 45 days ago and whose service order has another state.

    Without a completion date, the expected or the order date counts.
    """
    sold: Sequence[Order] = facts.need("product_orders")
    done: Sequence[Order] = facts.need("service_orders")
    by_product_order = {order.product_order_id: order for order in done if order.product_order_id}
    for order in sold:
        other = by_product_order.get(order.id)
        ended = order.completed_at or order.expected_at or order.ordered_at
        if other is None or order.is_open or other.state == order.state or not facts.is_settled(ended):
            continue
        yield Discrepancy(
            KIND,
            order.description,
            order.id,
            (
                facts.statement(
                    Capability.PRODUCT_ORDERS, say.PRODUCT_ORDER_IS(order=order.id, state=order.state), order.id, ended
                ),
                facts.statement(
                    Capability.PRODUCT_ORDERS,
                    say.SERVICE_ORDER_IS(order=other.id, state=other.state),
                    other.id,
                    other.completed_at,
                ),
            ),
            ended.date() if ended else None,
            None,
            say.MAY_NOT_BE_DONE(),
            (SuggestedFix("open-ticket", {"type": "orderInquiry", "other": other.id}),),
        )
