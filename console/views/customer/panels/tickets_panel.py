"""The panel of trouble tickets, with the history of the chosen one."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from console.messages import QT_TR_NOOP
from console.models.provenance import Sourced
from console.models.trouble_ticket import TroubleTicket
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Row
from console.views.widgets.rows import FactList

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class TicketsPanel(Panel):
    """Open tickets first, then closed ones, each newest first. Below is the history of the chosen one, newest first."""

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        self.list = FactList(tr("Tickets"))
        self.history = FactList(tr("Ticket history"))
        self.list.chosen.connect(lambda row: self._show_history(row.data))
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.list)
        splitter.addWidget(self.history)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([150, 110])
        super().__init__(PANEL, systems, [Source(tr("Tickets"), view.tickets)], splitter)
        self.history.opened.connect(self.history.show_row)
        self.list.opened.connect(self.list.show_row)
        self.page_in(self.list)

    def focus_first(self) -> None:
        self.list.setFocus()

    def count_words(self) -> str:
        facts = self._view.tickets.state.facts
        open_ones = sum(item.value.is_open for item in facts or ())
        return tr("{} open").format(texts.counted(open_ones, facts)) if facts else ""

    def show_facts(self) -> None:
        now = self._view.now()
        tickets = sorted(self._view.tickets.state.facts or (), key=lambda item: not item.value.is_open)
        self.list.show_entries(
            [item.value.id for item in tickets],
            lambda index: self._row(tickets[index], fresh=self._view.tickets.is_fresh(tickets[index].origin, now)),
        )
        if tickets and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.list.rows_model.index(0, 0))
        current = self.list.rows_model.row(self.list.currentIndex().row()).data if tickets else None
        self._show_history(current)

    def _row(self, item: Sourced[TroubleTicket], *, fresh: bool) -> Row:
        make, ticket = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, state = texts.state(ticket.status)
        facts = [
            ticket.id,
            texts.spelt_out(ticket.ticket_type or ""),
            tr("opened {}").format(texts.day(ticket.created_at)),
        ]
        facts += [reference.label for reference in ticket.about]
        if ticket.is_open and ticket.expected_at is not None:
            word, state = _time_left(ticket.expected_at, self._view.now(), word, state)
        cells = (
            make.cell(tr("Ticket"), ticket.name),
            make.cell(tr("Details"), " · ".join(fact for fact in facts if fact)),
            make.cell(tr("State"), word, state=state),
            make.cell(tr("Description"), ticket.description or ""),
        )
        return Row(ticket.id, cells, data=item, details=lambda: make.details(ticket.details))

    def _show_history(self, item: Sourced[TroubleTicket] | None) -> None:
        if item is None:
            self.history.show_rows([])
            return
        make, ticket = FactMaker(item.origin, self.systems), item.value
        steps = [(change.at, texts.state(change.status), change.reason or "", "") for change in ticket.changes] + [
            (note.at, (tr("Note"), None), note.text, note.author or "") for note in ticket.notes
        ]
        steps.sort(key=lambda step: step[0] or _BEFORE_ALL, reverse=True)
        rows = []
        for i, (at, (word, _state), text, author) in enumerate(steps):
            lead = (texts.recent_day(at), texts.clock(at)) if at else (tr("no date"), "")
            cells = (
                make.cell(tr("Step"), " · ".join(filter(None, (word, author)))),
                make.cell(tr("Why"), text),
            )
            rows.append(Row(f"{ticket.id} {i}", cells, lead=lead))
        reported = make.cell(tr("Description"), ticket.description or tr("No details."))
        rows.append(Row(f"{ticket.id} text", (make.cell(tr("Step"), tr("Reported")), reported), lead=("", "")))
        self.history.show_rows(rows)


def _time_left(due: datetime, now: datetime, word: str, state: str) -> tuple[str, str]:
    """Return text and colour of an open ticket: with the minutes left if under 120, or the due date if overdue."""
    left_min = int((due - now).total_seconds() // 60)
    if left_min < 0:
        return tr("{}, was due {}").format(word, texts.recent_day(due, within=True)), "attention"
    if left_min < 120:
        return tr("{}, {} min left").format(word, left_min), "attention"
    return word, state


PANEL = PanelType(
    name="tickets",
    title=QT_TR_NOOP("Tickets"),
    icon="tickets",
    letter="T",
    empty=QT_TR_NOOP("No tickets."),
    slots={Layout.FULL: PanelSlot(0, 2, 0), Layout.MEDIUM: PanelSlot(2, 0, 1), Layout.SMALL: PanelSlot(1, 0, 4)},
    make=lambda page: TicketsPanel(page.view, page.systems(Capability.TICKETS)),
)
