"""The panel that resolves a conflict. Each value has four texts: before, mine, theirs, and the one to send."""

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QButtonGroup, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.models.outbox import Action, RiskClass, Step
from console.services.outbox.drafts import Drafts
from console.views.outbox.words import VALUE_NAMES, made_at, shown_value
from console.views.texts import tr
from console.views.widgets.action_dialog import SEND_KEYS, send_words
from console.views.widgets.choice import ChoiceButton
from console.views.widgets.labels import Button, Label, StateSurface
from console.views.widgets.live_page import PlainScroll


class _Line:
    """One value in conflict: mine, theirs, or a typed value. Nothing is chosen at the start."""

    def __init__(self, name: str, step: Step, typed: str) -> None:
        self.name = name
        word, nothing = tr(VALUE_NAMES.get(name, name)), tr("none")
        self.values = (step.wanted.get(name, ""), step.theirs[name])
        mine, theirs, before = (shown_value(one) or nothing for one in (*self.values, step.base.get(name)))
        self.word = Label(word, look="muted")
        self.base = Label(before, look="secondary", wrap=True)
        self.mine = ChoiceButton(mine, tr("{}, mine: {}").format(word, mine))
        self.theirs = ChoiceButton(theirs, tr("{}, theirs: {}").format(word, theirs))
        self.typed = QLineEdit(typed)
        self.typed.setMinimumWidth(190)
        self.typed.setPlaceholderText(tr("or enter a value"))
        self.typed.setAccessibleName(tr("{}, another value").format(word))
        self.goes = Label("", semibold=True, wrap=True)
        self.group = QButtonGroup(self.mine)
        for index, button in enumerate((self.mine, self.theirs)):
            self.group.addButton(button, index)

    @property
    def chosen(self) -> Any:
        """The value to send. None while nothing is chosen."""
        typed = self.typed.text().strip()
        if typed:
            return typed
        return self.values[self.group.checkedId()] if self.group.checkedId() >= 0 else None

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return (self.word, self.base, self.mine, self.theirs, self.typed, self.goes)

    def holds(self, widget: QWidget | None) -> bool:
        return widget in {self.mine, self.theirs, self.typed}


