"""The panel of all events from all systems in one list: contacts, bills, payments, tickets, orders."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.messages import QT_TR_NOOP
from console.models.interaction import PartyInteraction
from console.models.provenance import Sourced
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetLoader
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.chips import FilterChips
from console.views.widgets.row_model import Row
from console.views.widgets.rows import FactList

_WAYS = {"phone": "call", "portal": "portal", "chat": "chat", "email": "email", "sms": "sms", "shop": "shop"}
_WAY_WORDS = {
    "phone": QT_TR_NOOP("Call"),
    "portal": QT_TR_NOOP("Portal"),
    "chat": QT_TR_NOOP("Chat"),
    "email": "E-mail",
    "sms": "SMS",
    "shop": QT_TR_NOOP("Shop"),
    "other": QT_TR_NOOP("Contact"),
}
ALL, PORTAL, CONTACTS, MONEY, WORK = "All", "Portal", "Contacts", "Money", "Work"
_BATCH_MS = 15
_MIDNIGHT = datetime.min.time()


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; `make` returns its row when it becomes visible."""

    key: str
    at: datetime | None
    stamp: float
    group: str
    make: Callable[["Entry", "Entry | None"], Row]


class TimelinePanel(Panel):
    """One row for each event, newest first. Events of a failed dataset are left out; the foot names it."""

    def __init__(self, view: CustomerView, labels: dict[str, str]) -> None:
        self._view = view
        self._labels = labels
        self._group = ALL
        # Stored with the interaction, because an `id()` is only valid while its object lives.
        self._known: dict[int, tuple[Sourced[PartyInteraction], Entry]] = {}
        self.list = FactList(tr("Timeline"), uniform=True)
        self.chips = FilterChips(tr("Show"), (ALL, PORTAL, CONTACTS, MONEY, WORK))
        self.chips.chosen.connect(self._on_group)
        body = QWidget()
        row = QHBoxLayout()
        row.setContentsMargins(8, 5, 8, 5)
        row.addWidget(self.chips)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.list, 1)
        # Several systems reply within milliseconds of each other; this timer merges their events once.
        self._together = QTimer()
        self._together.setSingleShot(True)
        self._together.setInterval(_BATCH_MS)
        self._together.timeout.connect(self._show_now)
        sources = [
            Source(tr("Contacts"), view.interactions),
            Source(tr("Tickets"), view.tickets),
            Source(tr("Bills"), view.bills),
            Source(tr("Payments"), view.payments),
            Source(tr("Orders"), view.service_orders),
        ]
        super().__init__(PANEL, SystemNames(tr("All systems"), labels), sources, body)
        self.list.opened.connect(self.list.show_row)
        self._together.setParent(self)
        self.page_in(self.list)

    def focus_first(self) -> None:
        self.list.setFocus()

    def close_panel(self) -> None:
        self._together.stop()
        super().close_panel()

    def load_more(self) -> None:
        """Load more contacts, the longest list; the other panels load more of their lists."""
        self._view.interactions.load_more()

    def show_facts(self) -> None:
        self._together.start()

    def show_group(self, group: str) -> None:
        """Show one group of events, or all."""
        self.chips.choose(group)

    def _on_group(self, group: str) -> None:
        self._group = group
        self._show_now()

    def _show_now(self) -> None:
        horizon = self._horizon()
        entries = [
            entry
            for entry in self._entries()
            if self._group in {ALL, entry.group} and (horizon is None or entry.at is None or entry.at >= horizon)
        ]
        entries.sort(key=lambda entry: entry.stamp, reverse=True)
        before = [None, *entries]
        self.list.show_entries(
            [entry.key for entry in entries], lambda index: entries[index].make(entries[index], before[index])
        )

    def _horizon(self) -> datetime | None:
        """Return the time back to which all events are loaded; None for no limit.

        While older contacts are not loaded, older bills and payments are hidden. Otherwise the list would
        show gaps in contacts that did not happen.
        """
        contacts = self._view.interactions.state.facts
        if contacts is None or contacts.complete or self._group in {MONEY, WORK}:
            return None
        return min((item.value.at for item in contacts if item.value.at), default=None)

    def _entries(self) -> Iterator[Entry]:
        view = self._view
        yield from self._contacts()
        for bill in view.bills.state.facts or ():
            text = (tr("Bill {}").format(texts.money(bill.value.amount_due)), bill.value.label)
            yield self._entry("b", bill, _begin(bill.value.billed_on), MONEY, view.bills, "bills", text)
        for payment in view.payments.state.facts or ():
            paid = payment.value
            message = tr("Payment failed") if paid.failed else tr("Payment {}").format(texts.money(paid.amount))
            under = paid.description if paid.failed else paid.method
            icon = "paymentFailed" if paid.failed else "payment"
            yield self._entry("p", payment, paid.paid_at, MONEY, view.payments, icon, (message, under or ""),
                              "attention" if paid.failed else None)  # fmt: skip
        for ticket in view.tickets.state.facts or ():
            text = (tr("Ticket: {}").format(ticket.value.name), ticket.value.id)
            yield self._entry("t", ticket, ticket.value.created_at, WORK, view.tickets, "tickets", text)
        for order in view.service_orders.state.facts or ():
            word = texts.state(order.value.state)[0].lower()
            text = (order.value.description, tr("order {}, {}").format(order.value.id, word))
            yield self._entry("o", order, order.value.ordered_at, WORK, view.service_orders, "orders", text)

    def _contacts(self) -> Iterator[Entry]:
        """Yield the entries of contacts. Known contacts reuse their entries, because the list gets long."""
        loader = self._view.interactions
        known, self._known = self._known, {}
        for item in loader.state.facts or ():
            entry = known.get(id(item))
            if entry is None:
                value = item.value
                group = PORTAL if value.way == "portal" else CONTACTS
                stamp = value.at.timestamp() if value.at else 0.0
                entry = (
                    item,
                    Entry(
                        f"i {value.id}", value.at, stamp=stamp, group=group, make=self._maker(loader, item, _contact)
                    ),
                )
            self._known[id(item)] = entry
            yield entry[1]

    def _entry(
        self,
        kind: str,
        item: Sourced[Any],
        at: datetime | None,
        group: str,
        loader: DatasetLoader[Any],
        icon: str,
        message: tuple[str, str],
        state: str | None = None,
    ) -> Entry:
        make = self._maker(loader, item, lambda _value: (icon, *message, state))
        return Entry(f"{kind} {item.origin.id}", at, stamp=at.timestamp() if at else 0.0, group=group, make=make)

    def _maker(
        self,
        loader: DatasetLoader[Any],
        item: Sourced[Any],
        describe: Callable[[Any], tuple[str, str, str, str | None]],
    ) -> Callable[[Entry, Entry | None], Row]:
        def make(entry: Entry, before: Entry | None) -> Row:
            fresh = loader.is_fresh(item.origin, self._view.now())
            facts = FactMaker(item.origin, self.systems, fresh=fresh)
            icon, title, under, state = describe(item.value)
            day = texts.recent_day(entry.at) if entry.at else tr("no date")
            same = before is not None and before.at is not None and texts.recent_day(before.at) == day
            # An event with only a date has the time 00:00, so no time is shown.
            time = texts.clock(entry.at) if entry.at and entry.at.time() != _MIDNIGHT else ""
            cells = (
                facts.cell(tr("What"), title),
                facts.cell(tr("Details"), under),
                facts.cell(tr("State"), tr("failed") if state else "", state=state),
                facts.cell(tr("When"), f"{day} {time}".strip()),
            )
            lead = ("" if same else day, time)
            further = getattr(item.value, "details", ())
            return Row(entry.key, cells, icon=icon, lead=lead, data=item, details=lambda: facts.details(further))

        return make


def _begin(on: date | None) -> datetime | None:
    return texts.begin_of(on) if on is not None else None


def _contact(value: PartyInteraction) -> tuple[str, str, str, str | None]:
    """Return icon, title, second line and state of a contact."""
    failed = (value.status or "").lower() == "failed"
    icon = "paymentFailed" if failed and "pay" in (value.reason or "").lower() else _WAYS.get(value.way, "other")
    word = tr(_WAY_WORDS[value.way])
    title = tr("{}: {}").format(word, value.reason) if value.reason else word
    about = ", ".join(reference.label for reference in value.about)
    under = " · ".join(text for text in (value.description or "", about) if text)
    if value.direction == "outbound":
        under = " · ".join(text for text in (tr("from us"), under) if text)
    return icon, title, under, "attention" if failed else None


PANEL = PanelType(
    name="timeline",
    title=QT_TR_NOOP("Timeline"),
    icon="timeline",
    letter="L",
    empty=QT_TR_NOOP("No events yet."),
    slots={Layout.FULL: PanelSlot(2, 0, 0), Layout.MEDIUM: PanelSlot(2, 0, 0), Layout.SMALL: PanelSlot(1, 0, 5)},
    make=lambda page: TimelinePanel(page.view, page.console.system_labels),
)
