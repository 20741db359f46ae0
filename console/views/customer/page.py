"""One customer's page: head, alerts and panels, laid out by the room there is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from console.models.customer import CustomerId
from console.services.customer_view import CustomerView
from console.services.desk import Desk
from console.views.customer.account_panel import AccountPanel
from console.views.customer.alerts import AlertRow
from console.views.customer.bills_panel import BillsPanel
from console.views.customer.head import CustomerHead
from console.views.customer.orders_panel import OrdersPanel
from console.views.customer.services_panel import ServicesPanel
from console.views.widgets.live_page import LivePage
from console.views.widgets.panel import Panel

# Logical pixels of the page: at less than this width bills and orders share one place behind tabs.
_SMALL_BELOW = 1050
_FULL_FROM = 1280
_BUILD_AFTER_MS = 8


@dataclass(slots=True)
class Panels:
    """The panels of one page."""

    account: AccountPanel
    services: ServicesPanel
    bills: BillsPanel
    orders: OrdersPanel

    def __init__(self, view: CustomerView, labels: dict[str, str]) -> None:
        self.account = AccountPanel(view, labels["billing"])
        self.services = ServicesPanel(view, labels["provisioning"])
        self.bills = BillsPanel(view, labels["billing"])
        self.orders = OrdersPanel(view, labels["provisioning"])


class CustomerPage(LivePage):
    """Shows one customer view and owns it: closing the page drops what is under way. `renamed` tells the tab."""

    renamed = Signal(str)

    def __init__(self, desk: Desk, customer_id: CustomerId) -> None:
        super().__init__()
        self.customer_id = customer_id
        self.view: CustomerView = desk.view_customer(customer_id)
        labels = {info.kind: info.label for info in desk.systems}
        self.head = CustomerHead(self.view, labels["crm"])
        self.alerts = AlertRow(self.view, desk)
        self._labels = labels
        self._panels: Panels | None = None
        self._left = QSplitter(Qt.Orientation.Vertical)
        self._wide = QSplitter(Qt.Orientation.Horizontal)
        self._tabs = QTabWidget()
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.addWidget(self._left)
        self._columns.addWidget(self._wide)
        for splitter in (self._left, self._wide, self._columns):
            splitter.setHandleWidth(8)
            splitter.setChildrenCollapsible(False)
        self._small: bool | None = None
        self._sized = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.alerts)
        self._area = QVBoxLayout()
        self._area.setContentsMargins(10, 6, 10, 10)
        self._area.addWidget(self._columns)
        layout.addLayout(self._area, 1)
        self._unsubscribe = [self.view.customer.subscribe(lambda _part: self._on_customer())]
        self._unsubscribe += [
            part.subscribe(lambda _part: self.alerts.tick(datetime.now(UTC))) for part in self.view.parts
        ]

    @property
    def account(self) -> AccountPanel:
        return self._built.account

    @property
    def services(self) -> ServicesPanel:
        return self._built.services

    @property
    def bills(self) -> BillsPanel:
        return self._built.bills

    @property
    def orders(self) -> OrdersPanel:
        return self._built.orders

    @property
    def panels(self) -> Iterator[Panel]:
        yield from (self.account, self.services, self.bills, self.orders)

    @property
    def _built(self) -> Panels:
        """The panels, made when they are first wanted: a moment after the questions went out, or at once for a key."""
        if self._panels is None:
            self._panels = Panels(self.view, self._labels)
            self._panels.account.account_chosen.connect(self._panels.bills.show_account)
            self._left.addWidget(self._panels.account)
            self._left.addWidget(self._panels.services)
            self._left.setSizes([270, 430])
            self._arrange(self.width())
            for panel in self.panels:
                if panel.has_facts():
                    panel.show_facts()
                panel.tick(datetime.now(UTC))
        return self._panels

    @property
    def title(self) -> str:
        found = self.view.customer.part.facts
        return found.value.name if found else self.customer_id

    def open(self) -> None:
        """Ask all systems; panels fill as each answers.

        The panels are made while the questions are on their way, not before them.
        """
        self.view.open()
        QTimer.singleShot(_BUILD_AFTER_MS, self, lambda: self._built)

    def close_page(self) -> None:
        """Drop what is under way and stop listening."""
        self.seconds.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        if self._panels is not None:
            for panel in self.panels:
                panel.close_panel()
        self.head.close_head()
        self.view.close()

    def go_to(self, panel: Panel) -> None:
        """Bring a panel forward and put the focus on its first value."""
        if self._small and self._tabs.indexOf(panel) >= 0:
            self._tabs.setCurrentWidget(panel)
        getattr(panel, "focus_first", panel.setFocus)()

    def panel_of(self, widget: QWidget | None) -> Panel | None:
        """Return the panel a widget stands in."""
        if self._panels is None:
            return None
        return next((panel for panel in self.panels if widget is not None and panel.isAncestorOf(widget)), None)

    def mark(self, inside: Panel | None) -> None:
        """Put the ring round the panel the focus is in."""
        if self._panels is not None:
            for panel in self.panels:
                panel.set_ring(ring=panel is inside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._panels is not None:
            self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        """Lay the panels out for a width."""
        small = width < _SMALL_BELOW
        if small != self._small or not self._sized:
            self._lay_out(small=small)
            left = 252 if small else 288 if width >= _FULL_FROM else 250
            self._columns.setSizes([left, width - left])
            self._wide.setSizes([(width - left) * 58 // 100, (width - left) * 42 // 100])
            self._sized = True

    def tick(self) -> None:
        """Bring head, alerts and panels up to date with the time."""
        now = datetime.now(UTC)
        self.head.tick(now)
        self.alerts.tick(now)
        if self._panels is not None:
            for panel in self.panels:
                panel.tick(now)

    def _on_customer(self) -> None:
        self.renamed.emit(self.title)

    def _lay_out(self, *, small: bool) -> None:
        if small == self._small:
            return
        self._small = small
        focused = self.focusWidget()
        if small:
            self._tabs.addTab(self.bills, self.bills.title)
            self._tabs.addTab(self.orders, self.orders.title)
            self._columns.insertWidget(1, self._tabs)
            self._wide.setParent(self)
            self._wide.hide()
            self._tabs.show()
        else:
            for panel in (self.bills, self.orders):
                self._wide.addWidget(panel)
                panel.show()
            self._columns.insertWidget(1, self._wide)
            self._wide.show()
            self._tabs.setParent(self)
            self._tabs.hide()
        for splitter, stretch in ((self._columns, (0, 1)), (self._wide, (3, 2))):
            for i, factor in enumerate(stretch):
                splitter.setStretchFactor(i, factor)
        if focused is not None:
            focused.setFocus()
