"""The Audit page: who saw and did what, why and for whom, searched at the collector that has it of every desk."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.models.audit import AuditEntry
from console.services.audit_search import MOST_FOUND, Found
from console.services.desk import Desk
from console.services.openings import HARVESTING
from console.views import texts
from console.views.texts import tr
from console.views.widgets.fact import desk_fact
from console.views.widgets.fields import frame_fields
from console.views.widgets.labels import Button, Label, Surface
from console.views.widgets.live_page import LivePage
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_COLUMNS = ("When", "Who", "Role", "What", "Customer", "Why or which", "System")
_TROUBLE = {HARVESTING: "danger", "verification failed": "attention", "reason refused": "attention"}


class AuditPage(LivePage):
    """Newest first. Enter in the field searches; Enter on a line opens its customer, for a caller or a reason."""

    customer_wanted = Signal(str)

    def __init__(self, desk: Desk, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge = desk, bridge
        self._asked = 0
        self.setAccessibleName(tr("Audit"))
        self.field = QLineEdit()
        self.field.setObjectName("audit search")
        self.field.setPlaceholderText(tr("Words that all stand in it: a customer's number, who, opened, saw…"))
        self.field.setAccessibleName(tr("Search the audit"))
        self.field.setMaxLength(200)
        self.field.returnPressed.connect(self.search)
        self.button = Button(tr("Search"), "main")
        self.button.clicked.connect(self.search)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)
        self.told = Label("", "small", look="secondary", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(tr("Audit"), "page", semibold=True))
        head.addWidget(self.field, 1)
        head.addWidget(self.button)
        self.table = FactTable(tr("Entries"), tuple(tr(name) for name in _COLUMNS), stretch=5, optional=(6, 2))
        self.table.chosen.connect(lambda row: self._show_details(row.data))
        self.table.opened.connect(self._open)
        self.details = Label("", wrap=True)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        below = Surface("card", "t")
        below.setMinimumHeight(96)
        inside = QVBoxLayout(below)
        inside.setContentsMargins(10, 8, 10, 8)
        inside.addWidget(self.details)
        page = QVBoxLayout(self)
        page.setContentsMargins(14, 12, 14, 12)
        page.setSpacing(8)
        page.addLayout(head)
        page.addWidget(self.told)
        page.addWidget(self.table, 1)
        page.addWidget(below)

    def focus_first(self) -> None:
        """Put the focus where a search is typed; without one yet, show the newest entries."""
        self.field.setFocus()
        self.field.selectAll()
        if not self._asked:
            self.search()

    def search_for(self, text: str) -> None:
        """Search for a text."""
        self.field.setText(text)
        self.search()

    def search(self) -> None:
        """Search for what stands in the field; nothing in it finds the newest entries. An older search is dropped."""
        self._asked += 1
        asked = self._asked
        self._say(tr("The audit is being asked…"), "info")

        def show(found: Found) -> None:
            if asked == self._asked:
                self._show(found)

        def failed(error: ConsoleError) -> None:
            if asked == self._asked:
                self._say(str(error), "danger")
                self.table.show_rows([])  # what another search found would be taken for the answer to this one
                self._show_details(None)

        self._bridge.run_query(self, self._desk.audit_search.find(self.field.text()), show, failed)

    def _show(self, found: Found) -> None:
        count = len(found.entries)
        of_all = (
            tr("from every desk")
            if found.whole
            else tr("from this desk alone; there is no collector that has the others")
        )
        words = tr("1 entry") if count == 1 else tr("{} entries").format(count)
        if count >= MOST_FOUND:
            words = tr("The newest {} entries").format(count)
        self._say(f"{words} {of_all}." if count else tr("Nothing of that {}.").format(of_all))
        entries = together(found.entries)
        self.table.show_rows([self._row(entry, number) for number, entry in enumerate(entries)])
        if entries:
            self.table.selectRow(0)
        self._show_details(entries[0] if entries else None)

    def _row(self, entry: AuditEntry, number: int) -> Row:
        who = entry.who or tr("nobody signed in")
        system = self._desk.label(entry.system) if entry.system else ""
        values = (texts.moment(entry.at), who, entry.role, entry.what, entry.customer, entry.words, system)
        cells = [Cell(desk_fact(tr(name), text)) for name, text in zip(_COLUMNS, values, strict=True)]
        cells[3] = Cell(cells[3].fact, state=_TROUBLE.get(entry.what))
        return Row(f"{number} {entry.at.isoformat()}", tuple(cells), data=entry)

    def _show_details(self, entry: AuditEntry | None) -> None:
        if entry is None:
            self.details.set_words("")
            return
        changed = [f"{key}: {entry.before.get(key) or '–'} → {value}" for key, value in entry.after.items()]
        lines = (f"{entry.at:%Y-%m-%d %H:%M:%S} UTC   {entry.who} ({entry.role})", entry.words, "   ".join(changed))
        self.details.set_words("\n".join(line for line in lines if line))

    def _open(self, row: Row) -> None:
        entry = row.data
        if isinstance(entry, AuditEntry) and entry.customer:
            self.customer_wanted.emit(entry.customer)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        frame_fields(self)

    def _on_focus(self, _before: QWidget | None, _now: QWidget | None) -> None:
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.field.hasFocus():
            self.table.setFocus()
        else:
            super().keyPressEvent(event)

    def _say(self, sentence: str, state: str = "") -> None:
        self.told.set_words(sentence)
        self.told.set_look("mark" if state else "secondary", state or "neutral")


def together(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Return entries with what one person saw of one customer in a row as one, at the time of the first of it."""
    found: list[AuditEntry] = []
    for entry in entries:  # newest first
        last = found[-1] if found else None
        if last is not None and _is_more_seen(entry, last):
            found[-1] = replace(last, at=entry.at, words=f"{entry.words}, {last.words}")
        else:
            found.append(entry)
    return found


def _is_more_seen(entry: AuditEntry, last: AuditEntry) -> bool:
    def of(one: AuditEntry) -> tuple[str, str, str, str]:
        return one.who, one.role, one.what, one.customer

    return entry.what == "saw" and of(entry) == of(last)
