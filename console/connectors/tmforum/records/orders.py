"""Readers for TMF622 product orders and TMF641 service orders."""

from collections.abc import Iterator

from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import details
from console.connectors.tmforum.records.prices import read_price
from console.models.detail import Detail
from console.models.order import Milestone, Order, OrderItem, OrderKind

_DEEPEST = 8


def read_product_order(reader: RecordReader) -> Order:
    """Translate a TMF622 product order."""
    return _order(reader, OrderKind.PRODUCT, list(_items(reader, "productOrderItem", "product")))


def read_service_order(reader: RecordReader) -> Order:
    """Translate a TMF641 service order."""
    return _order(reader, OrderKind.SERVICE, list(_items(reader, "serviceOrderItem", "service")))


def _order(reader: RecordReader, kind: OrderKind, items: list[OrderItem]) -> Order:
    identifier = reader.identifier()
    errors = [
        part.text("reason") or part.text("message")
        for key in ("errorMessage", "productOrderErrorMessage")
        for part in reader.parts(key)
    ]
    milestones = [milestone(part) for key in ("milestone", "productOrderMilestone") for part in reader.parts(key)]
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
        ordered_at=reader.when("orderDate") or reader.when("creationDate"),
        expected_at=reader.when("expectedCompletionDate"),
        completed_at=reader.when("completionDate"),
        items=tuple(items),
        milestones=tuple(milestones),
        errors=tuple(error for error in errors if error),
        product_order_id=next((reference for reference in references if reference), None),
        details=details.read_details(reader, _ORDER),
    )


def _items(reader: RecordReader, key: str, thing: str, depth: int = 0) -> Iterator[OrderItem]:
    """Yield an order's items, each before its inner items."""
    for part in reader.parts(key):
        yield _item(part, part.part(thing))
        if depth < _DEEPEST:
            yield from _items(part, key, thing, depth + 1)
        elif part.raw(key):
            part.problems.append(f"{key} goes deeper than is read")


def _item(reader: RecordReader, thing: RecordReader | None) -> OrderItem:
    offering = reader.part("productOffering")
    named = [part for part in (thing, offering) if part is not None]
    name = next((text for key in ("name", "id") for part in named if (text := part.text(key))), "")
    prices = [*reader.parts("itemTotalPrice"), *reader.parts("itemPrice")]
    return OrderItem(
        reader.text("id") or "",
        reader.text("action"),
        name=name,
        state=reader.state("state"),
        thing_id=(thing.text("id") if thing else None) or "",
        quantity=reader.number("quantity"),
        prices=tuple(price for part in prices if (price := read_price(part, None)) is not None),
        appointment_id=appointment.text("id") if (appointment := reader.part("appointment")) else None,
    )


def _total(part: RecordReader) -> Detail | None:
    """Return a total of an order: before tax, else with tax, and its kind and period."""
    price = read_price(part, None)
    if price is None:
        return None
    words = (price.kind.value, price.period or "", "taxIncluded" if price.with_tax else "")
    return Detail("orderTotalPrice", " ".join(word for word in words if word), price.name or "", price.amount)


def _alert(part: RecordReader) -> Detail | None:
    text = part.text("message") or part.text("name") or part.text("exception")
    return Detail("jeopardyAlert", text, part.text("jeopardyType") or "", at=part.when("alertDate")) if text else None


def milestone(reader: RecordReader) -> Milestone:
    return Milestone(
        name=reader.text("name") or reader.text("description") or "",
        status=reader.state("status"),
        at=reader.when("milestoneDate"),
        message=reader.text("message"),
    )


# Further facts, shown when a user opens the record.
_NAMED_BY = tuple(f"{thing}.{key}" for thing in ("product", "productOffering", "service") for key in ("name", "id"))


def _item_told_by(item: str) -> tuple[str, ...]:
    """Return the attribute paths that are read of an order item and of the items inside it."""
    own = ("action", "state", *_NAMED_BY)
    return (*own, *(f"{item}.{path}" for path in own))


_ORDER = (
    details.rest("errorMessage", "reason", "message"),
    details.rest("productOrderErrorMessage", "reason", "message"),
    details.rest("milestone", "name", "description", "status", "milestoneDate", "message"),
    details.rest("productOrderMilestone", "name", "description", "status", "milestoneDate", "message"),
    details.rest("productOrderItem", *_item_told_by("productOrderItem")),
    details.rest("serviceOrderItem", *_item_told_by("serviceOrderItem")),
    details.texts("priority", "requestedInitialState"),
    details.moments("requestedStartDate", "requestedCompletionDate", "startDate", "cancellationDate"),
    details.texts("cancellationReason"),
    details.listed("orderTotalPrice", _total),
    details.names("billingAccount", "agreement", "payment", "quote", "channel", "orderRelationship"),
    details.listed("jeopardyAlert", _alert),
    details.listed("productOrderJeopardyAlert", _alert),
    details.externals("externalReference", "externalId"),
    details.texts("notificationContact"),
    details.parties("relatedParty"),
    details.notes("note"),
)
