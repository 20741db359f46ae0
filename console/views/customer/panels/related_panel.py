"""The panel of related customers; opening one opens a new tab."""

from PySide6.QtCore import Signal

from console.messages import QT_TR_NOOP
from console.models.provenance import Sourced
from console.models.related import RelatedCustomer
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelContext, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Row
from console.views.widgets.rows import FactList

# The role of a related customer: CRM's value, with our words and an icon.
_ROLES = {
    "householdMember": (QT_TR_NOOP("same household"), "household"),
    "parentCompany": (QT_TR_NOOP("parent company"), "business"),
    "subsidiary": ("subsidiary", "business"),
    "sisterCompany": (QT_TR_NOOP("sister company"), "business"),
}


class RelatedPanel(Panel):
    """The household and company tree from CRM. Enter emits `customer_wanted` with the customer number."""

    customer_wanted = Signal(str)

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        self.list = FactList(tr("Related customers"), uniform=True)
        self.list.opened.connect(self._on_opened)
        super().__init__(PANEL, systems, [Source(tr("Related customers"), view.related)], self.list)

    def focus_first(self) -> None:
        self.list.setFocus()

    def count_words(self) -> str:
        facts = self._view.related.state.facts
        return texts.counted(len(facts), facts) if facts else ""

    def show_facts(self) -> None:
        fresh = self._view.related.state.is_fresh(self._view.now())
        items = list(self._view.related.state.facts or ())
        self.list.show_entries(
            [item.value.customer_id for item in items], lambda index: self._row(items[index], fresh=fresh)
        )

    def _row(self, item: Sourced[RelatedCustomer], *, fresh: bool) -> Row:
        make, related = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, icon = _ROLES.get(related.role or "", (related.role or tr("related"), "person"))
        facts = [tr(word), related.customer_id]
        if related.through is not None:
            facts.append(tr("through {}").format(related.through))
        state_word, state = texts.state(related.status) if related.status else ("", "neutral")
        if related.problem:
            state_word, state = related.problem, "attention"
        cells = (
            make.cell(tr("Customer"), related.name or related.customer_id),
            make.cell(tr("Relation"), " · ".join(facts)),
            make.cell(tr("State"), state_word, state=state if state_word else None),
        )
        return Row(related.customer_id, cells, icon=icon, data=related)

    def _on_opened(self, row: Row) -> None:
        if isinstance(row.data, RelatedCustomer) and row.data.problem is None:
            self.customer_wanted.emit(row.data.customer_id)


def _make(page: PanelContext) -> RelatedPanel:
    panel = RelatedPanel(page.view, page.systems(Capability.CUSTOMERS))
    panel.customer_wanted.connect(page.open_customer)
    return panel


PANEL = PanelType(
    name="related",
    title=QT_TR_NOOP("Related"),
    icon="related",
    letter="R",
    letter_text=QT_TR_NOOP("Related customers"),
    empty=QT_TR_NOOP("No related customers."),
    slots={Layout.FULL: PanelSlot(0, 0, 1), Layout.MEDIUM: PanelSlot(0, 0, 1), Layout.SMALL: PanelSlot(0, 0, 1)},
    make=_make,
)
