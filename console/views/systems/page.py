"""The Systems page: each system's state, its last reply or failure, and a connection test."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.models.health import CheckResult, SystemHealth
from console.services.console import Console, SystemInfo
from console.views import texts
from console.views.icons import ICON
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.labels import Button, Card, Label, Surface
from console.views.widgets.live_page import LivePage, PlainScroll
from console.views.window.status_bar import STATE_LOOKS


class SystemsPage(LivePage):
    """One card for each system."""

    def __init__(self, console: Console, bridge: Bridge) -> None:
        super().__init__()
        title = Label(tr("Systems"), "page", semibold=True)
        self.cards = {info.name: SystemCard(info, console, bridge) for info in console.systems}
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for card in self.cards.values():
            column.addWidget(card)
        column.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(title)
        layout.addWidget(PlainScroll(inner), 1)

    def focus_first(self) -> None:
        next(iter(self.cards.values())).test_button.setFocus()

    def tick(self) -> None:
        """Update every card."""
        for card in self.cards.values():
            card.tick()


class SystemCard(Card):
    """The card of one system."""

    def __init__(self, info: SystemInfo, console: Console, bridge: Bridge) -> None:
        super().__init__()
        self.setAccessibleName(info.label)
        self._info, self._console, self._bridge = info, console, bridge
        self._testing = False
        head = Surface("cardHead", "b")
        head.setFixedHeight(36)
        name, self._icon, self.state = Label(info.label, "body", semibold=True), QLabel(), Label()
        self.test_button = Button(tr("Test connection"))
        self.test_button.setAccessibleName(tr("Test the connection to {}").format(info.label))
        self.test_button.clicked.connect(self.test)
        row = QHBoxLayout(head)
        row.setContentsMargins(10, 0, 8, 0)
        row.addWidget(self._icon)
        row.addWidget(name)
        row.addWidget(self.state)
        row.addStretch()
        row.addWidget(self.test_button)
        self.facts, self.results, self.damages = Label(wrap=True), QGridLayout(), Label(wrap=True)
        self.damages.set_look("mark", "attention")
        body = QVBoxLayout()
        body.setContentsMargins(12, 8, 12, 10)
        body.addWidget(self.facts)
        body.addLayout(self.results)
        body.addWidget(self.damages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addLayout(body)
        self.results.setColumnStretch(2, 1)
        self.results.setHorizontalSpacing(12)
        ICON.loaded.connect(self.tick)
        THEME.changed.connect(self.tick)
        self.tick()

    def tick(self) -> None:
        """Show the system's current state, its last reply, and its latest unreadable records (at most 5)."""
        health = self._console.health.health(self._info.name)
        look, word = STATE_LOOKS[health.state]
        since = tr(" since {}").format(texts.clock(health.since)) if health.since else ""
        self.state.set_words(tr(word) + since)
        self.state.set_look("mark", look)
        self._icon.setPixmap(ICON.pixmap(look, 16, THEME.state(look).text))
        self.facts.set_words("\n".join(self._facts(health)))
        damages = self._console.health.damages(self._info.name)
        shown = [f"{damage.resource}{f' {damage.id}' if damage.id else ''}: {damage.reason}" for damage in damages[-5:]]
        message = tr("{} records or values could not be read. The latest:").format(health.damaged_records)
        self.damages.set_words("\n".join([message, *shown]) if damages else "")
        self.damages.setVisible(bool(damages))

    def test(self) -> None:
        """Send a small request to each API of the system and show the results."""
        if self._testing:
            return
        self._testing = True
        self.test_button.setText(tr("Testing…"))
        self._bridge.run_query(self, self._console.connections.test(self._info.name), self._show_results)

    def _show_results(self, results: Sequence[CheckResult]) -> None:
        self._testing = False
        self.test_button.setText(tr("Test connection"))
        while (item := self.results.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for i, result in enumerate(results):
            good = result.problem is None
            words = tr("ok, {} ms").format(round(result.elapsed_ms)) if good else str(result.problem)
            mark, name, text = Label("✓" if good else "✕"), Label(result.api), Label(words, wrap=True)
            for label in (mark, text):
                label.set_look("mark", "ok" if good else "danger")
            for column, label in enumerate((mark, name, text)):
                self.results.addWidget(label, i, column, Qt.AlignmentFlag.AlignTop)
            text.setAccessibleName(f"{result.api}: {words}")
        self.tick()

    def _facts(self, health: SystemHealth) -> list[str]:
        lines = [tr("Address {}").format(self._info.address)]
        if health.last_answer_at is not None:
            old = texts.age(health.last_answer_at, datetime.now(UTC))
            lines.append(tr("Last reply {} ago, in {} ms").format(old, round(health.last_ms or 0)))
        if health.failure is not None:
            lines.append(health.failure)
        return lines
