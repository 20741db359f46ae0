"""The Audit page: who saw and did what, why and for whom.

It searches the collector, which has the entries of every console. Without a collector it searches this console only.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from console.bridge import Bridge
from console.errors import ConsoleError
from console.messages import QT_TR_NOOP
from console.models.audit import AuditEntry
from console.services.access.access_service import SNOOPING
from console.services.access.audit_search import AuditResult
from console.services.console import Console
from console.services.search.days import InvalidDateError, read_recent_day
from console.views import texts
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.fact import console_fact
from console.views.widgets.fields import FieldFrames
from console.views.widgets.labels import Button, Label, Surface
from console.views.widgets.live_page import LivePage
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_COLUMNS = (
    QT_TR_NOOP("When"),
    QT_TR_NOOP("Who"),
    QT_TR_NOOP("Role"),
    QT_TR_NOOP("What"),
    QT_TR_NOOP("Customer"),
    QT_TR_NOOP("Details"),
    QT_TR_NOOP("System"),
)
_INSTANT = timedelta(microseconds=1)
_TROUBLE = {SNOOPING: "danger", "verification failed": "attention", "reason refused": "attention"}


class AuditPage(FieldFrames, LivePage):
    """Entries with the newest first; scrolling down loads older ones.

    Enter in a field searches. Enter on an entry opens its customer, which may need a verified caller or a reason.
    """

    customer_wanted = Signal(str)

    def __init__(self, console: Console, bridge: Bridge) -> None:
        super().__init__()
        self._console, self._bridge = console, bridge
        self._asked = 0
        self._found: AuditResult | None = None
        self._is_asking = False
        self.setAccessibleName(tr("Audit"))
        self.field = QLineEdit()
        self.field.setObjectName("audit search")
        self.field.setPlaceholderText(tr("Search all words: customer number, person, opened, saw…"))
        self.field.setAccessibleName(tr("Search the audit"))
        self.field.setMaxLength(200)
        self.field.returnPressed.connect(self.search)
        self.since, self.until = self._day_field(tr("From day")), self._day_field(tr("To day"))
        self.button = Button(tr("Search"), "main")
        self.button.clicked.connect(self.search)
        self.watch_fields()
        self.message = Label("", "small", look="secondary", wrap=True)
        self.older = Button(tr("Older entries"), "link", "small")
        self.older.clicked.connect(self._ask_older)
        self.older.hide()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(tr("Audit"), "page", semibold=True))
        head.addWidget(self.field, 1)
        head.addWidget(self.since)
        head.addWidget(self.until)
        head.addWidget(self.button)
        self.table = FactTable(tr("Entries"), tuple(map(tr, _COLUMNS)), stretch=5, optional=(6, 2), least=240)
        self.table.chosen.connect(lambda row: self._show_details(row.data))
        self.table.opened.connect(self._open)
        self.table.near_end.connect(self._ask_older)
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
        message = QHBoxLayout()
        message.addWidget(self.message, 1)
        message.addWidget(self.older)
        page.addLayout(message)
        page.addWidget(self.table, 1)
        page.addWidget(below)

    def focus_first(self) -> None:
        """Move the focus to the search field. Before the first search, show the newest entries."""
        self.field.setFocus()
        self.field.selectAll()
        if not self._asked:
            self.search()

    def search_for(self, text: str) -> None:
        """Search all days for a text."""
        self.field.setText(text)
        self.since.clear()
        self.until.clear()
        self.search()

    def search(self) -> None:
        """Search for the text and days in the fields. Empty fields find the newest entries.

        The result of an earlier search is ignored.
        """
        try:
            first, last = self._read_day(self.since), self._read_day(self.until)
        except InvalidDateError as error:
            self._say(in_words(error.message), "danger")
            return
        since = _begin(first) if first else None
        until = _begin(last + timedelta(days=1)) if last else None
        if since is not None and until is not None and since >= until:
            self._say(tr("The first day is after the last day."), "danger")
            return
        self._asked += 1
        asked = self._asked
        self._say(tr("Searching…"), "info")

        def failed(error: ConsoleError) -> None:
            self._failed(asked, error)
            if asked == self._asked:
                self.table.show_rows([])  # old results would look like this search's
                self._show_details(None)

        self._is_asking, self._found = True, None
        self.older.hide()
        finding = self._console.audit_search.find(self.field.text(), since=since, until=until)
        self._bridge.run_query(self, finding, lambda found: self._show(asked, found), failed)

    def _ask_older(self) -> None:
        """Load the entries that are older than the last line."""
        if self._found is None or not self._found.has_older or self._is_asking:
            return
        asked, self._is_asking = self._asked, True
        older = self._console.audit_search.find_older(self._found)
        self._bridge.run_query(
            self, older, lambda found: self._show(asked, found), lambda error: self._failed(asked, error)
        )

    def _failed(self, asked: int, error: ConsoleError) -> None:
        if asked == self._asked:
            self._is_asking = False
            self._say(in_words(error.message), "danger")

    def _show(self, asked: int, found: AuditResult) -> None:
        if asked != self._asked:
            return
        is_new, self._found, self._is_asking = self._found is None, found, False
        self.older.setVisible(found.has_older)
        count = len(found.entries)
        of_all = (
            tr("from every console")
            if found.whole
            else tr("from this console only, because no audit collector is configured")
        )
        words = tr("1 entry") if count == 1 else tr("{} entries").format(count)
        if found.has_older:
            words = tr("The newest {} entries").format(count)
        days = "".join(
            tr(word).format(texts.weekday(at.astimezone().date()))
            for word, at in (
                (", from {}", found.query.since),
                (", to {}", found.query.until and found.query.until - _INSTANT),
            )
            if at is not None
        )
        self._say(f"{words} {of_all}{days}." if count else tr("No matching entries {}{}.").format(of_all, days))
        entries = together(found.entries)
        self.table.show_rows([self._row(entry, number) for number, entry in enumerate(entries)])
        if is_new:
            if entries:
                self.table.selectRow(0)
            self._show_details(entries[0] if entries else None)

    def _row(self, entry: AuditEntry, number: int) -> Row:
        who = entry.who or tr("not signed in")
        system = self._console.label(entry.system) if entry.system else ""
        values = (texts.moment(entry.at), who, entry.role, entry.what, entry.customer, entry.words, system)
        cells = [Cell(console_fact(tr(name), text)) for name, text in zip(_COLUMNS, values, strict=True)]
        cells[3] = Cell(cells[3].fact, state=_TROUBLE.get(entry.what))
        return Row(f"{self._asked} {number}", tuple(cells), data=entry)

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
        else:
            self._say(tr("This entry has no customer to open."), "info")

    def _day_field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setToolTip(tr("like Nov 2, Monday, yesterday or -7"))
        field.setFixedWidth(field.fontMetrics().horizontalAdvance("yesterday") + 40)
        field.returnPressed.connect(self.search)
        return field

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and any(one.hasFocus() for one in (self.field, self.since, self.until)):
            self.table.setFocus()
        else:
            super().keyPressEvent(event)

    def _read_day(self, field: QLineEdit) -> date | None:
        """Return the day in a field, or None if the field is empty. Then show in the field how it was read.

        Raises:
            NoDayError: The text is not a valid day.
        """
        typed = field.text().strip()
        if not typed:
            return None
        day = read_recent_day(typed, _today(), self._console.actions.day_order)
        field.setText(f"{day:%Y-%m-%d}")
        return day

    def _say(self, sentence: str, state: str = "") -> None:
        self.message.set_words(sentence)
        self.message.set_look("mark" if state else "secondary", state or "neutral")


def _begin(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone().astimezone(UTC)


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def together(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Return the entries with consecutive "saw" entries of one person and one customer merged into one.

    The merged entry has the time of the earliest one. `entries` are newest first.
    """
    found: list[AuditEntry] = []
    for entry in entries:
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
