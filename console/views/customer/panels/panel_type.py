"""The declaration of a panel: its names, key letter, slots, and the function that makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from console.models.customer_bill import CustomerBill
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.services.discrepancies.watch import DiscrepancyWatch
from console.settings import Capability
from console.views.customer.panels.system_words import SystemNames

if TYPE_CHECKING:  # a panel imports its declaration, not the other way round
    from console.views.customer.panels.panel import Panel


class Layout(Enum):
    """The layouts of the panels, by the size of the page."""

    FULL = "full"
    MEDIUM = "medium"
    SMALL = "small"


class PanelSlot(NamedTuple):
    """The position of a panel: column from the left, row from the top, tab from the left; each from 0."""

    column: int
    row: int
    tab: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelContext:
    """The inputs to make a panel: the customer, the services, and the functions that open other parts of the page."""

    view: CustomerView
    console: Console
    discrepancies: DiscrepancyWatch
    open_customer: Callable[[str], None]
    show_account: Callable[[str], None]
    show_bill: Callable[[str], None]
    show_document: Callable[[CustomerBill], None]
    explain_bill: Callable[[], None]

    def systems(self, capability: Capability) -> SystemNames:
        """Return the names of the systems that serve a capability."""
        count = sum(capability in info.serves for info in self.console.systems)
        return SystemNames(self.console.served_by.get(capability, ""), self.console.system_labels, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelType:
    """The declaration of one panel. Its texts are only marked for translation here and are translated when shown.

    `name` is the key in preferences and drafts. `letter` is the key after Ctrl+J. `letter_text` describes the panel in
    that key list, if the title is not clear. `empty` is shown when the system has no records.
    """

    name: str
    title: str
    icon: str
    letter: str
    letter_text: str = ""
    empty: str
    slots: Mapping[Layout, PanelSlot]
    make: "Callable[[PanelContext], Panel]"
