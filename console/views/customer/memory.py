"""Where a user was on a customer's page: kept as typed text is, so that the page is as it was after any end."""

from collections.abc import Sequence

from console.models.customer import CustomerId
from console.services.outbox.drafts import Drafts
from console.views.customer.panels.panel import Panel
from console.views.texts import tr
from console.views.widgets.rows import FactList, FactTable


class PageMemory:
    """What was typed and not sent, the panels in front, and the row each list's cursor is on.

    Where the user was is forgotten once they close the customer; what they typed is not.
    """

    def __init__(self, drafts: Drafts, customer_id: CustomerId) -> None:
        self._drafts, self._customer_id = drafts, customer_id
        self._front = f"front/{customer_id}"
        self._rows = f"row/{customer_id}/"
        self._typed = {
            f"note/{customer_id}": tr("note"),
            f"contact/{customer_id}": tr("contact data"),
            f"promise/{customer_id}": tr("promise"),
        }

    @property
    def front(self) -> list[str]:
        """The names of the panels that were in front."""
        return self._drafts.text(self._front).split()

    @property
    def drafts(self) -> list[str]:
        """What was typed for this customer and is not sent, in words: `note`, `contact data`, `promise`."""
        draft_keys = self._drafts.of(self._customer_id)
        return [
            word
            for start, word in self._typed.items()
            if any(self._is_of(start, draft_key) for draft_key in draft_keys)
        ]

    @staticmethod
    def _is_of(start: str, draft_key: str) -> bool:
        """Return whether a place is one of a form's; of the note only its text counts, not how it stands there."""
        return draft_key == start or (not start.startswith("note/") and draft_key.startswith(f"{start}/"))

    def keep_front(self, names: Sequence[str]) -> None:
        """Keep which panels are in front."""
        self._drafts.type(self._front, " ".join(names))

    def follow(self, panel: Panel) -> None:
        """Put the cursors of a panel's lists where they were, and keep where they go."""
        views: list[FactList | FactTable] = [*panel.findChildren(FactList), *panel.findChildren(FactTable)]
        for view in views:
            draft_key = f"{self._rows}{panel.objectName()}/{view.objectName()}"
            view.start_at(self._drafts.text(draft_key))
            view.chosen.connect(lambda row, draft_key=draft_key: self._drafts.type(draft_key, row.key))

    def forget(self) -> None:
        """Forget where the user was."""
        draft_keys = self._drafts.of(self._customer_id)
        for draft_key in [self._front, *(draft_key for draft_key in draft_keys if draft_key.startswith(self._rows))]:
            self._drafts.type(draft_key, "")
