"""What a rep works with inside the window: open customers, the Systems page, the search palette, and the keys."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QTabBar, QWidget

from console.bridge import Bridge
from console.models.customer import CustomerId
from console.models.health import SystemHealth, SystemState
from console.services.desk import Desk
from console.views import texts
from console.views.customer.page import CustomerPage
from console.views.main_window import MainWindow
from console.views.search.palette import SearchPalette
from console.views.systems.page import SystemsPage
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.fact import ShownFact, copy_text
from console.views.widgets.labels import CloseButton
from console.views.widgets.origin import OriginDialog

_MOST_REMEMBERED = 20


class Workspace(QObject):
    """Lives as long as the window. Until `attach` brings the services, the palette takes and keeps what is typed."""

    def __init__(self, window: MainWindow, palette: SearchPalette, bridge: Bridge) -> None:
        super().__init__(window)
        self._window, self._bridge = window, bridge
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
        self._make_menus()
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
        page = CustomerPage(self.desk, customer_id)
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

    def _reopen(self) -> None:
        if self._closed:
            self.open_customer(self._closed.pop())

    def _step(self, by: int) -> None:
        tabs = self._window.tabs
        if tabs.count():
            self._go_to_tab((tabs.currentIndex() + by) % tabs.count())

    def _go_to_tab(self, index: int) -> None:
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

    def _show_origin(self, fact: ShownFact) -> None:
        OriginDialog(fact, self._window).open()

    def _origin_of_focused(self) -> None:
        fact = self._focused_fact()
        if fact is not None:
            self._show_origin(fact)

    def _copy(self) -> None:
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

    def _ask_panel(self) -> None:
        if self.page is None:
            return
        panel = self.page.panel_of(QApplication.focusWidget())
        if panel is None:
            self.page.view.customer.ask()
        else:
            panel.ask()

    def _ask_all(self) -> None:
        if self.page is not None:
            self.page.view.ask_again()

    # ------------------------------------------------------------------ keys

    def _make_menus(self) -> None:
        bar = self._window.menuBar()
        file = bar.addMenu(tr("&File"))
        file.addAction(self._window.search_action)
        self._add(file, tr("Close customer"), "Ctrl+W", lambda: self.close_customer(self._window.tabs.currentIndex()))
        self._add(file, tr("Reopen closed customer"), "Ctrl+Shift+T", self._reopen)
        quit_action = self._add(file, tr("Quit"), "Ctrl+Q", self._window.close)
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)
        edit = bar.addMenu(tr("&Edit"))
        # Without a shortcut of its own: the widget that has the focus copies, as everywhere.
        self._add(edit, tr("Copy value"), None, self._copy)
        self._add(edit, tr("Where this comes from"), "Ctrl+I", self._origin_of_focused)
        view = bar.addMenu(tr("&View"))
        self._add(view, tr("Ask this panel's system again"), ("F5", "Ctrl+R"), self._ask_panel)
        self._add(view, tr("Ask all systems again"), "Ctrl+Shift+R", self._ask_all)
        self._add(view, tr("Next customer"), ("Ctrl+PgDown", "Ctrl+Tab"), lambda: self._step(1))
        self._add(view, tr("Previous customer"), ("Ctrl+PgUp", "Ctrl+Shift+Tab"), lambda: self._step(-1))
        self._add_themes(view.addMenu(tr("Theme")))
        go = bar.addMenu(tr("&Go to"))
        self._add(
            go, tr("Name and contacts"), "Ctrl+J, V", lambda: self._on_page(lambda page: page.head.name.setFocus())
        )
        self._add(
            go, tr("Account and balance"), "Ctrl+J, A", lambda: self._on_page(lambda page: page.go_to(page.account))
        )
        self._add(
            go, tr("Products and services"), "Ctrl+J, S", lambda: self._on_page(lambda page: page.go_to(page.services))
        )
        self._add(go, tr("Bills"), "Ctrl+J, B", lambda: self._on_page(lambda page: page.go_to(page.bills)))
        self._add(go, tr("Orders"), "Ctrl+J, O", lambda: self._on_page(lambda page: page.go_to(page.orders)))
        self._add(go, tr("Next region"), "F6", lambda: self._next_region(1))
        self._add(go, tr("Previous region"), "Shift+F6", lambda: self._next_region(-1))
        go.addSeparator()
        self._add(go, tr("Customers"), "Ctrl+J, H", lambda: self.show_page("customers"))
        self._add(go, tr("Systems"), "Ctrl+J, Y", self._go_to_systems)
        for i in range(9):
            action = QAction(self._window)
            action.setShortcut(QKeySequence(f"Ctrl+{i + 1}"))
            action.triggered.connect(lambda _checked=False, index=i: self._go_to_tab(index))
            self._window.addAction(action)

    def _add(self, menu: QMenu, text: str, keys: str | tuple[str, ...] | None, do: Callable[[], object]) -> QAction:
        action = QAction(text, self._window)
        if keys is not None:
            action.setShortcuts([QKeySequence(key) for key in ((keys,) if isinstance(keys, str) else keys)])
        action.triggered.connect(lambda _checked=False: do())
        menu.addAction(action)
        return action

    def _add_themes(self, menu: QMenu) -> None:
        group = QActionGroup(self)
        for text, name in ((tr("As the system"), None), (tr("Light"), "light"), (tr("Dark"), "dark")):
            action = self._add(menu, text, None, functools.partial(THEME.choose, name))
            action.setCheckable(True)
            action.setChecked(name is None)
            group.addAction(action)

    def _on_page(self, do: Callable[[CustomerPage], None]) -> None:
        if self.page is not None:
            self.show_page("customers")
            do(self.page)

    def _go_to_systems(self) -> None:
        self.show_page("systems")
        if self.systems_page is not None:
            self.systems_page.focus_first()

    def _next_region(self, by: int) -> None:
        """Move the focus to the next region: tabs, rail, and on a customer's page its head and panels."""
        stops: list[tuple[QWidget, Callable[[], None]]] = [
            (self._window.tabs, self._window.tabs.setFocus),
            (self._window.rail, self._window.rail_buttons["customers"].setFocus),
        ]
        page = self.page if self._window.pages.currentWidget() is self.customers else None
        if page is not None:
            stops.append((page.head, page.head.name.setFocus))
            stops += [(panel, functools.partial(page.go_to, panel)) for panel in page.panels]
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
