"""The panel of line tests and their measured values."""

from console.messages import QT_TR_NOOP
from console.models.provenance import Sourced
from console.models.service_test import ServiceTest
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


class TestsPanel(Panel):
    """Line tests, newest first. A value out of bounds is marked with (!)."""

    __test__ = False  # pytest must not collect it, despite its name

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        self.list = FactList(tr("Line tests"), uniform=True)
        super().__init__(PANEL, systems, [Source(tr("Line tests"), view.tests)], self.list)
        self.list.opened.connect(self.list.show_row)
        self.page_in(self.list)

    def focus_first(self) -> None:
        self.list.setFocus()

    def count_words(self) -> str:
        facts = self._view.tests.state.facts
        return texts.counted(len(facts), facts) if facts else ""

    def show_facts(self) -> None:
        now = self._view.now()
        tests = list(self._view.tests.state.facts or ())
        self.list.show_entries(
            [item.value.id for item in tests],
            lambda index: self._row(tests[index], fresh=self._view.tests.is_fresh(tests[index].origin, now)),
        )

    def _row(self, item: Sourced[ServiceTest], *, fresh: bool) -> Row:
        make, test = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        if test.passed is None:
            word, state = texts.state(test.state)
        else:
            word, state = (tr("Passed"), "ok") if test.passed else (tr("Failed"), "danger")
        when = f"{texts.recent_day(test.at)} {texts.clock(test.at)}" if test.at else texts.day(None)
        figures = []
        for measure in test.measures:
            text = " ".join(word for word in (measure.name, texts.spoken_number(measure.value), measure.unit) if word)
            figures.append(f"{text} (!)" if measure.violation else text)
        cells = (
            make.cell(tr("Test"), f"{test.service_name or test.name}, {when}"),
            make.cell(tr("Measured"), " · ".join(figures) or test.description or ""),
            make.cell(tr("Result"), word, state=state),
        )
        return Row(test.id, cells, icon="tests", details=lambda: make.details(test.details))


PANEL = PanelType(
    name="tests",
    title=QT_TR_NOOP("Line tests"),
    icon="tests",
    letter="I",
    empty=QT_TR_NOOP("No line tests."),
    slots={Layout.FULL: PanelSlot(0, 1, 1), Layout.MEDIUM: PanelSlot(0, 1, 1), Layout.SMALL: PanelSlot(0, 1, 1)},
    make=lambda page: TestsPanel(page.view, page.systems(Capability.SERVICE_TESTS)),
)
