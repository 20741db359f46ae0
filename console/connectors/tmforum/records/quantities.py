"""Amounts with a unit of their own."""

from console.connectors.tmforum.wire import RecordReader
from console.models.usage import Quantity


def read_quantity(part: RecordReader | None) -> Quantity | None:
    """Return an amount with its unit, from {amount, units} or a value with another word for them."""
    if part is None:
        return None
    amount = part.number("amount")
    amount = part.number("value") if amount is None else amount
    units = part.text("units") or part.text("unit") or part.text("unitOfMeasure")
    return Quantity(amount, units) if amount is not None else None
