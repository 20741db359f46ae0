"""The panel of the orders: service orders with milestones, and product orders without a service order."""

from datetime import UTC, datetime

from console.messages import QT_TR_NOOP
from console.models.order import Milestone, Order, OrderItem, OrderKind
from console.models.provenance import Sourced
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker, price_words
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactList

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class OrdersPanel(Panel):
    """Open orders first, then closed ones, each newest first. A product order is in the row of its service order."""

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        self.list = FactList(tr("Orders"))
        sources = [Source(tr("Service orders"), view.service_orders), Source(tr("Product orders"), view.product_orders)]
        super().__init__(PANEL, systems, sources, self.list)
        self.list.opened.connect(self.list.show_row)

    def focus_first(self) -> None:
        self.list.setFocus()

    def count_words(self) -> str:
        open_ones = sum(item.value.is_open for item in self._shown())
        lists = (self._view.service_orders.state.facts, self._view.product_orders.state.facts)
        return tr("{} open").format(texts.counted(open_ones, *lists))

    def show_facts(self) -> None:
        now = self._view.now()
        orders = sorted(self._shown(), key=lambda item: item.value.ordered_at or _BEFORE_ALL, reverse=True)
        orders.sort(key=lambda item: not item.value.is_open)
        fresh = self.is_fresh(now)
        sold = {item.value.id: item.value for item in self._view.product_orders.state.facts or ()}
        self.list.show_rows(
            [self._row(item, sold.get(item.value.product_order_id or ""), fresh=fresh) for item in orders]
        )

    def _shown(self) -> list[Sourced[Order]]:
        service_orders = list(self._view.service_orders.state.facts or ())
        carried_out = {item.value.product_order_id for item in service_orders}
        alone = [item for item in self._view.product_orders.state.facts or () if item.value.id not in carried_out]
        return service_orders + alone

    def _row(self, item: Sourced[Order], product_order: Order | None, *, fresh: bool) -> Row:
        make, order = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, state = texts.state(order.state)
        if order.completed_at is not None and order.state == "completed":
            word = tr("Completed {}").format(texts.day(order.completed_at))
        milestones = order.milestones if order.is_open else ()
        cells = (
            make.cell(tr("Order"), order.description),
            make.cell(tr("Details"), " · ".join(_order_facts(order, product_order))),
            make.cell(tr("State"), word, state=state),
            *(make.cell(tr("Milestone"), _milestone_words(step)) for step in milestones),
        )
        further = [order] if product_order is None else [order, product_order]
        return Row(
            order.id,
            cells,
            milestones=milestones,
            details=lambda: [cell for one in further for cell in self._details(make, one)],
        )

    def _details(self, make: FactMaker, order: Order) -> list[Cell]:
        return [*(self._item(make, item) for item in order.items), *make.details(order.details)]

    @staticmethod
    def _item(make: FactMaker, item: OrderItem) -> Cell:
        """Return the cell of an order item: quantity, name, action (such as add), state and prices."""
        count = f"{texts.plain_number(item.quantity, 0)} × " if item.quantity and item.quantity != 1 else ""
        state = texts.state(item.state)[0] if item.state else ""
        facts = [f"{count}{item.name}", texts.spelt_out(item.action or ""), state]
        facts += [price_words(price) for price in item.prices]
        return make.cell(tr("Item"), " · ".join(fact for fact in facts if fact))


PANEL = PanelType(
    name="orders",
    title=QT_TR_NOOP("Orders"),
    icon="orders",
    letter="O",
    empty=QT_TR_NOOP("No orders."),
    slots={Layout.FULL: PanelSlot(1, 1, 0), Layout.MEDIUM: PanelSlot(1, 1, 0), Layout.SMALL: PanelSlot(1, 0, 3)},
    make=lambda page: OrdersPanel(page.view, page.systems(Capability.PRODUCT_ORDERS)),
)


def _order_facts(order: Order, product_order: Order | None) -> list[str]:
    """Return the details below an order's name: its numbers, product order, dates and errors."""
    facts = [order.id]
    if order.product_order_id:
        facts.append(order.product_order_id)
    if product_order is not None and product_order.state != order.state:
        facts.append(tr("product order {}").format(texts.state(product_order.state)[0]))
    elif order.kind is OrderKind.PRODUCT:
        facts.append(tr("product order"))
    facts.append(tr("ordered {}").format(texts.day(order.ordered_at)))
    if order.is_open and order.expected_at:
        facts.append(tr("expected {}").format(texts.day(order.expected_at)))
    return [*facts, *order.errors]


def _milestone_words(step: Milestone) -> str:
    return f"{step.name} {texts.value(step.status or '')} {texts.day(step.at) if step.at else ''}".strip()
