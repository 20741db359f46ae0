"""The open customers, each in a separate tab: open, close, switch and reopen them."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar

from console.bridge import Bridge
from console.models.customer import CustomerId
from console.services.access.access_service import AccessLevel
from console.services.console import Console
from console.views import texts
from console.views.access.access_dialog import close_forms
from console.views.customer.page import CustomerPage
from console.views.texts import tr
from console.views.widgets.labels import CloseButton
from console.views.window.main_window import MainWindow
from console.views.window.preferences import Preferences

_MOST_REMEMBERED = 20  # closed customers that can be reopened
_TABS = "desk/tabs"


class OpenCustomers(QStackedWidget):
    """The pages behind the window's tabs; without a tab, the start page. Nothing opens before `attach`.

    `front_wanted` is emitted when a customer page must come to the front. `caller_wanted` carries a customer whose
    account is locked until the rep verifies the caller or gives a reason.
    """

    front_wanted = Signal()
    caller_wanted = Signal(str)

    def __init__(self, window: MainWindow, bridge: Bridge, preferences: Preferences) -> None:
        super().__init__()
        self._window, self._bridge, self._preferences = window, bridge, preferences
        self._tabs = window.tabs
        self._console: Console | None = None
        self._closed: list[CustomerId] = []
        self._closing = self._restoring = False
        self.addWidget(window.start_page)
        self._tabs.currentChanged.connect(self._on_tab)
        self._tabs.tabBarClicked.connect(lambda _index: self.front_wanted.emit())
        self._renumber()

    def attach(self, console: Console) -> None:
        """Set the console whose customers this opens."""
        self._console = console

    @property
    def page(self) -> CustomerPage | None:
        """The customer page in front, or None."""
        page = self.currentWidget()
        return page if isinstance(page, CustomerPage) else None

    def pages_of(self, customer_id: CustomerId) -> list[CustomerPage]:
        """Return all pages of a customer: the current one and past views."""
        open_ones = (self._tabs.tabData(i) for i in range(self._tabs.count()))
        return [page for page in open_ones if page.customer_id == customer_id]

    def name_of(self, customer_id: CustomerId) -> str:
        """Return the name of an open customer, else the customer number."""
        return next((page.view.name for page in self.pages_of(customer_id)), customer_id)

    def open(self, customer_id: CustomerId, as_of: datetime | None = None) -> CustomerPage | None:
        """Open a customer in a new tab or go to its tab; return None if it is locked or no console is attached.

        With `as_of` the tab shows a past view of that time.
        """
        if self._console is None:
            return None
        if self._console.access.level(customer_id) is AccessLevel.CLOSED:
            self.caller_wanted.emit(customer_id)
            return None
        self.front_wanted.emit()
        for i in range(self._tabs.count()):
            if self._tabs.tabData(i).customer_id == customer_id and self._tabs.tabData(i).as_of == as_of:
                self._tabs.setCurrentIndex(i)
                return self.page
        page = CustomerPage(self._console, customer_id, self._bridge, self._preferences, as_of)
        page.customer_wanted.connect(lambda wanted: self.open(CustomerId(wanted)))
        page.renamed.connect(lambda _title: self._rename(page))
        self.addWidget(page)
        self._tabs.blockSignals(True)  # noqa: FBT003 - Qt's own; nobody is to meet a tab whose page is not known yet
        index = self._tabs.addTab("")
        self._tabs.setTabData(index, page)
        self._tabs.blockSignals(False)  # noqa: FBT003 - Qt's own
        close = CloseButton()
        close.setAccessibleName(tr("Close {}").format(customer_id))
        close.clicked.connect(lambda: self._close_page(page))
        self._tabs.setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self._renumber()
        self._tabs.setCurrentIndex(index)
        self._on_tab(index)
        page.open()
        page.head.name.setFocus()
        return page

    def close_tab(self, index: int, *, keeps: bool = False) -> None:
        """Close a tab and cancel its requests. Panels and rows are forgotten, unless it `keeps` them; drafts stay."""
        page = self._tabs.tabData(index)
        if not isinstance(page, CustomerPage):
            return
        self._closed = [*self._closed, page.customer_id][-_MOST_REMEMBERED:]
        if not (self._closing or keeps) and page.as_of is None:
            page.memory.forget()
        page.close_page()
        self._tabs.removeTab(index)
        if self._console is not None and not self.pages_of(page.customer_id):
            self._console.access.close(page.customer_id)
        self.removeWidget(page)
        page.deleteLater()
        self._renumber()
        self._on_tab(self._tabs.currentIndex())

    def close_customer(self, customer_id: CustomerId) -> None:
        """Close all pages of a customer and the forms over them; drafts, panels and rows stay."""
        pages = self.pages_of(customer_id)
        if self.page in pages:
            close_forms(self._window)
        for page in pages:
            self._close_page(page, keeps=True)

    def close_all(self) -> None:
        """Close all customers; `restore` opens them again at the next start."""
        self._closing = True
        while self._tabs.count():
            self.close_tab(0)

    def restore(self) -> None:
        """Open the customers that were open when the console ended, in their order.

        If accounts are locked, only the one in front opens, with a caller or a reason; `reopen` opens the others.
        """
        if self._console is None:
            return
        kept = [line for line in self._console.drafts.text(_TABS).splitlines() if line]
        front = next((i for i, line in enumerate(kept) if line.startswith("*")), 0)
        self._restoring = True  # the saved list must not change until all are open
        now = kept if not self._console.access.is_required else kept[front : front + 1]
        self._closed = [CustomerId(line) for line in kept if line not in now]
        for line in now:
            self.open(CustomerId(line.lstrip("*")))
        if kept and self._console.access.is_required:
            message = tr("You were with this customer when the console closed. Your drafts are saved.")
            if self._closed:
                message += tr(" {} opens the other {}.").format(texts.keys("Ctrl+Shift+T"), len(self._closed))
            self._window.status.say(message)
        self._restoring = False
        if kept:
            self.go_to_tab(front)

    def reopen(self) -> None:
        """Open the last closed customer."""
        if self._closed:
            self.open(self._closed.pop())

    def step(self, by: int) -> None:
        """Go to the next or previous customer."""
        if self._tabs.count():
            self.go_to_tab((self._tabs.currentIndex() + by) % self._tabs.count())

    def go_to_tab(self, index: int) -> None:
        """Go to a tab by its index, from 0."""
        if index < self._tabs.count():
            self.front_wanted.emit()
            self._tabs.setCurrentIndex(index)

    def _close_page(self, page: CustomerPage, *, keeps: bool = False) -> None:
        tabs = self._tabs
        self.close_tab(next((i for i in range(tabs.count()) if tabs.tabData(i) is page), -1), keeps=keeps)

    def _keep(self) -> None:
        if self._console is None or self._closing or self._restoring:
            return
        lines = []
        for i in range(self._tabs.count()):
            page = self._tabs.tabData(i)
            if isinstance(page, CustomerPage) and page.as_of is None:
                lines.append(f"{'*' if i == self._tabs.currentIndex() else ''}{page.customer_id}")
        self._console.drafts.type(_TABS, "\n".join(lines))

    def _on_tab(self, index: int) -> None:
        page = self._tabs.tabData(index) if index >= 0 else None
        self.setCurrentWidget(page if isinstance(page, CustomerPage) else self._window.start_page)
        self._show_title()
        self._keep()

    def _show_title(self) -> None:
        title = f"{self.page.title} · " if self.page is not None else ""
        self._window.show_title(title.replace("[*]", "[*][*]"))

    def _rename(self, page: CustomerPage) -> None:
        for i in range(self._tabs.count()):
            if self._tabs.tabData(i) is page:
                self._name_tab(i, page)
        if page is self.page:
            self._show_title()

    def _renumber(self) -> None:
        self._tabs.setVisible(self._tabs.count() > 0)
        for i in range(self._tabs.count()):
            self._name_tab(i, self._tabs.tabData(i))

    def _name_tab(self, index: int, page: CustomerPage) -> None:
        tabs = self._tabs
        text = texts.no_mnemonic(f"{index + 1}  {page.title}")
        if tabs.tabText(index) != text:
            tabs.setTabText(index, text)
            typed = tr("Not sent yet: {}").format(", ".join(page.memory.drafts)) if page.memory.drafts else ""
            tabs.setTabToolTip(index, texts.tooltip(f"{page.title}\n{page.customer_id}\n{typed}".rstrip()))
