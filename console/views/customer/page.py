"""The page of one customer: head, alerts, and panels in a layout that fits the window, with overlays."""

import functools
from collections.abc import Iterator
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.models.customer import Customer, CustomerId
from console.models.customer_bill import CustomerBill
from console.models.provenance import Origin, Sourced
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetState
from console.services.discrepancies.watch import DiscrepancyWatch
from console.settings import Capability
from console.views import texts
from console.views.customer.alerts import AlertRow
from console.views.customer.forms.acting import CustomerActions, past_banner
from console.views.customer.head import CustomerHead
from console.views.customer.memory import PageMemory
from console.views.customer.panel_overlay import PanelOverlay
from console.views.customer.panel_stack import PanelStack
from console.views.customer.panels.bills_panel import BillsPanel
from console.views.customer.panels.catalogue import LAYOUTS, PANELS
from console.views.customer.panels.columns import give_room, in_front, splitter
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelContext
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.live_page import LivePage
from console.views.window.preferences import Preferences

# Least width of the page for each layout, and least height of the full one, in logical pixels.
_MEDIUM_FROM = 1120
_FULL_FROM = 1280
_FULL_HEIGHT = 560
# The delay lets the requests go out before building the panels blocks the thread; without it they go 15 ms later.
_BUILD_AFTER_MS = 20


def _layout_for(width: int, height: int) -> Layout:
    if width < _MEDIUM_FROM:
        return Layout.SMALL
    return Layout.FULL if width >= _FULL_FROM and height >= _FULL_HEIGHT else Layout.MEDIUM


