"""Makes shown facts from records: the value's text together with the record it stands in."""

from collections.abc import Iterable

from console.models.billing_account import PaymentPlan
from console.models.provenance import Origin
from console.views import texts
from console.views.texts import tr
from console.views.widgets.fact import ShownFact
from console.views.widgets.row_model import Cell


class FactMaker:
    """Makes the facts and cells of one record."""

    def __init__(self, origin: Origin, system_label: str, *, fresh: bool = True) -> None:
        self._origin = origin
        self._system_label = system_label
        self._fresh = fresh

    def fact(self, label: str, text: str, *, worked_out: bool = False) -> ShownFact:
        return ShownFact(label, text, self._origin, self._system_label, worked_out, self._fresh)

    def cell(
        self,
        label: str,
        text: str,
        *,
        state: str | None = None,
        bar: float | None = None,
        track: bool = False,
        number: bool = False,
        strong: bool = False,
        worked_out: bool = False,
    ) -> Cell:
        return Cell(self.fact(label, text, worked_out=worked_out), state, bar, track, number, strong)


_MOST_PROMISES = 6


def promise_words(promises: Iterable[PaymentPlan]) -> str:
    """Return what was promised to be paid and by when, of many the first; empty where nothing was."""
    every = list(promises)
    words = [
        tr("{} by {}").format(texts.money(plan.amount), texts.weekday(plan.due_on) if plan.due_on else tr("no date"))
        for plan in every[:_MOST_PROMISES]
    ]
    more = len(every) - len(words)
    return ", ".join([*words, tr("and {} more").format(more)] if more else words)
