"""The state of a customer page: saved like drafts, so that a restart or crash brings it back."""

from collections.abc import Sequence

from console.models.customer import CustomerId
from console.services.outbox.drafts import Drafts
from console.views.customer.panels.panel import Panel
from console.views.texts import tr
from console.views.widgets.rows import FactList, FactTable


class PageMemory:
    """The unsent drafts, the panels in front, and the cursor row of each list.

    Closing the customer forgets panels and rows; the drafts stay.
    """

    def __init__(self, drafts: Drafts, customer_id: CustomerId) -> None:
        self._drafts, self._customer_id = drafts, customer_id
        self._front = f"front/{customer_id}"
        self._rows = f"row/{customer_id}/"
        self._typed = {
            f"note/{customer_id}": tr("note"),
            f"contact/{customer_id}": tr("contact details"),
            f"promise/{customer_id}": tr("promise"),
        }

    @property
    def front(self) -> list[str]:
        """The names of the panels that were in front."""
        return self._drafts.text(self._front).split()

    @property
    def drafts(self) -> list[str]:
        """The names of unsent drafts of this customer, translated: `note`, `contact details`, `promise`."""
        draft_keys = self._drafts.of(self._customer_id)
        return [
            word
            for start, word in self._typed.items()
            if any(self._is_of(start, draft_key) for draft_key in draft_keys)
        ]

    @staticmethod
    def _is_of(start: str, draft_key: str) -> bool:
        """Return whether a draft key belongs to a form. Of the note only the text counts, not its reason or state."""
        return draft_key == start or (not start.startswith("note/") and draft_key.startswith(f"{start}/"))

    def keep_front(self, names: Sequence[str]) -> None:
        """Save which panels are in front."""
        self._drafts.type(self._front, " ".join(names))

    def follow(self, panel: Panel) -> None:
        """Restore the cursor rows of a panel's lists, and save them when they change."""
        views: list[FactList | FactTable] = [*panel.findChildren(FactList), *panel.findChildren(FactTable)]
        for view in views:
            draft_key = f"{self._rows}{panel.objectName()}/{view.objectName()}"
            view.start_at(self._drafts.text(draft_key))
            view.chosen.connect(lambda row, draft_key=draft_key: self._drafts.type(draft_key, row.key))

    def forget(self) -> None:
        """Delete the saved panels and rows; drafts stay."""
        draft_keys = self._drafts.of(self._customer_id)
        for draft_key in [self._front, *(draft_key for draft_key in draft_keys if draft_key.startswith(self._rows))]:
            self._drafts.type(draft_key, "")
