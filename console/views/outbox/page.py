"""The Outbox page: what was done here, how far it is at each system, and what a user can do about it."""

import math
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QStackedWidget, QVBoxLayout

from console.bridge import Bridge
from console.errors import ConsoleError
from console.models.outbox import Act, ActState, StepState
from console.services.acts.catalogue import ACTS
from console.services.desk import Desk
from console.views.message_words import in_words
from console.views.outbox.conflict_panel import ConflictPanel
from console.views.outbox.details import ActDetails
from console.views.outbox.edit_dialog import EditDialog
from console.views.outbox.words import SUMMARY, act_state, goes_to, kind, made_at, next_line
from console.views.texts import tr
from console.views.widgets.fact import desk_fact
from console.views.widgets.labels import Label, Surface
from console.views.widgets.live_page import LivePage
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_COLUMNS = ("State", "What", "For", "Made", "Goes to", "Kind", "Next")
_DETAILS_HEIGHT = 250


class OutboxPage(LivePage):
    """Open acts first, the newest on top, then those that ended lately; below them the chosen one.

    One that two people changed is decided right there. Enter goes to what is to be decided, or opens the customer.
    """

    customer_wanted = Signal(str)
    form_wanted = Signal(object)

    def __init__(self, desk: Desk, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge = desk, bridge
        self._acts: dict[str, Act] = {}
        self.setAccessibleName(tr("Outbox"))
        title = Label(tr("Outbox"), "page", semibold=True)
        self._counts = [Label("", "small", look="chip") for _ in SUMMARY]
        self._told = Label("", "small", look="muted", elide=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        for label in (title, *self._counts):
            head.addWidget(label)
        head.addStretch()
        head.addWidget(self._told)
        self.table = FactTable(tr("Acts"), tuple(tr(name) for name in _COLUMNS), stretch=1, optional=(5, 4, 3))
        self.table.chosen.connect(lambda _row: self._show_chosen())
        self.table.opened.connect(self._open)
        do = {
            "retry": self._retry,
            "edit": self._edit,
            "happened": lambda: self._settle(happened=True),
            "did not": lambda: self._settle(happened=False),
            "withdraw": self._withdraw,
            "take back": self._take_back,
            "take back copy": self._take_back_copy,
            "hand over": self._hand_over,
        }
        self.details = ActDetails(desk, do, self.table.setFocus)
        self.conflict = ConflictPanel(self, desk.drafts)
        self.conflict.decided.connect(self._decided)
        self.conflict.withdrawn.connect(self._withdraw)
        self._below = QStackedWidget()
        self._below.addWidget(self.details)
        self._below.addWidget(self.conflict)
        below = Surface("card", "t")
        below.setFixedHeight(_DETAILS_HEIGHT)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 1, 0, 0)
        column.addWidget(self._below)
        page = QVBoxLayout(self)
        page.setContentsMargins(14, 12, 14, 12)
        page.setSpacing(8)
        page.addLayout(head)
        page.addWidget(self.table, 1)
        page.addWidget(below)
        self._unsubscribe = desk.outbox.subscribe(lambda _act: self.show_acts())
        self.show_acts()

    def close_page(self) -> None:
        """Stop listening."""
        self._unsubscribe()

    def focus_first(self) -> None:
        """Put the focus on the first act that waits for the user, else on the first of all."""
        self._choose_first()
        self.table.setFocus()

    def _choose_first(self) -> None:
        keys = [self.table.rows_model.row(place).key for place in range(self.table.rows_model.rowCount())]
        asked = (place for place, key in enumerate(keys) if self._acts[key].needs_user)
        if keys:
            self.table.selectRow(next(asked, 0))

    def tick(self) -> None:
        if any(act.next_try_at is not None for act in self._acts.values()):
            self.show_acts()  # the seconds until the next try

    def show_acts(self) -> None:
        """Show the acts as they are now; the cursor stays on its act."""
        acts = sorted(self._desk.outbox.acts, key=lambda act: (not act.is_open, -act.seq))
        self._acts = {act.id: act for act in acts}
        for label, (look, words, states) in zip(self._counts, SUMMARY, strict=True):
            count = sum(act.state in states for act in acts)
            label.set_words(tr(words).format(count))
            label.set_look("chip", look)
            label.setVisible(count > 0)
        told = tr("Nothing here expires. What is done stays in the list for a while.")
        if not self._desk.is_kept:
            told = tr("It is kept in memory alone: closing the desk loses it.")
        self._told.set_words(told if acts else tr("Nothing waits. {}").format(told))
        self._told.setToolTip(self._told.text())
        now = datetime.now(UTC)
        self.table.show_entries(list(self._acts), lambda place: self._row(acts[place], now))
        self._show_chosen()

    def _row(self, act: Act, now: datetime) -> Row:
        state, word = act_state(act)
        texts_of_row = (
            word, self._desk.title_of(act), act.customer_name or act.customer_id, made_at(act),
            goes_to(act, self._desk), kind(act), next_line(act, self._desk, now),
        )  # fmt: skip
        cells = [Cell(desk_fact(tr(name), text)) for name, text in zip(_COLUMNS, texts_of_row, strict=True)]
        cells[0] = Cell(desk_fact(tr(_COLUMNS[0]), word), state=state)
        cells[1] = Cell(cells[1].fact, strong=act.is_open)
        return Row(act.id, tuple(cells), data=act)

    @property
    def chosen(self) -> Act | None:
        """The act the cursor is on."""
        place = self.table.currentIndex().row()
        rows = self.table.rows_model
        return self._acts.get(rows.row(place).key) if 0 <= place < rows.rowCount() else None

    def _show_chosen(self) -> None:
        act = self.chosen
        place = _first(act, StepState.CONFLICT) if act is not None else None
        if act is not None and place is not None and act.is_open:
            step = act.steps[place]
            self.conflict.show_conflict(act, step, self._desk.label(step.system), self._desk.title_of(act))
            self._below.setCurrentWidget(self.conflict)
            return
        had_focus = self.conflict.has_focus()
        self.conflict.leave()
        self.details.show_act(act)
        self._below.setCurrentWidget(self.details)
        if had_focus:
            self.table.setFocus()

    # ------------------------------------------------------------------ what users do

    def _open(self, row: Row) -> None:
        act = self._acts.get(row.key)
        if act is not None and _first(act, StepState.CONFLICT) is not None:
            self.conflict.focus_first()
        elif act is not None:
            self.customer_wanted.emit(act.customer_id)

    def _run(self, doing: Coroutine[Any, Any, Any]) -> None:
        self._bridge.run_command(self, doing, lambda _result: self.show_acts(), self._say_why_not)

    def _say_why_not(self, error: ConsoleError) -> None:
        self.show_acts()
        self._bridge.on_unhandled(in_words(error.message))

    def _retry(self) -> None:
        if (act := self.chosen) is not None:
            self._bridge.on_unhandled(tr("Trying again: {}.").format(self._desk.title_of(act)))
            self._run(self._desk.decisions.retry(act))

    def _edit(self) -> None:
        if (act := self.chosen) is not None and act.kind in ACTS:
            self.customer_wanted.emit(act.customer_id)
            self.form_wanted.emit(act)
        elif act is not None:
            EditDialog(self._desk, self._bridge, act, self.window()).open()

    def _take_back(self) -> None:
        if (act := self.chosen) is not None:
            self._run(self._desk.decisions.take_back(act))

    def _take_back_copy(self) -> None:
        if (act := self.chosen) is not None:
            self._run(self._desk.decisions.take_back_copy(act))

    def _hand_over(self) -> None:
        if (act := self.chosen) is not None:
            self._run(self._desk.decisions.hand_over(act))

    def _withdraw(self) -> None:
        act = self.chosen
        if act is None:
            return
        if not act.is_settled:
            self._too_late()
            return
        done = [self._desk.label(step.system) for step in act.steps if step.state is StepState.DONE]
        sent = [self._desk.label(step.system) for step in act.steps if step.was_sent and step.state != StepState.DONE]
        told = tr("{} has it already and keeps it; the others will not get it, and differ from then on.")
        nothing = tr("Nothing of it has been done anywhere.")
        if sent:
            nothing = tr("It was sent before. {} is checked first; what is there stays there.").format(", ".join(sent))
        box = QMessageBox(self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(tr("Give up the rest?") if done else tr("Withdraw?"))
        box.setText(self._desk.title_of(act))
        box.setInformativeText(told.format(", ".join(done)) if done else nothing)
        go = box.addButton(tr("Give up the rest") if done else tr("Withdraw"), QMessageBox.ButtonRole.AcceptRole)
        go.setAutoDefault(False)
        keep = box.addButton(tr("Keep it"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.accepted.connect(lambda: self._really_withdraw(act))
        box.open()

    def _really_withdraw(self, act: Act) -> None:
        def told(withdrawn: Any) -> None:
            self.show_acts()
            if not withdrawn:
                self._too_late()

        self._bridge.run_command(self, self._desk.decisions.withdraw(act), told, self._say_why_not)

    def _too_late(self) -> None:
        act = self.chosen
        if act is not None and act.state is ActState.DONE:
            self._bridge.on_unhandled(tr("It's done already. Use Take back, where that is possible."))
        else:
            self._bridge.on_unhandled(tr("It's being sent, so it can't be withdrawn now."))

    def _settle(self, *, happened: bool) -> None:
        act = self.chosen
        place = _first(act, StepState.UNKNOWN) if act is not None else None
        if act is None or place is None:
            return

        def settled(wait_s: float) -> None:
            self.show_acts()
            if wait_s > 0:
                words = tr("It may still arrive. You can send it again in {} s.")
                self._bridge.on_unhandled(words.format(math.ceil(wait_s)))

        settling = self._desk.decisions.settle(act, place, happened=happened)
        self._bridge.run_command(self, settling, settled, self._say_why_not)

    def _decided(self, chosen: dict[str, str]) -> None:
        act = self.chosen
        place = _first(act, StepState.CONFLICT) if act is not None else None
        if act is None or place is None:
            return

        def done(_nothing: Any) -> None:
            self.conflict.forget()
            self.show_acts()
            self._choose_first()  # the next that waits for a decision

        deciding = self._desk.decisions.resolve(act, place, chosen)
        self._bridge.run_command(self, deciding, done, lambda error: self.conflict.rejected(in_words(error.message)))


def _first(act: Act, state: StepState) -> int | None:
    return next((place for place, step in enumerate(act.steps) if step.state is state), None)
