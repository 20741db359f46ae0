"""The search palette: the typed text, how it was read, the customers found, and details to distinguish them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from console.models.customer import PartyKind
from console.models.search import (
    FoundCustomer,
    Match,
    MatchedBy,
    Reading,
    SearchQuery,
    SearchResult,
    SystemProgress,
    SystemSearchState,
)
from console.services.search.phone import show_phone
from console.views import texts
from console.views.icons import ICON
from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.fact import ShownFact
from console.views.widgets.labels import Button, Card, Label
from console.views.widgets.row_model import ROW_ROLE, Cell, Row
from console.views.widgets.rows import FactList
from console.views.window.main_window import MainWindow

if TYPE_CHECKING:  # the palette accepts keys before event loop and services are loaded
    import asyncio

    from console.bridge import Bridge
    from console.services.console import Console

# Pause after the last keystroke, in milliseconds. Shorter would search after every letter, longer feels slow.
PAUSE_MS = 120
_PASSED_ON = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class SearchPalette(QWidget):
    """The overlay over the window during a search. Esc closes it; the text stays.

    It emits `chosen` with the customer number.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self._bridge: Bridge | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._begin)
        self._console: Console | None = None
        self._task: asyncio.Task[None] | None = None
        self.result: SearchResult | None = None
        self._focus_before: QWidget | None = None
        self._frame = Card(self)
        self.text = QLineEdit()
        self.text.setFrame(False)
        self.text.setFont(font("page"))
        self.text.setAccessibleName(tr("Find a customer"))
        self.text.setPlaceholderText(tr("Name, phone, e-mail, customer, account, bill or order number"))
        self.text.setMaxLength(500)
        self.text.textChanged.connect(self._on_text)
        self.text.installEventFilter(self)
        self._search_icon, self._reading = QLabel(), Label("", "small")
        self._reading.set_look("chip", "info")
        self._systems: dict[str, Label] = {}
        self._system_row = QHBoxLayout()
        self.list = FactList(tr("Found customers"))
        self.list.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.list.opened.connect(self._open_row)
        self.list.chosen.connect(self._show_details)
        self._note = Label(look="muted", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._details = _Details()
        self._details.open_button.clicked.connect(self._open_current)
        self._build()
        ICON.loaded.connect(self._take_icons)
        THEME.changed.connect(self._take_icons)
        self._take_icons()
        self.hide()

    def attach(self, console: Console, bridge: Bridge) -> None:
        """Connect the services and search for the text typed so far."""
        self._console, self._bridge = console, bridge
        for info in console.systems:
            label = Label("", "small")
            self._system_row.insertWidget(len(self._systems), label)
            self._systems[info.name] = label
        self._on_text(self.text.text())

    @classmethod
    def over(cls, window: MainWindow) -> SearchPalette:
        """Return a palette for a window. The window's search field and keys open it."""
        palette = cls(window.centre)
        window.search_wanted.connect(palette.open)
        window.resized.connect(lambda: palette.reposition(window.centre.rect()))
        return palette

    def open(self) -> None:
        """Show the palette over the window, with its last text selected."""
        if not self.isVisible():
            self._focus_before = self.window().focusWidget()
        self.show()
        self.raise_()
        self.text.selectAll()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Hide the palette and return the focus to where it was. The text stays."""
        self.hide()
        if self._focus_before is not None:
            self._focus_before.setFocus()
        self.closed.emit()

    def reposition(self, around: QRect) -> None:
        """Cover the window and place the frame in its upper middle."""
        self.setGeometry(around)
        width, height = min(1020, around.width() - 40), min(640, around.height() - 60)
        self._frame.setGeometry((around.width() - width) // 2, min(70, (around.height() - height) // 2), width, height)
        self._details.setVisible(width > 700)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(0, 0, 0, 90))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reposition(self._around.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Send arrow keys to the list while the text field has the focus."""
        if watched is self.text and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _PASSED_ON:
                self.list.keyPressEvent(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._open_current()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_palette()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: object) -> None:
        del event  # a click beside the frame
        self.close_palette()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 8)
        top.addWidget(self._search_icon)
        top.addWidget(self.text, 1)
        top.addWidget(self._reading)
        systems = self._system_row
        systems.setContentsMargins(12, 4, 12, 4)
        systems.setSpacing(14)
        self._more = Label("", "small")
        self._more.set_look("mark", "attention")
        systems.addStretch()
        systems.addWidget(self._more)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(systems)
        left.addWidget(self.list, 1)
        left.addWidget(self._note, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 55)
        middle.addWidget(self._details, 45)
        foot = Label(tr("↑ ↓ choose     Enter open     Esc close, text stays"), "small", look="muted")
        foot.setContentsMargins(12, 6, 12, 6)
        layout = QVBoxLayout(self._frame)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(middle, 1)
        layout.addWidget(foot)

    def _take_icons(self) -> None:
        self._search_icon.setPixmap(ICON.pixmap("search", 20, THEME.colour("textSecondary")))

    def _on_text(self, text: str) -> None:
        """Cancel the running search and start one for the current text, after `PAUSE_MS`."""
        self._pause.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._console is None:
            self._say(tr("Connecting to the systems. Your text stays."))
            return
        query = self._console.search.read(text)
        self._show_reading(query)
        if not query.readings:
            self.result = None
            self.list.show_rows([])
            self._show_systems(())
            self._say("" if text.strip() else tr("Enter a name, number, e-mail or phone number."))
            if text.strip():
                self._say(tr("Enter at least two letters, or a number."))
            return
        self._pause.start()

    def _begin(self) -> None:
        """Search the systems for the current text."""
        if self._console is not None and self._bridge is not None:
            query = self._console.search.read(self.text.text())
            self._task = self._bridge.run_query(self, self._console.search.find(query, self._show_result))

    def _show_reading(self, query: SearchQuery) -> None:
        words: dict[Reading, Callable[[], str]] = {
            Reading.PHONE: lambda: show_phone(query.phone or ""),
            Reading.EMAIL: lambda: tr("e-mail"),
            Reading.NUMBER: lambda: tr("number"),
            Reading.NAME: lambda: tr("name"),
        }
        read = [words[reading]() for reading in query.readings]
        self._reading.setText(tr("read as {}").format(tr(" or ").join(read)) if read else "")
        self._reading.setVisible(bool(read))

    def _show_result(self, result: SearchResult) -> None:
        self.result = result
        self._show_systems(result.systems)
        self.list.show_rows([self._row(found) for found in result.found])
        if result.found:
            self._note.hide()
            self.list.show()
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.list.rows_model.index(0, 0))
            else:
                self._show_details(self.list.currentIndex().data(ROW_ROLE))
        elif result.is_complete:
            failed = [progress for progress in result.systems if progress.state is SystemSearchState.FAILED]
            if all(progress.state is SystemSearchState.NOT_ASKED for progress in result.systems):
                self._say(
                    tr("No system can search for this. Enter a name, a full number, an e-mail or a phone number.")
                )
            elif failed:
                self._say(
                    tr("No customer found yet. Some systems have not replied.")
                    + "\n"
                    + "\n".join(str(one.sentence) for one in failed)
                )
            else:
                self._say(tr("No customer found for “{}”.").format(result.query.text))
        else:
            self._say(tr("Searching…"))

    def _show_systems(self, systems: tuple[SystemProgress, ...]) -> None:
        known = {progress.system: progress for progress in systems}
        self._more.set_words(tr("More matches than shown. Type more.") if any(one.has_more for one in systems) else "")
        for name, label in self._systems.items():
            progress = known.get(name)
            if progress is None or self._console is None or progress.state is SystemSearchState.NOT_ASKED:
                label.setText("")
                continue
            system = self._console.label(name)
            text, state = {
                SystemSearchState.ASKING: (tr("… {} searching").format(system), "info"),
                SystemSearchState.ANSWERED: (tr("✓ {} {} s").format(system, f"{progress.elapsed_ms / 1000:.1f}"), "ok"),
                SystemSearchState.FAILED: (tr("✕ {} no reply").format(system), "danger"),
            }[progress.state]
            label.setText(text)
            label.setToolTip(texts.tooltip(progress.sentence or ""))
            label.set_look("mark", state)

    def _row(self, found: FoundCustomer) -> Row:
        def cell(label: str, text: str) -> Cell:
            return Cell(ShownFact(label, text, None))

        reasons = " · ".join(_match_words(one) for _, one in found.reasons if one.by is not MatchedBy.NAME)
        details = " · ".join(part for part in (reasons, *(_spoken(detail) for detail in found.details)) if part)
        icon = {PartyKind.ORGANIZATION: "business", PartyKind.INDIVIDUAL: "residential"}.get(
            found.kind or PartyKind.INDIVIDUAL, "person"
        )
        cells = (
            cell(tr("Name"), found.name or tr("no name")),
            cell(tr("Details"), details),
            cell(tr("Number"), found.customer_id),
        )
        return Row(found.customer_id, cells, icon=icon, data=found)

    def _say(self, text: str) -> None:
        self._note.setText(text)
        self._note.show()
        self.list.hide()
        self._details.show_nothing()

    def _show_details(self, row: Row) -> None:
        if self._console is not None and self.result is not None and isinstance(row.data, FoundCustomer):
            self._details.show_customer(row.data, self.result, self._console)

    def _open_row(self, row: Row) -> None:
        self.hide()
        self.chosen.emit(row.key)

    def _open_current(self) -> None:
        row = self.list.currentIndex().data(ROW_ROLE)
        if isinstance(row, Row) and self.list.isVisible():
            self._open_row(row)
        elif self.result is not None and self.result.is_complete:
            self._on_text(self.text.text())  # nothing to open: search again


