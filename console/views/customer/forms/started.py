"""Results of actions that only start something, such as a line test: shown when they come, with keys to open them."""

from collections.abc import Callable

from console.bridge import Bridge
from console.models.order import Order
from console.models.outbox import Action
from console.models.service_test import ServiceTest
from console.services.actions.catalogue import ACTIONS
from console.services.customer.customer_view import CustomerView
from console.views import texts
from console.views.customer.panels.catalogue import PANELS
from console.views.texts import tr

# The panel that shows records of a dataset.
_PANEL_OF = {"tests": "tests", "product_orders": "orders", "service_orders": "orders"}


class StartedResults:
    """The watch on records that actions of one page started. Each result is shown once, when it is final."""

    def __init__(self, view: CustomerView, bridge: Bridge) -> None:
        self._view, self._bridge = view, bridge
        self._titles: dict[tuple[str, str], str] = {}
        self._unsubscribe: dict[str, Callable[[], None]] = {}

    def expect(self, action: Action) -> None:
        """Show the result of an action when the record it started is finished."""
        dataset = ACTIONS[action.kind].starts
        record = next((step.result for step in action.steps if step.result), "")
        if not record:
            return
        self._titles[dataset, record] = action.title
        if dataset not in self._unsubscribe:
            self._unsubscribe[dataset] = getattr(self._view, dataset).subscribe(lambda _part: self._look(dataset))

    def close(self) -> None:
        """Unsubscribe from the datasets."""
        for unsubscribe in self._unsubscribe.values():
            unsubscribe()

    def _look(self, dataset: str) -> None:
        for item in getattr(self._view, dataset).state.facts or ():
            words = _result_words(item.value)
            title = self._titles.get((dataset, item.value.id))
            if title is None or not words:
                continue
            del self._titles[dataset, item.value.id]
            keys = f"{texts.keys('Ctrl+J')} {PANELS[_PANEL_OF[dataset]].letter}"
            self._bridge.on_unhandled(tr("{}: {}. Press {} to see it.").format(title, words, keys))


def _result_words(record: ServiceTest | Order) -> str:
    """Return the result of a test or order in words; empty while it runs."""
    if isinstance(record, Order):
        return "" if record.is_open else texts.state(record.state)[0].lower()
    if record.passed is not None:
        return tr("passed") if record.passed else tr("failed")
    is_over = (record.state or "").strip().lower() in {"failed", "cancelled", "aborted", "rejected"}
    return texts.state(record.state)[0].lower() if is_over else ""
