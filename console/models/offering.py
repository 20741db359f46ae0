"""What the catalogue offers."""

from dataclasses import dataclass

from console.models.money import Money


@dataclass(frozen=True, slots=True)
class ProductOffering:
    """Something that can be ordered. Source: TMF620 v4 ProductOffering.

    `prices` are its monthly prices before tax, one a currency; `segments` whom it is for, empty for everybody.
    """

    id: str
    name: str
    category: str | None
    segments: tuple[str, ...]
    is_sellable: bool
    prices: tuple[Money, ...]

    def price_in(self, currency: str) -> Money | None:
        """Return its price in a currency, None where it has none."""
        return next((price for price in self.prices if price.currency == currency), None)
