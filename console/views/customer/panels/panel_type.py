"""What a panel declares of itself: its names, its key, where it stands, and how it is made."""

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

if TYPE_CHECKING:  # a panel knows its declaration, not the other way round
    from console.views.customer.panels.panel import Panel


class Layout(Enum):
    """How the panels are laid out, by the room there is."""

    FULL = "full"
    MEDIUM = "medium"
    SMALL = "small"


class PanelSlot(NamedTuple):
    """Where a panel stands: column from the left, row from the top, tab from the left; each counted from 0."""

    column: int
    row: int
    tab: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelContext:
    """What a panel is made with: the customer, the services, and the ways to the rest of the page."""

    view: CustomerView
    console: Console
    discrepancies: DiscrepancyWatch
    open_customer: Callable[[str], None]
    show_account: Callable[[str], None]
    show_bill: Callable[[str], None]
    show_document: Callable[[CustomerBill], None]
    explain_bill: Callable[[], None]

    def systems(self, capability: Capability) -> SystemNames:
        """Return the words for the systems that serve a capability."""
        count = sum(capability in info.serves for info in self.console.systems)
        return SystemNames(self.console.served_by.get(capability, ""), self.console.system_labels, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelType:
    """One panel. Its texts are marked for translation where they are written and translated where they are shown.

    `name` is what preferences and drafts know it by. `letter` follows Ctrl+J; `letter_text` says there what it shows,
    where the title alone does not. `empty` is said when a system answered and has nothing.
    """

    name: str
    title: str
    icon: str
    letter: str
    letter_text: str = ""
    empty: str
    slots: Mapping[Layout, PanelSlot]
    make: "Callable[[PanelContext], Panel]"
