"""Usage of a customer, and the rest of their allowances."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from console.models.detail import Detail
from console.models.money import Money

# Each unit's kind and its size in bytes or seconds. Data units are powers of 1000, as in tariffs; KiB to TiB of 1024.
_UNITS = {
    **{name: ("data", Decimal(1000) ** power) for power, name in enumerate(("b", "kb", "mb", "gb", "tb"))},
    **{name: ("data", Decimal(1024) ** power) for power, name in enumerate(("kib", "mib", "gib", "tib"), 1)},
    **dict.fromkeys(("byte", "bytes"), ("data", Decimal(1))),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), ("time", Decimal(1))),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), ("time", Decimal(60))),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), ("time", Decimal(3600))),
}


def unit_kind(units: str | None) -> str | None:
    """Return `data` or `time` for a unit of that kind, None for any other."""
    found = _UNITS.get((units or "").strip().lower())
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in the system's own unit (`MB`, `minutes`, ...), None if it has none. Source: TMF677 v4 Quantity."""

    amount: Decimal
    units: str | None

    def __str__(self) -> str:
        return f"{self.amount} {self.units or ''}".strip()

    def share_of(self, whole: "Quantity") -> float | None:
        """Return this amount as a share of another, 0 to 1 (more if it is larger); None if the units do not match."""
        factor = self._units_per(whole)
        if factor is None or whole.amount <= 0:
            return None
        return float(self.amount * factor / whole.amount)

    def _units_per(self, whole: "Quantity") -> Decimal | None:
        """Return how many units of the other amount equal one of this; None if they measure different things."""
        own, other = ((one.units or "").strip().lower() for one in (self, whole))
        if own == other:
            return Decimal(1)
        measured, others = _UNITS.get(own), _UNITS.get(other)
        if measured is None or others is None or measured[0] != others[0]:
            return None
        return measured[1] / others[1]


@dataclass(frozen=True, slots=True)
class UsageAmount:
    """One used amount; `name` is the system's own word for what was counted (`duration`, `volume`, ...).

    `text` is the amount as the system wrote it, `units` its unit, None if it has none.
    """

    name: str
    text: str
    units: str | None


@dataclass(frozen=True, slots=True)
class Usage:
    """One use, such as a call. Source: TMF635 v4 Usage; `cost` is before tax, None if it is not rated."""

    id: str
    at: datetime | None
    usage_type: str | None
    description: str | None
    amounts: tuple[UsageAmount, ...]
    status: str | None
    cost: Money | None
    product_name: str | None
    details: tuple[Detail, ...] = ()

    @property
    def amount(self) -> str:
        """The used amounts with their units; with names if there are several, empty if there are none."""
        texts = [f"{one.text} {one.units or ''}".strip() for one in self.amounts]
        if len(texts) > 1:
            texts = [f"{one.name} {text}" for one, text in zip(self.amounts, texts, strict=True)]
        return ", ".join(texts)


@dataclass(frozen=True, slots=True)
class Counter:
    """The usage of one user of an allowance, or another figure of it. Source: TMF677 v4 ConsumptionSummary.

    `type` and `level` are the system's own words. `text` is the value in words, if the system sends it.
    """

    type: str
    level: str | None
    user: str | None
    value: Quantity | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """One allowance of one product in a period. Source: TMF677 v4 BucketRefOrValue, v5 Bucket and consumption summary.

    Each amount has its own unit. `used` is the total of all users. `allowed` is None if it is unlimited or not sent.
    `text` is the rest in the system's words, such as `Unlimited`. `counters` are the usage of each user and other
    figures.
    """

    id: str
    name: str
    product_id: str | None
    product_name: str | None
    used: Quantity | None
    allowed: Quantity | None
    remaining: Quantity | None
    starts_at: datetime | None
    ends_at: datetime | None
    reserved: Quantity | None = None
    text: str | None = None
    counters: tuple[Counter, ...] = ()

    @property
    def share(self) -> float | None:
        """The used share of the allowance, 0 to 1; None if it cannot be computed."""
        if self.allowed is None or self.allowed.amount <= 0 or self.used is None:
            return None
        share = self.used.share_of(self.allowed)
        return None if share is None else min(1.0, max(0.0, share))
