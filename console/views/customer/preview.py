"""What an act would change, system by system: now, after, and whether it can be taken back."""

from collections.abc import Mapping

from console.services.acts.declared import Effect, Plan
from console.views import texts
from console.views.texts import tr
from console.views.widgets.fact import desk_fact
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_ORDER = ("billing", "provisioning", "crm")


class PreviewTable(FactTable):
    """The effects of a plan under a row for each of its systems; systems that are not touched say so in one row."""

    def __init__(self) -> None:
        columns = (tr("What"), tr("Now"), tr("After"), tr("Can it be taken back?"))
        super().__init__(tr("What will change"), columns, stretch=0)

    def show_plan(self, plan: Plan | None, labels: Mapping[str, str]) -> None:
        """Show what a plan would change; nothing without one."""
        rows: list[Row] = []
        for system in _ORDER if plan is not None else ():
            effects = [one for one in plan.effects if one.system == system] if plan is not None else []
            label = labels.get(system, system.title())
            by_order = any(effect.record[0] == "product order" for effect in effects)
            told = tr("once the order is done") if by_order else "" if effects else tr("no change")
            rows.append(_head(label, told))
            rows += [_row(f"{system} {n}", label, effect) for n, effect in enumerate(effects)]
        self.show_rows(rows)


def _head(label: str, told: str) -> Row:
    cells = (
        Cell(desk_fact(label, label), strong=True),
        Cell(desk_fact(label, told)),
        Cell(desk_fact(label, "")),
        Cell(desk_fact(label, "")),
    )
    return Row(f"head {label}", cells)


def _row(key: str, label: str, effect: Effect) -> Row:
    back = (
        None
        if not effect.undo
        else "ok"
        if effect.can_be_undone
        else "danger"
        if effect.undo.startswith("No")
        else None
    )
    cells = (
        Cell(desk_fact(label, f"   {effect.what}")),
        Cell(desk_fact(label, texts.value(effect.now))),
        Cell(desk_fact(label, texts.value(effect.after)), strong=True),
        Cell(desk_fact(label, effect.undo), state=back),
    )
    return Row(key, cells)
