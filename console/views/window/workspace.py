"""What a rep works with inside the window: open customers, the other pages, the search palette, and the way between."""

import functools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge import Bridge
from console.models.customer import CustomerId
from console.models.health import SystemHealth, SystemState
from console.services.console import Console
from console.services.customer.dataset_cache import CustomerChange
from console.views.access.access_dialog import AccessDialog
from console.views.access.expiry_bar import ExpiryBar
from console.views.audit.flags import FlagBar
from console.views.audit.page import AuditPage
from console.views.customer.open_customers import OpenCustomers
from console.views.customer.page import CustomerPage
from console.views.keys.regions import Region, go_round
from console.views.outbox.page import OutboxPage
from console.views.past_dialog import PastDialog
from console.views.search.palette import SearchPalette
from console.views.store.store_dialogs import RecoveryCode
from console.views.store.unsent_dialog import CloseGuard
from console.views.store.unsent_file_dialog import UnsentFileDialog
from console.views.systems.page import SystemsPage
from console.views.texts import tr
from console.views.widgets.live_page import LivePage
from console.views.window.focused_value import FocusedValue
from console.views.window.main_window import MainWindow
from console.views.window.preferences import Preferences

T = TypeVar("T")


class Workspace(QObject):
    """Lives as long as the window. Until `attach` brings the services, the palette takes and keeps what is typed.

    `customers` are the open ones, `pages` the others by the name they have in the rail; what this person may not see
    has no page. `attached` is emitted once they are there.
    """

    attached = Signal()

    def __init__(
        self, window: MainWindow, palette: SearchPalette, bridge: Bridge, preferences: Preferences | None = None
    ) -> None:
        super().__init__(window)
        self._window, self._bridge = window, bridge
        self._preferences = preferences or Preferences()
        self.console: Console | None = None
        self.pages: dict[str, LivePage] = {}
        self.expiry_bar: ExpiryBar | None = None
        self.flags: FlagBar | None = None
        self._unsubscribe: list[Callable[[], None]] = []
        self.recovery = RecoveryCode(window, bridge)
        self.customers = OpenCustomers(window, bridge, self._preferences)
        self.customers.front_wanted.connect(lambda: self.show_page("customers"))
        self.customers.caller_wanted.connect(lambda customer: self.ask_who_calls(CustomerId(customer)))
        window.pages.addWidget(self.customers)
        window.pages.setCurrentWidget(self.customers)
        self.palette = palette
        self.palette.chosen.connect(lambda customer: self.open_customer(CustomerId(customer)))
        window.page_wanted.connect(self.show_page)
        self.value = FocusedValue(window)
        bridge.on_unhandled = window.status.say
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def attach(self, console: Console) -> None:
        """Begin to work on a desk's services."""
        self.console = console
        self.customers.attach(console)
        self._window.status.attach(console)
        self._bring("systems", SystemsPage(console, self._bridge))
        self._window.say(tr("{} is ready.").format(console.name))
        self.palette.attach(console, self._bridge)
        outbox = OutboxPage(console, self._bridge)
        outbox.customer_wanted.connect(lambda customer: self.open_customer(CustomerId(customer)))
        outbox.form_wanted.connect(lambda action: self.on_page(lambda page: page.customer_actions.edit(action)))
        self._bring("outbox", outbox)
        self._bring_guard(console)
        self._window.before_leaving = CloseGuard(console, self._bridge, self._window).ask
        self._unsubscribe = [
            console.health.subscribe(self._on_health),
            console.outbox.subscribe(lambda _action: self._show_waiting(console)),
            console.drafts.subscribe(lambda: self._window.status.show_kept(console)),
            console.audit.subscribe(lambda: self._window.status.show_kept(console)),
        ]
        self._show_waiting(console)
        self._window.status.show_kept(console)
        self.customers.restore()
        self.attached.emit()

    def load_unsent(self) -> None:
        """Ask for a file of unsent work and take it in."""
        if self.console is None:
            return
        dialog = UnsentFileDialog(self.console, self._bridge, self._window, saves=False)
        dialog.ended.connect(self._window.status.say)
        dialog.start()

    def close_all(self) -> None:
        """Close every customer and stop listening to the services."""
        self._window.before_leaving = None
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for page in self.pages.values():
            page.close_page()
        self.customers.close_all()

    def _bring(self, name: str, page: LivePage) -> None:
        self.pages[name] = page
        self._window.pages.addWidget(page)
        self._window.rail_buttons[name].show()

    def _bring_guard(self, console: Console) -> None:
        """Bring what closes accounts again, and for whoever may read it the audit with what was flagged."""
        if console.access.is_required:
            customers = self.customers
            self.expiry_bar = ExpiryBar(
                self._window, console.access, name_of=customers.name_of, close=customers.close_customer
            )
        if console.audit_search.refusal() is None:
            page = AuditPage(console, self._bridge)
            page.customer_wanted.connect(lambda customer: self.open_customer(CustomerId(customer)))
            self._bring("audit", page)

            def show(text: str) -> None:
                self.go_to("audit")
                page.search_for(text)

            self.flags = FlagBar(self._window, console, self._bridge, show)

    # ------------------------------------------------------------------ customers

    @property
    def page(self) -> CustomerPage | None:
        """The customer page in front, if one is."""
        return self.customers.page

    def open_customer(self, customer_id: CustomerId, as_of: datetime | None = None) -> CustomerPage | None:
        """Open a customer, or go to where it is open; None where it cannot be opened yet, and that is asked about."""
        return self.customers.open(customer_id, as_of)

    def ask_who_calls(self, customer_id: CustomerId) -> None:
        """Have the caller verified, or a reason given; then the account is open, or open further."""
        if self.console is not None and self.console.access.is_required:
            if not self.console.access.methods_for(customer_id):
                self._window.status.say(tr("The caller is verified as far as can be; everything is open."))
                return
            dialog = AccessDialog(self.console, self._bridge, customer_id, self._window)
            dialog.opened.connect(lambda customer: self.open_customer(CustomerId(customer)))
            dialog.open()

    def on_page(self, do: Callable[[CustomerPage], None]) -> None:
        """Do something on the customer page in front, if there is one."""
        if self.page is not None:
            self.show_page("customers")
            do(self.page)

    def show_past(self) -> None:
        """Offer the moments at which something about this customer changed, and open it as it stood then."""
        page, console = self.page, self.console
        if page is None or console is None:
            return

        def offer(moments: list[CustomerChange]) -> None:
            dialog = PastDialog(page.view.name, moments, self._window)
            dialog.chosen.connect(lambda at: self.open_customer(page.customer_id, at))
            dialog.open()

        self._bridge.run_query(self, _await(console.moments(page.customer_id)), offer)

    # ------------------------------------------------------------------ pages

    def show_page(self, name: str) -> None:
        """Bring the customers or one of the other pages forward."""
        if name in self.pages:
            self._window.show_page(name, self.pages[name])
            return
        self._window.show_page("customers", self.customers)
        if name != "customers" and self.console is None:
            self._window.status.say(tr("The desk is not open yet."))

    def go_to(self, name: str) -> None:
        """Bring a page forward and put the focus on what comes first in it."""
        self.show_page(name)
        page = self._window.pages.currentWidget()
        if isinstance(page, LivePage):
            page.focus_first()

    def next_region(self, by: int) -> None:
        """Move the focus to the next region: tabs, rail, and on a customer's page its head and panels."""
        stops: list[Region] = [
            (self._window.tabs, self._window.tabs.setFocus),
            (self._window.rail, self._window.rail_buttons["customers"].setFocus),
        ]
        shown = self._window.pages.currentWidget()
        page = self.page if shown is self.customers else None
        if page is not None:
            stops.append((page.head, page.head.name.setFocus))
            if page.customer_actions.dock is not None and page.customer_actions.dock.isVisible():
                stops.append((page.customer_actions.dock, page.customer_actions.dock.text.setFocus))
            stops += [(panel, functools.partial(page.go_to_panel, panel)) for panel in page.panels]
        elif isinstance(shown, LivePage):
            stops.append((shown, shown.focus_first))
        go_round(stops, by)

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

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self._window.isAncestorOf(now):
            return
        self.value.follow(now)
        if self.page is not None:
            self.page.mark(self.page.panel_of(now))

    # ------------------------------------------------------------------ systems

    def ask_panel(self) -> None:
        """Ask the focused panel's system again; without one, CRM for the customer."""
        if self.page is None:
            return
        panel = self.page.panel_of(QApplication.focusWidget())
        if panel is None:
            self.page.view.customer.refresh()
        else:
            panel.ask()

    def ask_all(self) -> None:
        """Ask all systems again."""
        if self.page is not None:
            self.page.view.refresh()

    def _show_waiting(self, console: Console) -> None:
        actions = console.outbox.actions
        waiting, asked = sum(action.is_open for action in actions), sum(action.needs_user for action in actions)
        self._window.status.show_outbox(waiting, asked)
        self._window.rail_buttons["outbox"].set_count(waiting)

    def _on_health(self, health: SystemHealth, before: SystemState) -> None:
        self._window.status.show_health(health)
        if health.state is not before and self.page is not None:
            self.page.alerts.tick(datetime.now(UTC))


async def _await(doing: Awaitable[T]) -> T:
    return await doing
