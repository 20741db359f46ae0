"""The Outbox page: what was done here, how far it is at each system, and what a user can do about it."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from console.bridge import Bridge
from console.models.outbox import Act, ActState, StepState
from console.services.desk import Desk
from console.views import texts
from console.views.outbox.conflict_dialog import ConflictDialog
from console.views.outbox.words import VALUE_NAMES, act_state, step_line
from console.views.texts import tr
from console.views.widgets.fact import ShownFact
from console.views.widgets.labels import Button, Label, Surface
from console.views.widgets.live_page import LivePage
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable


class OutboxPage(LivePage):
    """Open acts first, the newest on top, then those that ended lately.

    Enter on one that waits for a decision asks for it, on any other it opens its customer.
    """

    customer_wanted = Signal(str)

    def __init__(self, desk: Desk, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge = desk, bridge
        self._acts: dict[str, Act] = {}
        self.setAccessibleName(tr("Outbox"))
        title = Label(tr("Outbox"), "page", semibold=True)
        self._told = Label("", look="secondary", wrap=True)
        columns = (tr("Done"), tr("Customer"), tr("What"), tr("How far"))
        self.table = FactTable(tr("Acts"), columns, stretch=2, optional=(1,))
        self.table.chosen.connect(lambda _row: self._show_details())
        self.table.opened.connect(self._open)
        self._details = Label("", wrap=True)
        self._details.setAccessibleName(tr("The chosen act"))
        self._details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._buttons: dict[str, Button] = {}
        bar = QHBoxLayout()
        for name, text, do in (
            ("decide", tr("Decide…"), self._decide),
            ("retry", tr("Try again now"), self._retry),
            ("happened", tr("It has happened"), lambda: self._settle(happened=True)),
            ("did not", tr("It has not; send it"), lambda: self._settle(happened=False)),
            ("withdraw", tr("Withdraw"), self._withdraw),
        ):
            button = Button(text, "plain")
            button.clicked.connect(lambda _checked=False, act=do: act())
            self._buttons[name] = button
            bar.addWidget(button)
        bar.addStretch()
        below = Surface("card", "t")
        below.setMinimumHeight(170)
        column = QVBoxLayout(below)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._details, 1)
        column.addLayout(bar)
        page = QVBoxLayout(self)
        page.setContentsMargins(14, 12, 14, 12)
        page.setSpacing(8)
        page.addWidget(title)
        page.addWidget(self._told)
        page.addWidget(self.table, 1)
        page.addWidget(below)
        self._unsubscribe = desk.outbox.subscribe(lambda _act: self.show_acts())
        self.show_acts()

    def close_page(self) -> None:
        """Stop listening."""
        self._unsubscribe()

    def focus_first(self) -> None:
        """Put the focus on the first act that waits for the user, where there is one."""
        rows = self.table.rows_model
        for place in range(rows.rowCount()):
            if self._acts[rows.row(place).key].needs_user:
                self.table.selectRow(place)
                break
        self.table.setFocus()

    def tick(self) -> None:
        self._show_details()

    def show_acts(self) -> None:
        """Show the acts as they are now; the cursor stays on its act."""
        acts = sorted(self._desk.outbox.acts, key=lambda act: (not act.is_open, -act.seq))
        self._acts = {act.id: act for act in acts}
        open_ones = sum(act.is_open for act in acts)
        asked = sum(act.needs_user for act in acts)
        kept = tr("It is kept on this computer until every system has it.")
        if not self._desk.is_kept:
            kept = tr("It is kept in memory alone: closing the desk loses it.")
        told = (
            tr("Nothing waits.") if not open_ones else tr("{} waiting, {} for you. {}").format(open_ones, asked, kept)
        )
        self._told.set_words(told)
        self.table.show_rows([self._row(act) for act in acts])
        self._show_details()

    def _row(self, act: Act) -> Row:
        state, word = act_state(act)
        done = f"{texts.recent_day(act.happened_at)} {texts.clock(act.happened_at)}"
        cells = (
            Cell(_fact(tr("Done"), done)),
            Cell(_fact(tr("Customer"), act.customer_id)),
            Cell(_fact(tr("What"), act.title), strong=act.is_open),
            Cell(_fact(tr("How far"), word), state=state),
        )
        return Row(act.id, cells, data=act)

    @property
    def chosen(self) -> Act | None:
        """The act the cursor is on."""
        place = self.table.currentIndex().row()
        rows = self.table.rows_model
        return self._acts.get(rows.row(place).key) if 0 <= place < rows.rowCount() else None

    def _show_details(self) -> None:
        act = self.chosen
        self._details.set_words("" if act is None else "\n".join(self._lines(act)))
        states = {step.state for step in act.steps} if act is not None else set()
        shown = {
            "decide": StepState.CONFLICT in states,
            "retry": act is not None
            and act.is_open
            and bool(states & {StepState.REFUSED, StepState.WAITING, StepState.SENDING}),
            "happened": StepState.UNKNOWN in states,
            "did not": StepState.UNKNOWN in states,
            "withdraw": act is not None and act.is_open and (act.can_be_withdrawn or StepState.SENDING in states),
        }
        focused = next((name for name, button in self._buttons.items() if button.hasFocus()), "")
        if focused and not shown[focused]:
            self.table.setFocus()  # else Qt would pass it on to anything, and the next key would go there
        for name, button in self._buttons.items():
            button.setVisible(shown[name])

    def _lines(self, act: Act) -> list[str]:
        lines = [act.title, *(step_line(step, self._desk) for step in act.steps)]
        wanted = {key: value for step in act.steps for key, value in step.wanted.items() if key != "text"}
        lines.append("  ·  ".join(f"{tr(VALUE_NAMES.get(key, key))} {value}" for key, value in wanted.items() if value))
        if act.next_try_at is not None and act.is_open:
            lines.append(
                tr("Tried {} times; again at {}.").format(act.tries, texts.clock(act.next_try_at, seconds=True))
            )
        if act.state is ActState.HALF_DONE:
            lines.append(tr("One system has it and the other does not; it goes on by itself as soon as that can."))
        return [line for line in lines if line.strip()]

    # ------------------------------------------------------------------ what users do

    def _open(self, row: Row) -> None:
        act = self._acts.get(row.key)
        if act is not None and _first(act, StepState.CONFLICT) is not None:
            self._decide()
        elif act is not None:
            self.customer_wanted.emit(act.customer_id)

    def _run(self, doing: Coroutine[Any, Any, Any]) -> None:
        self._bridge.run_command(self, doing, lambda _result: self.show_acts())

    def _retry(self) -> None:
        if (act := self.chosen) is not None:
            self._run(self._desk.outbox.retry(act.id))

    def _withdraw(self) -> None:
        if (act := self.chosen) is not None:
            self._run(self._desk.outbox.withdraw(act.id))

    def _settle(self, *, happened: bool) -> None:
        if (act := self.chosen) is not None:
            place = _first(act, StepState.UNKNOWN)
            if place is not None:
                self._run(self._desk.outbox.settle(act.id, place, happened=happened))

    def _decide(self) -> None:
        act = self.chosen
        place = _first(act, StepState.CONFLICT) if act is not None else None
        if act is None or place is None:
            return
        dialog = ConflictDialog(act, act.steps[place], self._desk.label(act.steps[place].system), self.window())
        dialog.decided.connect(lambda chosen: self._run(self._desk.outbox.resolve(act.id, place, chosen)))
        dialog.open()


def _first(act: Act, state: StepState) -> int | None:
    return next((place for place, step in enumerate(act.steps) if step.state is state), None)


def _fact(label: str, text: str) -> ShownFact:
    """Return a value of the desk's own; it has no origin at a system."""
    return ShownFact(label, text, None, tr("This desk"))
