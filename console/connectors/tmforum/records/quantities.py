"""Reader for quantities: amounts with a unit."""

from console.connectors.tmforum.record_reader import RecordReader
from console.models.usage import Quantity


def read_quantity(part: RecordReader | None) -> Quantity | None:
    """Return a quantity from {amount, units}; `value`, `unit` and `unitOfMeasure` are accepted too."""
    if part is None:
        return None
    amount = part.number("amount")
    amount = part.number("value") if amount is None else amount
    units = part.text("units") or part.text("unit") or part.text("unitOfMeasure")
    return Quantity(amount, units) if amount is not None else None
