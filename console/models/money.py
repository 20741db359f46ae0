"""Amounts of money: an exact decimal and its currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

# ISO 4217 currencies whose minor unit is not 1/100.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def minor_digits(currency: str) -> int:
    """Return how many decimals amounts in this currency have. Source: ISO 4217."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code); adding two currencies raises ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: Self) -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,.{self.digits}f} {self.currency}"

    @property
    def digits(self) -> int:
        """Number of decimals to show: the currency's own, more only if the amount has them."""
        exponent = self.amount.normalize().as_tuple().exponent
        shown = -exponent if isinstance(exponent, int) else 0
        return max(minor_digits(self.currency), shown)

    def _same(self, other: Self) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"cannot put {other.currency} and {self.currency} together")
        return other.amount