def _spoken(detail: str) -> str:
    return show_phone(detail) if detail.startswith("+") else detail


class _Details(QWidget):
    """Details of the selected customer, with a hint if several customers match."""

    def __init__(self) -> None:
        super().__init__()
        self._title = Label("", "page", semibold=True, wrap=True)
        self._hint, self._lines = Label("", "small", wrap=True), Label(wrap=True)
        self._hint.set_look("mark", "info")
        self.open_button = Button(tr("Open   Enter"), "main")
        self.open_button.setAccessibleName(tr("Open this customer"))
        self.open_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self._hint)
        layout.addWidget(self._title)
        layout.addWidget(self._lines)
        layout.addStretch()
        layout.addWidget(self.open_button)
        self.show_nothing()

    def show_nothing(self) -> None:
        for widget in (self._title, self._hint, self._lines, self.open_button):
            widget.hide()

    def show_customer(self, found: FoundCustomer, result: SearchResult, console: Console) -> None:
        several = len(result.found)
        more = tr("More than ") if any(one.has_more for one in result.systems) else ""
        self._hint.setText(
            tr("{}{} customers match. Ask the caller for details. Don't read them out.").format(more, several)
        )
        self._title.setText(found.name or found.customer_id)
        kinds = {PartyKind.INDIVIDUAL: tr("Residential"), PartyKind.ORGANIZATION: tr("Business")}
        lines: list[str] = [found.customer_id]
        if found.kind is not None:
            lines.append(kinds[found.kind])
        if found.status:
            lines.append(texts.state(found.status)[0])
        lines += [_spoken(detail) for detail in found.details]
        lines += [tr("{}: {}").format(console.label(system), _match_words(one)) for system, one in found.reasons]
        self._lines.setText("\n".join(lines))
        self._hint.setVisible(several > 1)
        for widget in (self._title, self._lines, self.open_button):
            widget.show()


def _match_words(match: Match) -> str:
    """Return why a customer was found: the kind of match and its number or address."""
    return f"{texts.sentence(tr(match.by.value))} {match.value}".strip()
