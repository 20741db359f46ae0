"""The views over a page's panels, one at a time: a bill document, a bill explanation, discrepancies."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.bridge import Bridge
from console.models.customer_bill import CustomerBill
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.services.discrepancies.watch import DiscrepancyWatch
from console.settings import Capability
from console.views.customer.bill.document_view import DocumentView
from console.views.customer.bill.explain_view import ExplainView
from console.views.customer.discrepancies_view import DiscrepanciesView
from console.views.customer.panels.system_words import SystemNames


class PanelOverlay(QStackedWidget):
    """The stack of the panels and the overlays. `go_back` moves the focus when an overlay closes.

    `fix_wanted` carries the name of the action that fixes a discrepancy, and the start values of its form.
    """

    fix_wanted = Signal(str, dict)

    def __init__(
        self,
        console: Console,
        bridge: Bridge,
        view: CustomerView,
        panels: QWidget,
        *,
        go_back: Callable[[], None],
        into_note: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._console, self._bridge, self._view, self._panels = console, bridge, view, panels
        self._go_back, self._into_note = go_back, into_note
        self.document: DocumentView | None = None
        self.explanation: ExplainView | None = None
        self.discrepancies: DiscrepanciesView | None = None
        self.addWidget(panels)

    def show_document(self, bill: CustomerBill) -> None:
        """Show the document of a bill."""
        self.leave()
        if self.document is None:
            self.document = DocumentView(self._console, self._bridge, self._view.customer_id)
            self.document.closed.connect(self.close_over)
            self.addWidget(self.document)
        self.setCurrentWidget(self.document)
        self.document.show_bill(bill)

    def show_explanation(self, bill: CustomerBill) -> None:
        """Compare a bill with the previous one."""
        self.leave()
        if self.explanation is None:
            systems = SystemNames(self._console.served_by.get(Capability.BILLS, ""), self._console.system_labels)
            self.explanation = ExplainView(self._view, systems)
            self.explanation.closed.connect(self.close_over)
            self.explanation.said.connect(self._into_note)
            self.addWidget(self.explanation)
        self.setCurrentWidget(self.explanation)
        self.explanation.show_bill(bill)

    def show_discrepancies(self, watch: DiscrepancyWatch) -> None:
        """Show the discrepancies between systems."""
        self.leave()
        if self.discrepancies is None:
            self.discrepancies = DiscrepanciesView(self._view, watch)
            self.discrepancies.closed.connect(self.close_over)
            self.discrepancies.fix_wanted.connect(self.fix_wanted)
            self.addWidget(self.discrepancies)
        self.setCurrentWidget(self.discrepancies)
        self.discrepancies.open_view()

    def close_over(self) -> None:
        """Close the overlay, if one is open, and show the panels."""
        if self.currentWidget() is not self._panels:
            self.leave()
            self.setCurrentWidget(self._panels)
            self._go_back()

    def leave(self) -> None:
        """Release the open document and bill lines."""
        if self.document is not None:
            self.document.leave()
        if self.explanation is not None:
            self.explanation.leave()
