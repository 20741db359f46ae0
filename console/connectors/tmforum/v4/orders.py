"""TMF622 product orders and TMF641 service orders, version 4."""

from console.connectors.tmforum.wire import Reader
from console.models.order import Milestone, Order, OrderItem, OrderKind


def read_product_order(reader: Reader) -> Order:
    """Translate a TMF622 product order."""
    items = [_item(part, part.part("product")) for part in reader.parts("productOrderItem")]
    return _order(reader, OrderKind.PRODUCT, items)


def read_service_order(reader: Reader) -> Order:
    """Translate a TMF641 service order."""
    items = [_item(part, part.part("service")) for part in reader.parts("serviceOrderItem")]
    return _order(reader, OrderKind.SERVICE, items)


def _order(reader: Reader, kind: OrderKind, items: list[OrderItem]) -> Order:
    identifier = reader.identifier()
    errors = [part.text("reason") or part.text("message") for part in reader.parts("errorMessage")]
    references = [
        part.text("id")
        for part in reader.parts("externalReference")
        if "productorder" in (part.text("externalReferenceType") or "").lower()
    ]
    named = ", ".join(item.name for item in items if item.name)
    return Order(
        id=identifier,
        kind=kind,
        description=reader.text("description") or named or identifier,
        state=reader.state("state"),
        category=reader.text("category"),
        ordered_at=reader.when("orderDate"),
        expected_at=reader.when("expectedCompletionDate"),
        completed_at=reader.when("completionDate"),
        items=tuple(items),
        milestones=tuple(milestone(part) for part in reader.parts("milestone")),
        errors=tuple(error for error in errors if error),
        product_order_id=next((reference for reference in references if reference), None),
    )


def _item(reader: Reader, thing: Reader | None) -> OrderItem:
    name = (thing.text("name") or thing.text("id")) if thing else None
    thing_id = (thing.text("id") if thing else None) or ""
    return OrderItem(reader.text("id") or "", reader.text("action"), name or "", reader.state("state"), thing_id)


def milestone(reader: Reader) -> Milestone:
    return Milestone(
        name=reader.text("name") or reader.text("description") or "",
        status=reader.state("status"),
        at=reader.when("milestoneDate"),
        message=reader.text("message"),
    )