class CustomerPage(LivePage):
    """The page of one customer view. It owns the view: closing the page cancels all requests.

    `renamed` carries the new title for the tab, `customer_wanted` the number of another customer to open.
    """

    renamed = Signal(str)
    customer_wanted = Signal(str)

    def __init__(
        self,
        console: Console,
        customer_id: CustomerId,
        bridge: Bridge,
        preferences: Preferences,
        as_of: datetime | None = None,
    ) -> None:
        super().__init__()
        self.customer_id = customer_id
        self.as_of = as_of
        self.view: CustomerView = console.view_customer(customer_id, as_of)
        self._console, self._bridge, self._preferences = console, bridge, preferences
        self.head = CustomerHead(self.view, SystemNames(console.served_by[Capability.CUSTOMERS], console.system_labels))
        self.head.show_access(console.access.grant_of(customer_id))
        self.discrepancies = DiscrepancyWatch(self.view, console.served_by, console.system_labels)
        self.alerts = AlertRow(self.view, console, self.discrepancies)
        self.alerts.wanted.connect(self.show_discrepancies)
        self.memory = PageMemory(console.drafts, customer_id)
        self._panels: dict[str, Panel] = {}
        self._context = PanelContext(
            view=self.view,
            console=console,
            discrepancies=self.discrepancies,
            open_customer=self.customer_wanted.emit,
            show_account=self._show_account,
            show_bill=self._show_bill,
            show_document=self.show_document,
            explain_bill=self.explain_bill,
        )
        self._stacks: list[PanelStack] = []
        self._laid_out: Layout | None = None
        self._waiting: list[tuple[PanelStack, str]] = []
        self._closed = False
        self._columns: QSplitter | None = None
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if as_of is not None:
            layout.addWidget(past_banner(as_of))
        layout.addWidget(self.head)
        layout.addWidget(self.alerts)
        self.customer_actions: CustomerActions = CustomerActions(
            self, self.view, console, bridge, self.head.name.setFocus, self._make_room
        )
        self._area = QWidget()
        self._area_layout = QVBoxLayout(self._area)
        self._area_layout.setContentsMargins(10, 6, 10, 10)
        into_note = self.customer_actions.add_to_note
        self.over = PanelOverlay(console, bridge, self.view, self._area, go_back=self._to_bills, into_note=into_note)
        self.over.fix_wanted.connect(self.customer_actions.open_action)
        self.alerts.action_wanted.connect(self.customer_actions.open_half_done)
        layout.addWidget(self.over, 1)
        self._unsubscribe = [self.view.customer.subscribe(self._on_customer)]
        self._unsubscribe += [
            loader.subscribe(lambda _part: self.alerts.tick(self.view.now())) for loader in self.view.loaders
        ]
        self._told_title = ""
        self._unsubscribe.append(console.drafts.subscribe(self._tell_title, customer_id))
        self._unsubscribe.append(console.access.subscribe(self._on_access))
        self._unsubscribe.append(console.network.subscribe(lambda _online: self.tick()))
        self._unsubscribe.append(console.outbox.subscribe(lambda _action: self.alerts.tick(self.view.now())))

    # ------------------------------------------------------------------ panels

    def panel(self, name: str) -> Panel:
        """Return a panel by name; create it on first use."""
        if name not in self._panels:
            panel = PANELS[name].make(self._context)
            panel.hide()
            panel.setParent(self._area)  # see PanelStack.release
            panel.is_online = lambda: self._console.network.is_online
            self._panels[name] = panel
            if self.as_of is None:
                self.memory.follow(panel)
            if panel.has_facts():
                panel.show_facts()
            panel.tick(self.view.now())
        return self._panels[name]

    @property
    def account(self) -> Panel:
        return self.panel("account")

    @property
    def services(self) -> Panel:
        return self.panel("services")

    @property
    def bills(self) -> BillsPanel:
        panel = self.panel("bills")
        if not isinstance(panel, BillsPanel):
            raise TypeError("the panel of the bills is another")
        return panel

    @property
    def orders(self) -> Panel:
        return self.panel("orders")

    @property
    def panels(self) -> Iterator[Panel]:
        """The panels in front, in reading order."""
        yield from (self.panel(stack.current) for stack in self._stacks)

    @property
    def title(self) -> str:
        name = self.view.name
        if self.as_of is not None:
            return tr("{} as of {}").format(name, texts.day(self.as_of))
        return f"✎ {name}" if self.memory.drafts else name

    def _tell_title(self) -> None:
        title = self.title
        if title != self._told_title:
            self._told_title = title
            self.renamed.emit(title)

    # ------------------------------------------------------------------ lifecycle

    def open(self) -> None:
        """Load from all systems; each panel fills when its system replies.

        The panels are built after the requests are sent, not before.
        """
        self.view.open()
        QTimer.singleShot(_BUILD_AFTER_MS, self, self._arrange)
        self.customer_actions.restore()

    def _on_customer(self, state: DatasetState[Sourced[Customer]]) -> None:
        if state.facts is not None and self._columns is None:  # the store has saved data to show now
            QTimer.singleShot(0, self, self._arrange)
        self.renamed.emit(self.title)

    def _on_access(self, customer_id: CustomerId) -> None:
        """Refresh the denied datasets after the access of this customer changed."""
        if customer_id != self.customer_id:
            return
        self.head.show_access(self._console.access.grant_of(customer_id))
        for loader in self.view.loaders:
            if loader.state.denied is not None:
                loader.refresh()

    def close_page(self) -> None:
        """Cancel all requests and unsubscribe."""
        self.seconds.stop()
        self._closed = True
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for panel in self._panels.values():
            panel.close_panel()
        self.over.leave()
        self.customer_actions.close()
        self.discrepancies.close()
        self.head.close_head()
        self.view.close()

    def tick(self) -> None:
        """Update head, alerts and visible panels for the current time; refresh stale data while online."""
        now = self.view.now()
        if self.window().isVisible() and self._console.network.is_online:
            self.view.refresh_stale()  # a user can see it
        self.head.tick(now)
        self.alerts.tick(now)
        for panel in self._panels.values():
            if panel.isVisibleTo(self):
                panel.tick(now)

    @property
    def is_filled(self) -> bool:
        """Whether every panel in front is built."""
        return bool(self._stacks) and not self._waiting and all(stack.is_filled for stack in self._stacks)

    # ------------------------------------------------------------------ navigation

    def go_to(self, name: str) -> None:
        """Bring a panel to the front and focus its first value."""
        self.close_document()
        self._arrange()
        next(stack for stack in self._stacks if name in stack.names).bring(name)
        panel = self.panel(name)
        getattr(panel, "focus_first", panel.setFocus)()

    def go_to_panel(self, panel: Panel) -> None:
        """Focus a panel that is already built."""
        self.go_to(next(name for name, found in self._panels.items() if found is panel))

    def panel_of(self, widget: QWidget | None) -> Panel | None:
        """Return the panel that contains a widget, or None."""
        return next((panel for panel in self._panels.values() if widget and panel.isAncestorOf(widget)), None)

    @property
    def selected(self) -> Origin | None:
        """The record of the value with the focus, or that last had it on this page; None if it has no record."""
        focused = self.focusWidget()
        fact = focused.focused_fact() if hasattr(focused, "focused_fact") else None
        return fact.origin if fact is not None else None

    def mark(self, inside: Panel | None) -> None:
        """Draw the focus ring around a panel; None removes it."""
        for panel in self._panels.values():
            panel.set_ring(ring=panel is inside)

    def _to_bills(self) -> None:
        self.bills.focus_first()  # created on first use

    def _show_account(self, account_id: str) -> None:
        self.bills.show_account(account_id)

    def _show_bill(self, bill_id: str) -> None:
        self.go_to("bills")
        self.bills.show_bill(bill_id)

    # ------------------------------------------------------------------ overlays

    def show_document(self, bill: CustomerBill) -> None:
        """Show the document of a bill over the panels."""
        self.over.show_document(bill)

    def close_document(self) -> None:
        """Close the overlay and show the panels."""
        self.over.close_over()

    def explain_bill(self) -> None:
        """Explain the bill at the cursor, else the newest, over the panels."""
        chosen = self.bills.chosen_bill
        if chosen is not None:
            self.over.show_explanation(chosen)

    def show_discrepancies(self) -> None:
        """Show the discrepancies of this customer over the panels."""
        self.over.show_discrepancies(self.discrepancies)

    # ------------------------------------------------------------------ layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Lay out the page beside the note, if there is room."""
        self._layout.setContentsMargins(
            0, 0, self.width() - self.customer_actions.reposition(self.head.sizeHint().height()), 0
        )
        if self._columns is not None:
            self._arrange()

    def lay_out_anew(self) -> None:
        """Lay out the panels again, from saved preferences or defaults."""
        self._laid_out = None
        self._arrange()

    def _arrange(self) -> None:
        """Lay out the panels for the window size. The focus and the panels in front stay the same."""
        width, height = self.width() - self._layout.contentsMargins().right(), self.height()
        layout = _layout_for(width, height)
        if layout is self._laid_out:
            return
        self._laid_out = layout
        focused = self.focusWidget()
        front = [stack.current for stack in self._stacks] or self.memory.front
        inside = self.panel_of(focused)
        if inside is not None:  # the panel with the focus must stay visible
            front = [name for name, panel in self._panels.items() if panel is inside] + front
        for stack in self._stacks:
            stack.release(self._area)
        before, self._stacks = self._columns, []
        self._columns = self._make_columns(layout)
        self._area_layout.addWidget(self._columns)
        if before is not None:
            self._area_layout.removeWidget(before)
            before.hide()
            before.deleteLater()
        give_room(self._columns, layout, width, self._preferences)
        self._waiting = [(stack, in_front(stack, front)) for stack in self._stacks]
        self._fill_next()
        if focused is not None:
            focused.setFocus()

    def _fill_next(self) -> None:
        """Build one panel in each event loop turn, so that the window never freezes."""
        if not self._waiting or self._closed:
            return
        stack, name = self._waiting.pop(0)
        if stack in self._stacks and not stack.is_filled:
            stack.bring(name)
        QTimer.singleShot(0, self, self._fill_next)

    def _make_columns(self, layout: Layout) -> QSplitter:
        columns = splitter(Qt.Orientation.Horizontal)
        for i, stacks in enumerate(LAYOUTS[layout]):
            column = splitter(Qt.Orientation.Vertical)
            column.setObjectName(f"{layout.value}-{i}")
            for names in stacks:
                stack = PanelStack(names, self.panel)
                stack.shown.connect(lambda _name: self._keep_front())
                self._stacks.append(stack)
                column.addWidget(stack)
            column.splitterMoved.connect(functools.partial(self._keep, column))
            columns.addWidget(column)
        columns.setObjectName(layout.value)
        columns.splitterMoved.connect(functools.partial(self._keep, columns))
        return columns

    def _keep_front(self) -> None:
        if self.as_of is None and not self._waiting:  # while filling, the saved order is restored
            self.memory.keep_front([stack.current for stack in self._stacks])

    def _keep(self, splitter: QSplitter, *_moved: int) -> None:
        self._preferences.keep_layout(splitter.objectName(), splitter.saveState())
