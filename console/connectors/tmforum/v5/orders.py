"""TMF622 product orders, version 5: with milestones and errors of their own."""

from dataclasses import replace

from console.connectors.tmforum.v4 import orders as v4
from console.connectors.tmforum.wire import Reader
from console.models.order import Order


def read_product_order(reader: Reader) -> Order:
    """Translate a TMF622 product order; its date has another name."""
    errors = (part.text("reason") or part.text("message") for part in reader.parts("productOrderErrorMessage"))
    return replace(
        v4.read_product_order(reader),
        ordered_at=reader.when("creationDate"),
        milestones=tuple(v4.milestone(part) for part in reader.parts("productOrderMilestone")),
        errors=tuple(error for error in errors if error),
    )
