"""The workspace inside the window: open customers, the other pages, the search palette, and navigation."""

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
from console.views import texts
from console.views.access.access_dialog import AccessDialog
from console.views.access.expiry_bar import ExpiryBar
from console.views.audit.flags import FlagBar
from console.views.audit.page import AuditPage
from console.views.customer.open_customers import OpenCustomers
from console.views.customer.page import CustomerPage
from console.views.history_dialog import HistoryDialog
from console.views.keys.regions import Region, go_round
from console.views.outbox.page import OutboxPage
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
    """The pages and their connections to the window. Lives as long as the window.

    Before `attach` connects the services, the palette already accepts text. `customers` shows the open customers.
    `pages` has the other pages by their name in the rail; pages that this role may not see are missing. `attached` is
    emitted when all pages exist.
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
        """Connect the window to the console's services, and restore the open customers."""
        self.console = console
        texts.set_country(console.country)
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
        self._window.before_leaving = CloseGuard(console, self._bridge, self._window).confirm
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
        """Let the user choose a file of unsent work, and load it."""
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
        """Add the bar that locks accounts. For roles that may read the audit, add the Audit page and its flags."""
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
        """The customer page in front, or None."""
        return self.customers.page

    def open_customer(self, customer_id: CustomerId, as_of: datetime | None = None) -> CustomerPage | None:
        """Open a customer, or go to its open tab. While the account is locked, show the access dialog; return None."""
        return self.customers.open(customer_id, as_of)

    def ask_who_calls(self, customer_id: CustomerId) -> None:
        """Show the dialog that verifies the caller or asks for a reason. Afterwards open the customer."""
        if self.console is not None and self.console.access.is_required:
            if not self.console.access.methods_for(customer_id):
                self._window.status.say(tr("The caller is fully verified."))
                return
            dialog = AccessDialog(self.console, self._bridge, customer_id, self._window)
            dialog.opened.connect(lambda customer: self.open_customer(CustomerId(customer)))
            dialog.open()

    def on_page(self, do: Callable[[CustomerPage], None]) -> None:
        """Call `do` with the customer page in front, if there is one."""
        if self.page is not None:
            self.show_page("customers")
            do(self.page)

    def show_past(self) -> None:
        """Show the times at which something about this customer changed, and open a past view of the chosen one."""
        page, console = self.page, self.console
        if page is None or console is None:
            return

        def offer(moments: list[CustomerChange]) -> None:
            dialog = HistoryDialog(page.view.name, moments, self._window)
            dialog.chosen.connect(lambda at: self.open_customer(page.customer_id, at))
            dialog.open()

        self._bridge.run_query(self, _await(console.moments(page.customer_id)), offer)

    # ------------------------------------------------------------------ pages

    def show_page(self, name: str) -> None:
        """Show the customers or one of the other pages."""
        if name in self.pages:
            self._window.show_page(name, self.pages[name])
            return
        self._window.show_page("customers", self.customers)
        if name != "customers" and self.console is None:
            self._window.status.say(tr("The console is still starting."))

    def go_to(self, name: str) -> None:
        """Show a page and move the focus to its first element."""
        self.show_page(name)
        page = self._window.pages.currentWidget()
        if isinstance(page, LivePage):
            page.focus_first()

    def next_region(self, by: int) -> None:
        """Move the focus by `by` regions: tabs, rail, and on a customer's page its head, action dock and panels."""
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
        """Delete the saved layouts of panels and window, and lay out the page in front again."""
        self._preferences.forget_layout()
        if self.page is not None:
            self.page.lay_out_anew()

    def find(self) -> None:
        """Open find in the focused panel. Without one, open the customer search."""
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
        """Refresh the focused panel. Without one, refresh the customer record from CRM."""
        if self.page is None:
            return
        panel = self.page.panel_of(QApplication.focusWidget())
        if panel is None:
            self.page.view.customer.refresh()
        else:
            panel.refresh()

    def ask_all(self) -> None:
        """Refresh the customer in front from all systems."""
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
