"""Further facts of a record, shown when it is opened."""

from dataclasses import dataclass
from datetime import date, datetime

from console.models.money import Money


@dataclass(frozen=True, slots=True)
class Detail:
    """One further fact of a record, which the desk shows and decides nothing by.

    `name` is the standard's name of the attribute, `of` what of it where there are several (a characteristic's name, a
    party's role, a note's author). What it says is in `text`, `amount`, `at` (aware UTC) and `on` (a day as written);
    `true` and `false` are texts too.
    """

    name: str
    text: str = ""
    of: str = ""
    amount: Money | None = None
    at: datetime | None = None
    on: date | None = None
