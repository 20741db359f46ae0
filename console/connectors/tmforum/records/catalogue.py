"""Readers for TMF620 product offerings and their prices."""

from collections.abc import Mapping
from decimal import Decimal

from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records.prices import price_kind, read_period
from console.connectors.tmforum.values import plain_word
from console.models.inventory import PriceKind
from console.models.money import Money
from console.models.offering import ProductOffering


def read_price(reader: RecordReader) -> Money | None:
    """Return the amount of a TMF620 product offering price; None unless it is monthly and valid now."""
    length = reader.number("recurringChargePeriodLength")
    is_monthly = read_period(reader) in {None, "month"} and length in {None, 1}
    if price_kind(reader) is not PriceKind.RECURRING or not is_monthly or not _is_on_sale(reader):
        return None
    return reader.money("price")


def read_offering(reader: RecordReader, prices: Mapping[str, Money | None]) -> ProductOffering:
    """Translate a TMF620 product offering; `prices` are the catalogue's monthly prices, by id."""
    identifier = reader.identifier()
    own = [price for part in reader.parts("productOfferingPrice") if (price := prices.get(part.text("id") or ""))]
    by_currency: dict[str, Money] = {}
    for price in own:
        nothing = Money(Decimal(0), price.currency)
        by_currency[price.currency] = by_currency.get(price.currency, nothing) + price
    category = next(iter(reader.parts("category")), None)
    return ProductOffering(
        identifier,
        reader.text("name") or identifier,
        category=category.text("name") if category else None,
        segments=tuple(text for part in reader.parts("marketSegment") if (text := part.text("id"))),
        is_sellable=reader.flag("isSellable") is not False and _is_on_sale(reader),
        prices=tuple(by_currency.values()),
    )


def _is_on_sale(reader: RecordReader) -> bool:
    """Return whether an offering or a price is valid now and is not retired or obsolete."""
    return reader.is_valid() and plain_word(reader.text("lifecycleStatus") or "") not in {"retired", "obsolete"}