class ConflictPanel(QWidget):
    """The panel. It emits `decided` with the chosen values, and `withdrawn` when the user withdraws the action.

    Key 1 chooses mine, 2 theirs, 3 goes to the text field. They work on the focused value, else on the first open one.
    Ctrl+Enter sends when everything is chosen. Choices stay while the same action is shown.
    """

    decided = Signal(dict)
    withdrawn = Signal()

    def __init__(self, keys_of: QWidget, drafts: Drafts) -> None:
        super().__init__()
        self._drafts = drafts
        self._draft_keys: dict[str, str] = {}
        self.setAccessibleName(tr("Changed by someone else"))
        self._shown: tuple[object, ...] = ()
        self._system = ""
        self.lines: list[_Line] = []
        self._title = Label("", semibold=True)
        self._title.set_look("mark", "conflict")
        self._about = Label("", look="secondary", elide=True)
        head = StateSurface()
        head.set_state("conflict")
        head_row = QHBoxLayout(head)
        head_row.setContentsMargins(12, 6, 12, 6)
        head_row.addWidget(self._title)
        head_row.addWidget(self._about, 1)
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._message = Label("", "small", look="secondary", wrap=True)
        self.send = Button(tr("Send merged"), "main")
        self.send.clicked.connect(self._decide)
        withdraw = Button(tr("Withdraw"), "plain")
        withdraw.clicked.connect(self.withdrawn)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 10)
        foot.setSpacing(8)
        foot.addWidget(self._message, 1)
        foot.addWidget(withdraw)
        foot.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(PlainScroll(self._inner), 1)
        column.addLayout(foot)
        self._shortcuts = [
            self._shortcut(keys_of, "1", lambda: self._take("mine")),
            self._shortcut(keys_of, "2", lambda: self._take("theirs")),
            self._shortcut(keys_of, "3", self._type_it),
            self._shortcut(keys_of, SEND_KEYS, self._decide),
            self._shortcut(keys_of, "Ctrl+Enter", self._decide),
        ]
        self.leave()

    def show_conflict(self, action: Action, step: Step, system: str, title: str) -> None:
        """Show a step that is in conflict. Showing the same step again changes nothing."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(True)
        shown = (action.id, step.system, tuple(step.wanted.items()), tuple(step.theirs.items()))
        if shown == self._shown:
            return
        self._shown = shown
        self._system = system
        self._draft_keys = {name: f"decide/{action.id}/{step.system}/{name}" for name in step.theirs}
        is_money = action.risk is RiskClass.MONEY
        head = tr("The data behind this has changed") if is_money else tr("Changed by someone else")
        self._title.set_words(head)
        self._about.set_words(f"{title}, {action.customer_name or action.customer_id}")
        send = tr("Send anyway") if is_money else tr("Send merged")
        self.send.setText(send_words(send))
        self.send.setAccessibleName(send)
        self._clear()
        self._fill(action, step, system, is_money=is_money)
        self._show_left()

    def leave(self) -> None:
        """Disable the panel's keys. Call it when the panel is hidden."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)

    def focus_first(self) -> None:
        """Move the focus to the first value."""
        (self.lines[0].mine if self.lines else self.send).setFocus()

    def has_focus(self) -> bool:
        """Return whether the focus is inside this panel."""
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _fill(self, action: Action, step: Step, system: str, *, is_money: bool) -> None:
        heads = [tr("Value"), tr("Before"), tr("Mine, {}").format(made_at(action)), tr("Theirs, at {}").format(system)]
        others = len(action.steps) > 1
        heads += ["", tr("Sent to all systems") if others else tr("Sent to {}").format(system)]
        if is_money:
            heads[2:] = [tr("Now, at {}").format(system)]
        for column, text in enumerate(heads):
            self._grid.addWidget(Label(text, "small", look="muted"), 0, column)
        drafts = self._drafts
        self.lines = (
            [] if is_money else [_Line(name, step, drafts.text(self._draft_keys[name])) for name in step.theirs]
        )
        for row, line in enumerate(self.lines, 1):
            for column, widget in enumerate(line.widgets):
                self._grid.addWidget(widget, row, column)
            line.group.idClicked.connect(lambda _id, chosen=line: self._picked(chosen))
            line.typed.textChanged.connect(lambda text, chosen=line: self._typed(chosen, text))
        if is_money:
            for row, (name, held) in enumerate(step.theirs.items(), 1):
                before = shown_value(step.base.get(name))
                for column, text in enumerate((tr(VALUE_NAMES.get(name, name)), before, shown_value(held))):
                    self._grid.addWidget(Label(text), row, column)
        self._grid.setColumnMinimumWidth(5, 0 if is_money else 200)  # so that a choice moves no column
        for column, stretch in ((1, 2), (2, 3), (3, 3), (4, 2), (5, 3)):
            self._grid.setColumnStretch(column, 0 if is_money else stretch)
        self._grid.setColumnStretch(6, 1 if is_money else 0)
        self._grid.setRowStretch(len(step.theirs) + 1, 1)

    def _shortcut(self, keys_of: QWidget, keys: str, do: object) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), keys_of)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(do)
        return shortcut

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)

    def _at_hand(self) -> _Line | None:
        """Return the value that the keys work on: the focused one, else the first open one, else the first."""
        focused = self.window().focusWidget()
        left = (line for line in self.lines if line.chosen is None)
        return next((line for line in self.lines if line.holds(focused)), next(left, next(iter(self.lines), None)))

    def _take(self, side: str) -> None:
        line = self._at_hand()
        if line is not None:
            (line.mine if side == "mine" else line.theirs).setChecked(True)
            self._picked(line)

    def _picked(self, line: _Line) -> None:
        line.typed.clear()  # the picked value replaces typed text
        self._show_left()
        following = next((one for one in self.lines if one.chosen is None), None)
        if following is not None:
            following.mine.setFocus()
        elif self.has_focus():
            (line.mine if line.mine.isChecked() else line.theirs).setFocus()

    def _typed(self, line: _Line, text: str) -> None:
        """Replace the picked value by the typed text, and save it as a draft."""
        self._drafts.type(self._draft_keys[line.name], text)
        if text.strip():
            line.group.setExclusive(False)
            line.mine.setChecked(False)
            line.theirs.setChecked(False)
            line.group.setExclusive(True)
        self._show_left()

    def _type_it(self) -> None:
        line = self._at_hand()
        if line is not None:
            line.typed.setFocus()

    def _left(self) -> Iterator[_Line]:
        return (line for line in self.lines if line.chosen is None)

    def _show_left(self) -> None:
        for line in self.lines:
            chosen = line.chosen
            line.goes.set_words(tr("Choose") if chosen is None else shown_value(chosen) or tr("none"))
            line.goes.set_look("mark", "conflict" if chosen is None else "neutral")
        left = sum(1 for _ in self._left())
        self._message.set_look("secondary")
        self.send.setEnabled(left == 0)
        keys = tr("1 mine   2 theirs   3 other value")
        if not self.lines:
            self._message.set_words(tr("Check it first. It will overwrite the current value."))
        elif left:
            self._message.set_words(f"{keys}   ·   " + tr("{} left to choose").format(left))
        else:
            self._message.set_words(f"{keys}   ·   " + self._effect_words())

    def _effect_words(self) -> str:
        kept = all(line.chosen == line.values[1] for line in self.lines)
        if kept:
            return tr("{} keeps its value. The other systems get it too.").format(self._system)
        return tr("It will overwrite the current value.")

    def rejected(self, sentence: str) -> None:
        """Show why the chosen values can't be sent. All choices stay."""
        self._message.set_words(sentence)
        self._message.set_look("mark", "danger")

    def forget(self) -> None:
        """Delete the drafts of this conflict. Call it when the conflict is resolved."""
        for draft_key in self._draft_keys.values():
            self._drafts.type(draft_key, "")
        self._shown = ()

    def _decide(self) -> None:
        if not self.send.isEnabled():
            return
        chosen: Mapping[str, Any] = {line.name: line.chosen or "" for line in self.lines}
        self.decided.emit(dict(chosen))
