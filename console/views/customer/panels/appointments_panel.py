"""The panel of the appointments: upcoming ones first, then past ones."""

from datetime import datetime

from console.messages import QT_TR_NOOP
from console.models.appointment import Appointment
from console.models.provenance import Sourced
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Row
from console.views.widgets.rows import FactList


class AppointmentsPanel(Panel):
    """Technician appointments, the next one on top."""

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        self.list = FactList(tr("Appointments"), uniform=True)
        super().__init__(PANEL, systems, [Source(tr("Appointments"), view.appointments)], self.list)
        self.list.opened.connect(self.list.show_row)
        self.page_in(self.list)

    def focus_first(self) -> None:
        self.list.setFocus()

    def count_words(self) -> str:
        now = self._view.now()
        coming = sum(_is_coming(item.value, now) for item in self._view.appointments.state.facts or ())
        return tr("{} upcoming").format(texts.counted(coming, self._view.appointments.state.facts)) if coming else ""

    def show_facts(self) -> None:
        now = self._view.now()
        appointments = list(self._view.appointments.state.facts or ())
        coming = [item for item in appointments if _is_coming(item.value, now)][::-1]
        shown = coming + [item for item in appointments if not _is_coming(item.value, now)]
        self.list.show_entries(
            [item.value.id for item in shown],
            lambda index: self._row(shown[index], fresh=self._view.appointments.is_fresh(shown[index].origin, now)),
        )

    def _row(self, item: Sourced[Appointment], *, fresh: bool) -> Row:
        make, appointment = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, state = texts.state(appointment.status)
        on = texts.day(texts.local_day(appointment.starts_at) if appointment.starts_at else None)
        when = f"{on}, {texts.window(appointment.starts_at, appointment.ends_at)}"
        about = ", ".join(reference.label for reference in appointment.about)
        facts = (
            appointment.id,
            appointment.description or texts.spelt_out(appointment.category or ""),
            about,
            appointment.place or "",
        )
        cells = (
            make.cell(tr("Appointment"), when),
            make.cell(tr("Details"), " · ".join(fact for fact in facts if fact)),
            make.cell(tr("State"), word, state=state),
        )
        return Row(appointment.id, cells, icon="visits", details=lambda: make.details(appointment.details))


def _is_coming(appointment: Appointment, now: datetime) -> bool:
    return (
        appointment.starts_at is not None
        and appointment.starts_at > now
        and appointment.status not in {"cancelled", "failed"}
    )


PANEL = PanelType(
    name="visits",
    title=QT_TR_NOOP("Appointments"),
    icon="visits",
    letter="W",
    empty=QT_TR_NOOP("No appointments."),
    slots={Layout.FULL: PanelSlot(0, 2, 1), Layout.MEDIUM: PanelSlot(2, 0, 2), Layout.SMALL: PanelSlot(0, 1, 2)},
    make=lambda page: AppointmentsPanel(page.view, page.systems(Capability.APPOINTMENTS)),
)
