"""Further facts of a record, shown when it is opened."""

from dataclasses import dataclass
from datetime import date, datetime

from console.models.money import Money


@dataclass(frozen=True, slots=True)
class Detail:
    """One further fact of a record; the console shows it and makes no decision from it.

    `name` is the standard's name of the attribute. `of` names one of several (a characteristic, a party's role, a
    note's author). The value is in `text`, `amount`, `at` (aware UTC) or `on` (a day as written); `true` and `false`
    are texts.
    """

    name: str
    text: str = ""
    of: str = ""
    amount: Money | None = None
    at: datetime | None = None
    on: date | None = None
