"""TMF620 product offerings with their prices."""

from collections.abc import Mapping

from console.connectors.tmforum.wire import Reader
from console.models.money import Money
from console.models.offering import ProductOffering


def read_price(reader: Reader) -> Money | None:
    """Translate a TMF620 product offering price, where it is a monthly one."""
    is_monthly = (reader.text("priceType") or "").lower() == "recurring"
    return reader.money("price") if is_monthly else None


def read_offering(reader: Reader, prices: Mapping[str, Money | None]) -> ProductOffering:
    """Translate a TMF620 product offering; `prices` are the catalogue's by their identifier."""
    identifier = reader.identifier()
    own = (part.text("id") or "" for part in reader.parts("productOfferingPrice"))
    category = next(iter(reader.parts("category")), None)
    return ProductOffering(
        identifier,
        reader.text("name") or identifier,
        category.text("name") if category else None,
        tuple(text for part in reader.parts("marketSegment") if (text := part.text("id"))),
        reader.flag("isSellable") is not False and (reader.text("lifecycleStatus") or "Active").lower() != "retired",
        tuple(price for one in own if (price := prices.get(one)) is not None),
    )
