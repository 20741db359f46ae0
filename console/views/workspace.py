"""What a rep works with inside the window: open customers, the Systems page, the search palette, and the keys."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QStackedWidget, QTabBar, QWidget

from console.bridge import Bridge
from console.models.customer import CustomerId
from console.models.health import SystemHealth, SystemState
from console.services.desk import Desk
from console.views import texts
from console.views.customer.page import CustomerPage
from console.views.main_window import MainWindow
from console.views.preferences import Preferences
from console.views.search.palette import SearchPalette
from console.views.systems.page import SystemsPage
from console.views.texts import tr
from console.views.widgets.fact import ShownFact, copy_text
from console.views.widgets.labels import CloseButton
from console.views.widgets.origin import OriginDialog

_MOST_REMEMBERED = 20


class Workspace(QObject):
    """Lives as long as the window. Until `attach` brings the services, the palette takes and keeps what is typed."""

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
        self.customers = QStackedWidget()
        self.customers.addWidget(window.start_page)
        window.pages.addWidget(self.customers)
        window.pages.setCurrentWidget(self.customers)
        self.palette = palette
        self.palette.chosen.connect(lambda customer: self.open_customer(CustomerId(customer)))
        window.page_wanted.connect(self.show_page)
        window.origin_wanted.connect(self._show_origin)
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

    def close_all(self) -> None:
        """Close every customer and stop listening to the services."""
        self._unwatch()
        while self._window.tabs.count():
            self.close_customer(0)

    # ------------------------------------------------------------------ customers

    @property
    def page(self) -> CustomerPage | None:
        """The customer page in front, if one is."""
        page = self.customers.currentWidget()
        return page if isinstance(page, CustomerPage) else None

    def open_customer(self, customer_id: CustomerId) -> CustomerPage | None:
        """Open a customer in a tab of its own, or go to the tab it has; None before the services are there."""
        if self.desk is None:
            return None
        self.show_page("customers")
        tabs = self._window.tabs
        for i in range(tabs.count()):
            if tabs.tabData(i).customer_id == customer_id:
                tabs.setCurrentIndex(i)
                return self.page
        page = CustomerPage(self.desk, customer_id, self._bridge, self._preferences)
        page.customer_wanted.connect(lambda wanted: self.open_customer(CustomerId(wanted)))
        page.renamed.connect(lambda _title: self._rename(page))
        self.customers.addWidget(page)
        index = tabs.addTab("")
        tabs.setTabData(index, page)
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

    def close_customer(self, index: int) -> None:
        """Close a tab; what is under way for it is dropped."""
        tabs = self._window.tabs
        page = tabs.tabData(index)
        if not isinstance(page, CustomerPage):
            return
        self._closed = [*self._closed, page.customer_id][-_MOST_REMEMBERED:]
        page.close_page()
        tabs.removeTab(index)
        self.customers.removeWidget(page)
        page.deleteLater()
        self._renumber()
        self._on_tab(tabs.currentIndex())

    def _close_page(self, page: CustomerPage) -> None:
        tabs = self._window.tabs
        self.close_customer(next((i for i in range(tabs.count()) if tabs.tabData(i) is page), -1))

    def show_page(self, name: str) -> None:
        """Bring the customers or the Systems page forward."""
        if name == "systems" and self.systems_page is not None:
            self._window.show_page("systems", self.systems_page)
        else:
            self._window.show_page("customers", self.customers)
        if name == "systems" and self.systems_page is None:
            self._window.status.say(tr("The systems are being connected."))

    def _on_tab(self, index: int) -> None:
        page = self._window.tabs.tabData(index) if index >= 0 else None
        self.customers.setCurrentWidget(page if isinstance(page, CustomerPage) else self._window.start_page)
        self._show_title()

    def _show_title(self) -> None:
        page = self.page
        title = f"{page.title} · " if isinstance(page, CustomerPage) else ""
        self._window.setWindowTitle(f"{title.replace('[*]', '[*][*]')}OptiCom Agent Console")

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
                tabs.setTabToolTip(i, texts.tooltip(f"{page.title}\n{page.customer_id}"))

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

    # ------------------------------------------------------------------ values

    def _focused_fact(self) -> ShownFact | None:
        widget = QApplication.focusWidget()
        found = getattr(widget, "focused_fact", None)
        return found() if found is not None else None

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self._window.isAncestorOf(now):
            return
        self._window.status.show_fact(self._focused_fact())
        moved = getattr(now, "focus_moved", None)
        if moved is not None:
            moved.connect(self._on_focus_moved, Qt.ConnectionType.UniqueConnection)
        if self.page is not None:
            inside = self.page.panel_of(now)
            self.page.mark(inside)

    def _on_focus_moved(self) -> None:
        self._window.status.show_fact(self._focused_fact())

    def _show_origin(self, fact: ShownFact, row: tuple[ShownFact, ...] = ()) -> None:
        OriginDialog(fact, self._window, row).open()

    def show_focused_origin(self) -> None:
        """Show where the focused value comes from."""
        fact = self._focused_fact()
        if fact is not None:
            self._show_origin(fact)

    def copy(self) -> None:
        """Copy what is selected, or the focused value."""
        widget = QApplication.focusWidget()
        copy = getattr(widget, "copy_current", None) or getattr(widget, "copy", None)
        fact = self._focused_fact()
        if copy is not None:
            copy()
        elif fact is not None:
            copy_text(fact.text)

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

    def go_to_systems(self) -> None:
        """Go to the Systems page."""
        self.show_page("systems")
        if self.systems_page is not None:
            self.systems_page.focus_first()

    def next_region(self, by: int) -> None:
        """Move the focus to the next region: tabs, rail, and on a customer's page its head and panels."""
        stops: list[tuple[QWidget, Callable[[], None]]] = [
            (self._window.tabs, self._window.tabs.setFocus),
            (self._window.rail, self._window.rail_buttons["customers"].setFocus),
        ]
        page = self.page if self._window.pages.currentWidget() is self.customers else None
        if page is not None:
            stops.append((page.head, page.head.name.setFocus))
            stops += [(panel, functools.partial(page.go_to_panel, panel)) for panel in page.panels]
        elif self.systems_page is not None and self._window.pages.currentWidget() is self.systems_page:
            stops.append((self.systems_page, self.systems_page.focus_first))
        focused = QApplication.focusWidget()
        at = next(
            (
                i
                for i, (region, _) in enumerate(stops)
                if focused is not None and (region is focused or region.isAncestorOf(focused))
            ),
            -1,
        )
        stops[(at + by) % len(stops)][1]()
