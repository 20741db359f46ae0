"""What a rep works with inside the window: open customers, the Systems page, the search palette, and the keys."""

import functools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QTabBar, QWidget

from console.bridge import Bridge
from console.models.customer import CustomerId
from console.models.health import SystemHealth, SystemState
from console.services.desk import Desk
from console.services.known import Moment
from console.services.openings import Step
from console.views import texts
from console.views.audit.flags import FlagBar
from console.views.audit.page import AuditPage
from console.views.customer.page import CustomerPage
from console.views.focused_value import FocusedValue
from console.views.keys.regions import Region, go_round
from console.views.lapse import LapseBar
from console.views.main_window import MainWindow
from console.views.opening_dialog import OpeningDialog, close_forms
from console.views.outbox.page import OutboxPage
from console.views.past_dialog import PastDialog
from console.views.preferences import Preferences
from console.views.search.palette import SearchPalette
from console.views.store_dialogs import RecoveryCode
from console.views.systems.page import SystemsPage
from console.views.texts import tr
from console.views.widgets.labels import CloseButton

T = TypeVar("T")
_MOST_REMEMBERED = 20
_TABS = "desk/tabs"


class Workspace(QObject):
    """Lives as long as the window. Until `attach` brings the services, the palette takes and keeps what is typed.

    `attached` is emitted once they are there.
    """

    attached = Signal()

    def __init__(
        self, window: MainWindow, palette: SearchPalette, bridge: Bridge, preferences: Preferences | None = None
    ) -> None:
        super().__init__(window)
        self._window, self._bridge = window, bridge
        self._preferences = preferences or Preferences()
        self.desk: Desk | None = None
        self._closed: list[CustomerId] = []
        self._unwatch: Callable[[], None] = lambda: None
        self.systems_page: SystemsPage | None = None
        self.outbox_page: OutboxPage | None = None
        self.audit_page: AuditPage | None = None
        self.lapses: LapseBar | None = None
        self.flags: FlagBar | None = None
        self._unsubscribe: list[Callable[[], None]] = []
        self.recovery = RecoveryCode(window, bridge)
        self._closing = self._restoring = False
        self.customers = QStackedWidget()
        self.customers.addWidget(window.start_page)
        window.pages.addWidget(self.customers)
        window.pages.setCurrentWidget(self.customers)
        self.palette = palette
        self.palette.chosen.connect(lambda customer: self.open_customer(CustomerId(customer)))
        window.page_wanted.connect(self.show_page)
        self.value = FocusedValue(window)
        window.tabs.currentChanged.connect(self._on_tab)
        window.tabs.tabBarClicked.connect(lambda _index: self.show_page("customers"))
        bridge.on_unhandled = window.status.say
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)
        self._renumber()

    def attach(self, desk: Desk) -> None:
        """Begin to work on a desk's services."""
        self.desk = desk
        self._window.status.attach(desk)
        self._unwatch = desk.health.subscribe(self._on_health)
        self.systems_page = SystemsPage(desk, self._bridge)
        self._window.pages.addWidget(self.systems_page)
        self._window.say(tr("{} is ready.").format(desk.name))
        self.palette.attach(desk, self._bridge)
        self.outbox_page = OutboxPage(desk, self._bridge)
        self.outbox_page.customer_wanted.connect(lambda customer: self.open_customer(CustomerId(customer)))
        self.outbox_page.form_wanted.connect(lambda act: self.on_page(lambda page: page.acts.edit(act)))
        self._window.pages.addWidget(self.outbox_page)
        self._bring_guard(desk)
        self._unsubscribe = [
            desk.outbox.subscribe(lambda _act: self._show_outbox()),
            desk.drafts.subscribe(lambda: self._window.status.show_kept(desk)),
        ]
        self._show_outbox()
        self._window.status.show_kept(desk)
        self.restore_tabs()
        self.attached.emit()

    def _bring_guard(self, desk: Desk) -> None:
        """Bring what closes accounts again, and for whoever may read it the audit with what was flagged."""
        if desk.openings.is_required:
            self.lapses = LapseBar(self._window, desk.openings, name_of=self._name_of, close=self._close_lapsed)
        may_read = desk.audit_search.refusal() is None
        self._window.rail_buttons["audit"].setVisible(may_read)
        if may_read:
            page = self.audit_page = AuditPage(desk, self._bridge)
            page.customer_wanted.connect(lambda customer: self.open_customer(CustomerId(customer)))
            self._window.pages.addWidget(page)
            self.flags = FlagBar(self._window, desk, self._bridge, self._show_in_audit)

    def _show_in_audit(self, text: str) -> None:
        self.go_to("audit")
        if self.audit_page is not None:
            self.audit_page.search_for(text)

    def _pages_of(self, customer_id: CustomerId) -> list[CustomerPage]:
        open_ones = (self._window.tabs.tabData(i) for i in range(self._window.tabs.count()))
        return [page for page in open_ones if page.customer_id == customer_id]

    def _name_of(self, customer_id: CustomerId) -> str:
        return next((page.view.name for page in self._pages_of(customer_id)), customer_id)

    def _close_lapsed(self, customer_id: CustomerId) -> None:
        pages = self._pages_of(customer_id)
        if self.page in pages:
            close_forms(self._window)
        for page in pages:
            self._close_page(page, keeps=True)

    def _show_outbox(self) -> None:
        if self.desk is not None:
            acts = self.desk.outbox.acts
            waiting, asked = sum(act.is_open for act in acts), sum(act.needs_user for act in acts)
            self._window.status.show_outbox(waiting, asked)
            self._window.rail_buttons["outbox"].set_count(waiting)

    def restore_tabs(self) -> None:
        """Open the customers that were open when the program ended, in their order."""
        if self.desk is None:
            return
        kept = [line for line in self.desk.drafts.text(_TABS).splitlines() if line]
        front = next((i for i, line in enumerate(kept) if line.startswith("*")), 0)
        self._restoring = True  # what is kept stays whole until all of it is open again
        now = kept if not self.desk.openings.is_required else kept[front : front + 1]
        self._closed = [CustomerId(line) for line in kept if line not in now]  # Ctrl+Shift+T opens them
        for line in now:
            self.open_customer(CustomerId(line.lstrip("*")))
        if kept and self.desk.openings.is_required:
            self._window.status.say(tr("You were with this customer when the desk ended; what you typed is kept."))
        self._restoring = False
        if kept:
            self.go_to_tab(front)

    def _keep_tabs(self) -> None:
        if self.desk is None or self._closing or self._restoring:
            return
        tabs, lines = self._window.tabs, []
        for i in range(tabs.count()):
            page = tabs.tabData(i)
            if isinstance(page, CustomerPage) and page.as_of is None:
                lines.append(f"{'*' if i == tabs.currentIndex() else ''}{page.customer_id}")
        self.desk.drafts.type(_TABS, "\n".join(lines))

    def close_all(self) -> None:
        """Close every customer and stop listening to the services."""
        self._closing = True
        for unsubscribe in (self._unwatch, *self._unsubscribe):
            unsubscribe()
        if self.outbox_page is not None:
            self.outbox_page.close_page()
        while self._window.tabs.count():
            self.close_customer(0)

    # ------------------------------------------------------------------ customers

    @property
    def page(self) -> CustomerPage | None:
        """The customer page in front, if one is."""
        page = self.customers.currentWidget()
        return page if isinstance(page, CustomerPage) else None

    def open_customer(self, customer_id: CustomerId, as_of: datetime | None = None) -> CustomerPage | None:
        """Open a customer in a tab of its own, or go to the tab it has; None before the services are there.

        With `as_of` it is shown as it stood at that moment, in a tab marked so.
        """
        if self.desk is None:
            return None
        self.show_page("customers")
        if self.desk.openings.step(customer_id) is Step.CLOSED:
            self.ask_who_calls(customer_id)
            return None
        tabs = self._window.tabs
        for i in range(tabs.count()):
            if tabs.tabData(i).customer_id == customer_id and tabs.tabData(i).as_of == as_of:
                tabs.setCurrentIndex(i)
                return self.page
        page = CustomerPage(self.desk, customer_id, self._bridge, self._preferences, as_of)
        page.customer_wanted.connect(lambda wanted: self.open_customer(CustomerId(wanted)))
        page.renamed.connect(lambda _title: self._rename(page))
        self.customers.addWidget(page)
        tabs.blockSignals(True)  # noqa: FBT003 - Qt's own; nobody is to meet a tab whose page it does not know yet
        index = tabs.addTab("")
        tabs.setTabData(index, page)
        tabs.blockSignals(False)  # noqa: FBT003 - Qt's own
        close = CloseButton()
        close.setAccessibleName(tr("Close {}").format(customer_id))
        close.clicked.connect(lambda: self._close_page(page))
        tabs.setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self._rename(page)
        tabs.setCurrentIndex(index)
        self._on_tab(index)
        page.open()
        page.head.name.setFocus()
        return page

    def ask_who_calls(self, customer_id: CustomerId) -> None:
        """Have the caller verified, or a reason given; then the account is open, or open further."""
        if self.desk is not None and self.desk.openings.is_required:
            if not self.desk.openings.methods_for(customer_id):
                self._window.status.say(tr("The caller is verified as far as can be; everything is open."))
                return
            dialog = OpeningDialog(self.desk, self._bridge, customer_id, self._window)
            dialog.opened.connect(lambda customer: self.open_customer(CustomerId(customer)))
            dialog.open()

    def close_customer(self, index: int, *, keeps: bool = False) -> None:
        """Close a tab; what is under way for it is dropped, and so is what was typed, unless it `keeps` that."""
        tabs = self._window.tabs
        page = tabs.tabData(index)
        if not isinstance(page, CustomerPage):
            return
        self._closed = [*self._closed, page.customer_id][-_MOST_REMEMBERED:]
        if not (self._closing or keeps) and page.as_of is None:
            page.memory.forget()
        page.close_page()
        tabs.removeTab(index)
        if self.desk is not None and not self._pages_of(page.customer_id):
            self.desk.openings.close(page.customer_id)
        self.customers.removeWidget(page)
        page.deleteLater()
        self._renumber()
        self._on_tab(tabs.currentIndex())

    def _close_page(self, page: CustomerPage, *, keeps: bool = False) -> None:
        tabs = self._window.tabs
        self.close_customer(next((i for i in range(tabs.count()) if tabs.tabData(i) is page), -1), keeps=keeps)

    def show_page(self, name: str) -> None:
        """Bring the customers or one of the other pages forward."""
        page = {"systems": self.systems_page, "outbox": self.outbox_page, "audit": self.audit_page}.get(name)
        if page is not None:
            self._window.show_page(name, page)
        else:
            self._window.show_page("customers", self.customers)
        if page is self.outbox_page is not None:
            self.outbox_page.show_acts()
        if name != "customers" and self.desk is None:
            self._window.status.say(tr("The systems are being connected."))

    def go_to(self, name: str) -> None:
        """Bring a page forward and put the focus on what comes first in it."""
        self.show_page(name)
        page = self._window.pages.currentWidget()
        if isinstance(page, SystemsPage | OutboxPage | AuditPage):
            page.focus_first()

    def _on_tab(self, index: int) -> None:
        page = self._window.tabs.tabData(index) if index >= 0 else None
        self.customers.setCurrentWidget(page if isinstance(page, CustomerPage) else self._window.start_page)
        self._show_title()
        self._keep_tabs()

    def _show_title(self) -> None:
        title = f"{self.page.title} · " if self.page is not None else ""
        self._window.show_title(title.replace("[*]", "[*][*]"))

    def _rename(self, page: CustomerPage) -> None:
        self._renumber()
        if page is self.page:
            self._show_title()

    def _renumber(self) -> None:
        tabs = self._window.tabs
        tabs.setVisible(tabs.count() > 0)
        for i in range(tabs.count()):
            page = tabs.tabData(i)
            text = texts.no_mnemonic(f"{i + 1}  {page.title}")
            if tabs.tabText(i) != text:
                tabs.setTabText(i, text)
                typed = tr("Not sent yet: {}").format(", ".join(page.memory.drafts)) if page.memory.drafts else ""
                tabs.setTabToolTip(i, texts.tooltip(f"{page.title}\n{page.customer_id}\n{typed}".rstrip()))

    def reopen(self) -> None:
        """Open the customer that was closed last."""
        if self._closed:
            self.open_customer(self._closed.pop())

    def step(self, by: int) -> None:
        """Go to the next or previous customer."""
        tabs = self._window.tabs
        if tabs.count():
            self.go_to_tab((tabs.currentIndex() + by) % tabs.count())

    def go_to_tab(self, index: int) -> None:
        """Go to a customer by the number of its tab, counted from 0."""
        if index < self._window.tabs.count():
            self.show_page("customers")
            self._window.tabs.setCurrentIndex(index)

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self._window.isAncestorOf(now):
            return
        self.value.follow(now)
        if self.page is not None:
            self.page.mark(self.page.panel_of(now))

    # ------------------------------------------------------------------ systems

    def _on_health(self, health: SystemHealth, before: SystemState) -> None:
        self._window.status.show_health(health)
        if health.state is not before and self.page is not None:
            self.page.alerts.tick(datetime.now(UTC))

    def ask_panel(self) -> None:
        """Ask the focused panel's system again; without one, CRM for the customer."""
        if self.page is None:
            return
        panel = self.page.panel_of(QApplication.focusWidget())
        if panel is None:
            self.page.view.customer.ask()
        else:
            panel.ask()

    def ask_all(self) -> None:
        """Ask all systems again."""
        if self.page is not None:
            self.page.view.ask_again()

    # ------------------------------------------------------------------ going about

    def lay_out_anew(self) -> None:
        """Forget how panels and window were laid out."""
        self._preferences.forget_layout()
        if self.page is not None:
            self.page.lay_out_anew()

    def find(self) -> None:
        """Find in the panel with the focus; without one, a customer."""
        panel = self.page.panel_of(QApplication.focusWidget()) if self.page is not None else None
        if panel is not None:
            panel.open_find(QApplication.focusWidget())
        else:
            self._window.search_wanted.emit()

    def on_page(self, do: Callable[[CustomerPage], None]) -> None:
        """Do something on the customer page in front, if there is one."""
        if self.page is not None:
            self.show_page("customers")
            do(self.page)

    def show_past(self) -> None:
        """Offer the moments at which something about this customer changed, and open it as it stood then."""
        page, desk = self.page, self.desk
        if page is None or desk is None:
            return

        def offer(moments: list[Moment]) -> None:
            dialog = PastDialog(page.view.name, moments, self._window)
            dialog.chosen.connect(lambda at: self.open_customer(page.customer_id, at))
            dialog.open()

        self._bridge.run_query(self, _await(desk.moments(page.customer_id)), offer)

    def next_region(self, by: int) -> None:
        """Move the focus to the next region: tabs, rail, and on a customer's page its head and panels."""
        stops: list[Region] = [
            (self._window.tabs, self._window.tabs.setFocus),
            (self._window.rail, self._window.rail_buttons["customers"].setFocus),
        ]
        page = self.page if self._window.pages.currentWidget() is self.customers else None
        if page is not None:
            stops.append((page.head, page.head.name.setFocus))
            if page.acts.dock is not None and page.acts.dock.isVisible():
                stops.append((page.acts.dock, page.acts.dock.text.setFocus))
            stops += [(panel, functools.partial(page.go_to_panel, panel)) for panel in page.panels]
        else:
            shown = self._window.pages.currentWidget()
            if isinstance(shown, SystemsPage | OutboxPage | AuditPage):
                stops.append((shown, shown.focus_first))
        go_round(stops, by)


async def _await(doing: Awaitable[T]) -> T:
    return await doing
