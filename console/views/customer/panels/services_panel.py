"""The panel of services and products: each provisioned service with the product it was sold as."""

from datetime import datetime

from console.messages import QT_TR_NOOP
from console.models.discrepancy import DiscrepancyKind
from console.models.inventory import Product, Service
from console.models.provenance import Sourced
from console.services.customer.customer_view import CustomerView
from console.services.discrepancies.watch import DiscrepancyWatch
from console.services.search.phone import show_phone
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker, recurring_price
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactList

_ICONS = {
    "fibre": "fibre",
    "broadband": "fibre",
    "tv": "tv",
    "voice": "voice",
    "wifi": "wifi",
    "ip": "ip",
    "mobile": "mobile",
}
_OVER = {"terminated", "cancelled", "aborted"}
_DISCREPANCIES = {
    DiscrepancyKind.BILLED_BUT_TERMINATED: QT_TR_NOOP("Still billed"),
    DiscrepancyKind.ACTIVE_NOT_BILLED: QT_TR_NOOP("Not billed"),
    DiscrepancyKind.ORDER_DONE_SERVICE_INACTIVE: QT_TR_NOOP("Not working"),
    DiscrepancyKind.SUSPENDED_IN_ONE: QT_TR_NOOP("Partly suspended"),
}
# Sort order by colour state: problems first, then working services, then ended ones.
_ORDER = {"conflict": 0, "attention": 0, "danger": 0, "info": 1, "ok": 2, "neutral": 3}


class ServicesPanel(Panel):
    """One row for each service, and one for each product without a service. Problems come first."""

    def __init__(self, view: CustomerView, systems: SystemNames, watch: DiscrepancyWatch) -> None:
        self._view, self._watch = view, watch
        self.list = FactList(tr("Products and services"))
        sources = [Source(tr("Services"), view.services), Source(tr("Products"), view.products)]
        super().__init__(PANEL, systems, sources, self.list)
        self.list.opened.connect(self.list.show_row)
        watch.subscribe(self.show_facts)

    def focus_first(self) -> None:
        self.list.setFocus()

    def count_words(self) -> str:
        services = self._view.services.state.facts
        active = sum(item.value.state == "active" for item in services or ())
        return tr("{} active").format(texts.counted(active, services)) if services else ""

    def show_facts(self) -> None:
        now = self._view.now()
        services, products = self._view.services.state, self._view.products.state
        sold = {service_id: item for item in products.facts or () for service_id in item.value.service_ids}
        rows = [
            (
                self._rank(item.value, sold.get(item.value.id)),
                self._service(item, sold.get(item.value.id), fresh=self._view.services.is_fresh(item.origin, now)),
            )
            for item in services.facts or ()
        ]
        shown = {item.value.id for item in services.facts or ()}
        rows += [
            (
                _ORDER[texts.state(item.value.status)[1]],
                self._product(item, fresh=self._view.products.is_fresh(item.origin, now)),
            )
            for item in products.facts or ()
            if not shown.intersection(item.value.service_ids)
        ]
        self.list.show_rows([row for _, row in sorted(rows, key=lambda pair: pair[0])])

    def _rank(self, service: Service, product: Sourced[Product] | None) -> int:
        if product is not None and self._watch.about(product.value.id) is not None:
            return _ORDER["conflict"]
        return _ORDER[_service_state(service)[1]]

    def _service(self, item: Sourced[Service], product: Sourced[Product] | None, *, fresh: bool) -> Row:
        make, service = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, state = _service_state(service)
        facts = []
        discrepancy = self._watch.about(product.value.id) if product is not None else None
        if discrepancy is not None:
            word, state = tr(_DISCREPANCIES.get(discrepancy.kind, "Discrepancy")), "conflict"
        if product is not None and _differs(product.value, service):
            state = "conflict" if discrepancy is not None else "attention"
            facts.append(tr("sold as {}").format(texts.state(product.value.status)[0].lower()))
        facts += [show_phone(value) if value.startswith("+") else value for _, value in service.characteristics]
        if product is not None and service.state not in _OVER:
            facts.append(recurring_price(product.value))
        facts.append(_since(service.started_at, service.ended_at))
        under = make.cell(tr("Details"), " · ".join(fact for fact in facts if fact))
        return Row(
            service.id,
            (make.cell(tr("Service"), service.name), under, make.cell(tr("State"), word, state=state)),
            details=lambda: self._details(make, service, product, fresh=fresh),
            icon=_ICONS.get(service.category or "", "service"),
        )

    def _product(self, item: Sourced[Product], *, fresh: bool) -> Row:
        make, product = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, state = texts.state(product.status)
        price = recurring_price(product)
        under = " · ".join(
            fact for fact in (tr("product"), _since(product.started_at, product.terminated_at), price) if fact
        )
        cells = (
            make.cell(tr("Product"), product.name),
            make.cell(tr("Details"), under),
            make.cell(tr("State"), word, state=state),
        )
        return Row(product.id, cells, icon="service", details=lambda: _product_details(make, product))

    def _details(
        self, make: FactMaker, service: Service, product: Sourced[Product] | None, *, fresh: bool
    ) -> list[Cell]:
        """Return the details of a service and of its product."""
        found = [make.cell(name, value) for name, value in service.characteristics] + make.details(service.details)
        if product is None:
            return found
        return found + _product_details(FactMaker(product.origin, self.systems, fresh=fresh), product.value)


def _product_details(make: FactMaker, product: Product) -> list[Cell]:
    return [
        *(make.cell(name, value) for name, value in product.characteristics),
        *make.prices(product),
        make.cell(tr("Serial number"), product.serial_number or ""),
        *make.details(product.details),
    ]


def _service_state(service: Service) -> tuple[str, str]:
    """Return state text and colour. Version 4 of the standard reports suspended as active but not enabled."""
    if service.is_suspended:
        return tr("Suspended"), "attention"
    return texts.state(service.state)


def _differs(product: Product, service: Service) -> bool:
    """Return whether the states of product and service differ. A pending product may differ from its service."""
    coming = {"created", "pendingActive", "pendingTerminate", None}
    if product.status in coming:
        return False
    over = {"terminated", "cancelled", "aborted", "inactive"}
    return product.status != service.state and not (product.status in over and service.state in over)


def _since(started: datetime | None, ended: datetime | None) -> str:
    if ended is not None:
        return tr("ended {}").format(texts.day(ended))
    return tr("since {}").format(texts.day(started)) if started else ""


PANEL = PanelType(
    name="services",
    title=QT_TR_NOOP("Services"),
    icon="services",
    letter="S",
    letter_text=QT_TR_NOOP("Products and services"),
    empty=QT_TR_NOOP("No products or services."),
    slots={Layout.FULL: PanelSlot(0, 1, 0), Layout.MEDIUM: PanelSlot(0, 1, 0), Layout.SMALL: PanelSlot(0, 1, 0)},
    make=lambda page: ServicesPanel(page.view, page.systems(Capability.SERVICES), page.discrepancies),
)
