"""Unsent work when a user closes the console or signs out: its summary, export and import."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from console.models.customer import CustomerId
from console.models.outbox import Action, ActionState, StepState
from console.ports.store import UnsentStore
from console.services.actions import Actions
from console.services.outbox import Outbox
from console.services.outbox.drafts import Drafts

# Actions in other states wait for a person's decision; closing the console does not change that.
_GO_BY_THEMSELVES = frozenset({ActionState.QUEUED, ActionState.SENDING, ActionState.UNKNOWN, ActionState.HALF_DONE})
# Prefixes of draft keys with typed text; other drafts are the state of the window.
_TYPED = ("note/", "contact/", "promise/", "act/", "edit/", "decide/")
_NOT_TYPED = ("/open", "/reason")
SHORTEST_PASSPHRASE = 10


@dataclass(frozen=True, slots=True)
class UnsentSummary:
    """Unsent work at the moment the console closes.

    `actions` are the open actions in their order; `drafts` are the keys of typed text that was not sent. `survives`
    says whether all of it is in this computer's store and continues at the next start. Else closing loses it.
    """

    actions: tuple[Action, ...]
    drafts: tuple[str, ...]
    survives: bool

    @property
    def is_worth_asking(self) -> bool:
        """Whether the user must decide before closing: something would be lost, or is waiting to be sent."""
        return bool(self.going) if self.survives else bool(self.actions or self.drafts)

    @property
    def going(self) -> Sequence[Action]:
        """The actions that are sent without a user as soon as their systems can be reached."""
        return [action for action in self.actions if action.state in _GO_BY_THEMSELVES and not action.needs_user]


class UnsentWork:
    """Finds unsent work, exports it to a file, and imports such a file."""

    def __init__(self, outbox: Outbox, drafts: Drafts, actions: Actions, files: UnsentStore, *, is_saved: bool) -> None:
        self._outbox, self._drafts, self._actions, self._files = outbox, drafts, actions, files
        self._is_kept = is_saved

    async def unsent(self) -> UnsentSummary:
        """Return the unsent work, after one more try to save typed text."""
        await self._drafts.save_now()
        typed = tuple(
            draft_key
            for draft_key in self._drafts.draft_keys
            if draft_key.startswith(_TYPED) and not draft_key.endswith(_NOT_TYPED)
        )
        actions = tuple(action for action in self._outbox.actions if action.is_open)
        return UnsentSummary(actions, typed, self._is_kept and self._drafts.is_saved)

    async def export(self, path: Path, passphrase: str) -> tuple[int, int]:
        """Export all unsent work to a file encrypted with the passphrase; return how many actions and drafts it has.

        Raises:
            StoreFullError: It cannot be written.
        """
        found = await self.unsent()
        drafts = {draft_key: self._drafts.text(draft_key) for draft_key in found.drafts}
        await asyncio.to_thread(self._files.save, path, passphrase, found.actions, drafts)
        return len(found.actions), len(drafts)

    async def load(self, path: Path, passphrase: str) -> tuple[int, int]:
        """Import the work of a file and continue it; return how many actions and drafts were new.

        Actions and drafts that exist here are unchanged. The other console may have sent an imported action since, so
        each is looked up at its system before anything is sent.

        Raises:
            NotPossibleError: This user may not do an imported action; nothing is imported.
            StoreError: The file cannot be read, or an action could not be saved.
        """
        actions, drafts = await asyncio.to_thread(self._files.load, path, passphrase)
        known = {action.id for action in self._outbox.actions}
        new = [action for action in actions if action.id not in known]
        for action in new:
            self._actions.check_taken_in(action)
        for action in new:
            await self._outbox.submit(_as_if_sent(action))
        free = {draft_key: text for draft_key, text in drafts.items() if not self._drafts.text(draft_key)}
        for draft_key, text in free.items():
            self._drafts.type(draft_key, text)
        return len(new), len(free)


def _as_if_sent(action: Action) -> Action:
    steps = (
        replace(
            step,
            was_sent=True,
            state=StepState.UNKNOWN if step.state is StepState.SENDING else step.state,
        )
        for step in action.steps
    )
    return replace(action, steps=tuple(steps), seq=0, next_try_at=None, customer_id=CustomerId(action.customer_id))
