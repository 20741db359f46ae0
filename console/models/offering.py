"""Offerings of the product catalog."""

from dataclasses import dataclass

from console.models.money import Money


@dataclass(frozen=True, slots=True)
class ProductOffering:
    """A product that can be ordered. Source: TMF620 v4 ProductOffering.

    `prices` are its monthly prices before tax, one for each currency. `segments` are its customer groups, empty for
    all.
    """

    id: str
    name: str
    category: str | None
    segments: tuple[str, ...]
    is_sellable: bool
    prices: tuple[Money, ...]

    def price_in(self, currency: str) -> Money | None:
        """Return its monthly price before tax in a currency, None if it has none."""
        return next((price for price in self.prices if price.currency == currency), None)
