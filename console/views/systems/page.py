"""The Systems page: each system's state, what it last said, and a test of its connection."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.models.health import CheckResult, SystemHealth
from console.services.desk import Desk, SystemInfo
from console.views import texts
from console.views.icons import ICON
from console.views.status_bar import STATE_LOOKS
from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.panel import set_style

class SystemsPage(QWidget):
    """One card a system."""

    def __init__(self, desk: Desk, bridge: Bridge) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel(tr("Systems"))
        title.setFont(font("page", semibold=True))
        self.cards = {info.name: SystemCard(info, desk, bridge) for info in desk.systems}
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for card in self.cards.values():
            column.addWidget(card)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(title)
        layout.addWidget(scroll, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)

    def focus_first(self) -> None:
        next(iter(self.cards.values())).test_button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _tick(self) -> None:
        for card in self.cards.values():
            card.tick()


class SystemCard(QFrame):
    """One system."""

    def __init__(self, info: SystemInfo, desk: Desk, bridge: Bridge) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName(info.label)
        self._info, self._desk, self._bridge = info, desk, bridge
        head = QFrame()
        head.setObjectName("panelHead")
        head.setFixedHeight(34)
        name, self._icon, self.state = QLabel(info.label), QLabel(), QLabel()
        name.setFont(font("body", semibold=True))
        self.state.setFont(font("table"))
        self.test_button = QPushButton(tr("Test connection"))
        self.test_button.setAccessibleName(tr("Test the connection to {}").format(info.label))
        self.test_button.clicked.connect(self.test)
        row = QHBoxLayout(head)
        row.setContentsMargins(10, 0, 8, 0)
        row.addWidget(self._icon)
        row.addWidget(name)
        row.addWidget(self.state)
        row.addStretch()
        row.addWidget(self.test_button)
        self.facts, self.results, self.damages = QLabel(), QGridLayout(), QLabel()
        for label in (self.facts, self.damages):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setFont(font("table"))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.damages.setProperty("mark", "attention")
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
        ICON.loaded.connect(self.tick)
        THEME.changed.connect(self.tick)
        self.tick()

    def tick(self) -> None:
        """Show the system's state as it is now."""
        health = self._desk.health.health(self._info.name)
        look, word = STATE_LOOKS[health.state]
        since = tr(" since {}").format(texts.clock(health.since)) if health.since else ""
        self.state.setText(tr(word) + since)
        set_style(self.state, "mark", look)
        self._icon.setPixmap(ICON.icon(look, THEME.state(look).text).pixmap(16, 16))
        self.facts.setText("\n".join(self._facts(health)))
        damages = self._desk.health.damages(self._info.name)
        shown = [f"{damage.resource}{f' {damage.id}' if damage.id else ''}: {damage.reason}" for damage in damages[-5:]]
        told = tr("{} records or values could not be read. The latest:").format(health.damaged_records)
        self.damages.setText("\n".join([told, *shown]) if damages else "")
        self.damages.setVisible(bool(damages))

    def test(self) -> None:
        """Ask each API of the system a small question and show what it says."""
        self.test_button.setEnabled(False)
        self.test_button.setText(tr("Testing…"))
        self._bridge.run_query(self, self._desk.connections.test(self._info.name), self._show_results)

    def _show_results(self, results: Sequence[CheckResult]) -> None:
        had_focus = self.focusWidget() is self.test_button or not self.window().focusWidget()
        self.test_button.setEnabled(True)
        self.test_button.setText(tr("Test connection"))
        if had_focus:
            self.test_button.setFocus()
        while self.results.count():
            item = self.results.takeAt(0)
            if item is not None and item.widget() is not None:
                item.widget().deleteLater()
        for i, result in enumerate(results):
            good = result.problem is None
            words = tr("ok, {} ms").format(round(result.elapsed_ms)) if good else str(result.problem)
            mark, name, text = QLabel("✓" if good else "✕"), QLabel(result.api), QLabel(words)
            for label, kind in ((mark, "ok" if good else "danger"), (text, "ok" if good else "danger")):
                set_style(label, "mark", kind)
            for column, label in enumerate((mark, name, text)):
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setFont(font("table"))
                label.setWordWrap(column == 2)
                self.results.addWidget(label, i, column, Qt.AlignmentFlag.AlignTop)
            text.setAccessibleName(f"{result.api}: {words}")
        self.tick()

    def _facts(self, health: SystemHealth) -> list[str]:
        lines = [tr("Address {}").format(self._info.address)]
        if health.last_answer_at is not None:
            old = texts.age(health.last_answer_at, datetime.now(UTC))
            lines.append(tr("Last answer {} ago, in {} ms").format(old, round(health.last_ms or 0)))
        if health.failure is not None:
            lines.append(health.failure)
        return lines
