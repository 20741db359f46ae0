"""The Outbox page: the actions done here, their state at each system, and what the user can do."""

import math
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QStackedWidget, QVBoxLayout

from console.bridge import Bridge
from console.errors import ConsoleError
from console.messages import QT_TR_NOOP
from console.models.outbox import Action, ActionState, StepState
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.views.message_words import in_words
from console.views.outbox.conflict_panel import ConflictPanel
from console.views.outbox.details import ActionDetails
from console.views.outbox.edit_dialog import EditDialog
from console.views.outbox.words import SUMMARY, action_state, goes_to, kind, made_at, next_line
from console.views.texts import tr
from console.views.widgets.fact import console_fact
from console.views.widgets.labels import Label, Surface
from console.views.widgets.live_page import LivePage
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_COLUMNS = (
    QT_TR_NOOP("State"),
    QT_TR_NOOP("What"),
    QT_TR_NOOP("For"),
    QT_TR_NOOP("Created"),
    QT_TR_NOOP("Sent to"),
    QT_TR_NOOP("Kind"),
    QT_TR_NOOP("Next"),
)
_DETAILS_HEIGHT = 250


class OutboxPage(LivePage):
    """Open actions first, then recently finished ones, each newest first. The selected one is shown below the table.

    A conflict is resolved on this page. Enter moves to the conflict's values, or opens the customer.
    """

    customer_wanted = Signal(str)
    form_wanted = Signal(object)

    def __init__(self, console: Console, bridge: Bridge) -> None:
        super().__init__()
        self._console, self._bridge = console, bridge
        self._actions: dict[str, Action] = {}
        self.setAccessibleName(tr("Outbox"))
        title = Label(tr("Outbox"), "page", semibold=True)
        self._counts = [Label("", "small", look="chip") for _ in SUMMARY]
        self._message = Label("", "small", look="muted", elide=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        for label in (title, *self._counts):
            head.addWidget(label)
        head.addStretch()
        head.addWidget(self._message)
        self.table = FactTable(tr("Actions"), tuple(tr(name) for name in _COLUMNS), stretch=1, optional=(5, 4, 3))
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
        self.details = ActionDetails(console, do, self.table.setFocus)
        self.conflict = ConflictPanel(self, console.drafts)
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
        self._unsubscribe = console.outbox.subscribe(lambda _action: self.show_actions())
        self.show_actions()

    def close_page(self) -> None:
        """Stop listening to the Outbox."""
        self._unsubscribe()

    def focus_first(self) -> None:
        """Move the focus to the first action that needs the user, else to the first action."""
        self._choose_first()
        self.table.setFocus()

    def _choose_first(self) -> None:
        keys = [self.table.rows_model.row(index).key for index in range(self.table.rows_model.rowCount())]
        asked = (index for index, key in enumerate(keys) if self._actions[key].needs_user)
        if keys:
            self.table.selectRow(next(asked, 0))

    def tick(self) -> None:
        if any(action.next_try_at is not None for action in self._actions.values()):
            self.show_actions()  # updates the seconds until the next try

    def show_actions(self) -> None:
        """Show the current actions. The cursor stays on its action."""
        actions = sorted(self._console.outbox.actions, key=lambda action: (not action.is_open, -action.seq))
        self._actions = {action.id: action for action in actions}
        for label, (look, words, states) in zip(self._counts, SUMMARY, strict=True):
            count = sum(action.state in states for action in actions)
            label.set_words(tr(words).format(count))
            label.set_look("chip", look)
            label.setVisible(count > 0)
        message = tr("Nothing here expires. Finished actions stay in the list for a while.")
        if not self._console.is_saved:
            message = tr("Kept in memory only. Closing the console loses it.")
        self._message.set_words(message if actions else tr("The Outbox is empty. {}").format(message))
        self._message.setToolTip(self._message.text())
        now = datetime.now(UTC)
        self.table.show_entries(list(self._actions), lambda index: self._row(actions[index], now))
        self._show_chosen()

    def _row(self, action: Action, now: datetime) -> Row:
        state, word = action_state(action)
        texts_of_row = (
            word, self._console.title_of(action), action.customer_name or action.customer_id, made_at(action),
            goes_to(action, self._console), kind(action), next_line(action, self._console, now),
        )  # fmt: skip
        cells = [Cell(console_fact(tr(name), text)) for name, text in zip(_COLUMNS, texts_of_row, strict=True)]
        cells[0] = Cell(console_fact(tr(_COLUMNS[0]), word), state=state)
        cells[1] = Cell(cells[1].fact, strong=action.is_open)
        return Row(action.id, tuple(cells), data=action)

    @property
    def chosen(self) -> Action | None:
        """The selected action, or None."""
        index = self.table.currentIndex().row()
        rows = self.table.rows_model
        return self._actions.get(rows.row(index).key) if 0 <= index < rows.rowCount() else None

    def _show_chosen(self) -> None:
        action = self.chosen
        index = _first(action, StepState.CONFLICT) if action is not None else None
        if action is not None and index is not None and action.is_open:
            step = action.steps[index]
            self.conflict.show_conflict(action, step, self._console.label(step.system), self._console.title_of(action))
            self._below.setCurrentWidget(self.conflict)
            return
        had_focus = self.conflict.has_focus()
        self.conflict.leave()
        self.details.show_action(action)
        self._below.setCurrentWidget(self.details)
        if had_focus:
            self.table.setFocus()

    # ------------------------------------------------------------------ user actions

    def _open(self, row: Row) -> None:
        action = self._actions.get(row.key)
        if action is not None and _first(action, StepState.CONFLICT) is not None:
            self.conflict.focus_first()
        elif action is not None:
            self.customer_wanted.emit(action.customer_id)

    def _run(self, doing: Coroutine[Any, Any, Any]) -> None:
        self._bridge.run_command(self, doing, lambda _result: self.show_actions(), self._say_why_not)

    def _say_why_not(self, error: ConsoleError) -> None:
        self.show_actions()
        self._bridge.on_unhandled(in_words(error.message))

    def _retry(self) -> None:
        if (action := self.chosen) is not None:
            self._bridge.on_unhandled(tr("Trying again: {}.").format(self._console.title_of(action)))
            self._run(self._console.decisions.retry(action))

    def _edit(self) -> None:
        if (action := self.chosen) is not None and action.kind in ACTIONS:
            self.customer_wanted.emit(action.customer_id)
            self.form_wanted.emit(action)
        elif action is not None:
            EditDialog(self._console, self._bridge, action, self.window()).open()

    def _take_back(self) -> None:
        if (action := self.chosen) is not None:
            self._run(self._console.decisions.undo(action))

    def _take_back_copy(self) -> None:
        if (action := self.chosen) is not None:
            self._run(self._console.decisions.undo_duplicate(action))

    def _hand_over(self) -> None:
        if (action := self.chosen) is not None:
            self._run(self._console.decisions.hand_over(action))

    def _withdraw(self) -> None:
        action = self.chosen
        if action is None:
            return
        if not action.is_settled:
            self._too_late()
            return
        done = [self._console.label(step.system) for step in action.steps if step.state is StepState.DONE]
        sent = [
            self._console.label(step.system) for step in action.steps if step.was_sent and step.state != StepState.DONE
        ]
        message = tr("{} already has it and keeps it. The others won't get it, so their data will differ.")
        nothing = tr("No system has changed anything.")
        if sent:
            nothing = tr("It was sent before. {} is checked first. Anything found there stays.").format(", ".join(sent))
        box = QMessageBox(self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(tr("Cancel the rest?") if done else tr("Withdraw?"))
        box.setText(self._console.title_of(action))
        box.setInformativeText(message.format(", ".join(done)) if done else nothing)
        go = box.addButton(tr("Cancel the rest") if done else tr("Withdraw"), QMessageBox.ButtonRole.AcceptRole)
        go.setAutoDefault(False)
        keep = box.addButton(tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.accepted.connect(lambda: self._really_withdraw(action))
        box.open()

    def _really_withdraw(self, action: Action) -> None:
        def message(withdrawn: Any) -> None:
            self.show_actions()
            if not withdrawn:
                self._too_late()

        self._bridge.run_command(self, self._console.decisions.withdraw(action), message, self._say_why_not)

    def _too_late(self) -> None:
        action = self.chosen
        if action is not None and action.state is ActionState.DONE:
            self._bridge.on_unhandled(tr("It's already done. Use Undo where that's possible."))
        else:
            self._bridge.on_unhandled(tr("It's being sent, so it can't be withdrawn now."))

    def _settle(self, *, happened: bool) -> None:
        action = self.chosen
        index = _first(action, StepState.UNKNOWN) if action is not None else None
        if action is None or index is None:
            return

        def on_outcome(wait_s: float) -> None:
            self.show_actions()
            if wait_s > 0:
                words = tr("It may still arrive. You can send it again in {} s.")
                self._bridge.on_unhandled(words.format(math.ceil(wait_s)))

        settling = self._console.decisions.report_outcome(action, index, happened=happened)
        self._bridge.run_command(self, settling, on_outcome, self._say_why_not)

    def _decided(self, chosen: dict[str, str]) -> None:
        action = self.chosen
        index = _first(action, StepState.CONFLICT) if action is not None else None
        if action is None or index is None:
            return

        def done(_nothing: Any) -> None:
            self.conflict.forget()
            self.show_actions()
            self._choose_first()  # the next action that needs the user

        deciding = self._console.decisions.resolve(action, index, chosen)
        self._bridge.run_command(self, deciding, done, lambda error: self.conflict.rejected(in_words(error.message)))


def _first(action: Action, state: StepState) -> int | None:
    return next((index for index, step in enumerate(action.steps) if step.state is state), None)
