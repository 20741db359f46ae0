"""What is not sent yet when somebody closes the console or signs out, and what becomes of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from console.models.customer import CustomerId
from console.models.outbox import Act, ActState, StepState
from console.ports.store import UnsentStore
from console.services.acts import Acts
from console.services.outbox import Outbox
from console.services.outbox.drafts import Drafts

# The others wait for a person's decision, which closing neither ends nor hurries.
_GO_BY_THEMSELVES = frozenset({ActState.QUEUED, ActState.SENDING, ActState.UNKNOWN, ActState.HALF_DONE})
# Places where users type; the others hold how the window was.
_TYPED = ("note/", "contact/", "promise/", "act/", "edit/", "decide/")
_NOT_TYPED = ("/open", "/reason")
SHORTEST_PASSPHRASE = 10


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a close would leave behind.

    `acts` are open, in their order; `drafts` are the places of text that was typed and not sent. `survives` is whether
    all of it is in this computer's store, to be gone on with at the next start; else closing loses it.
    """

    acts: tuple[Act, ...]
    drafts: tuple[str, ...]
    survives: bool

    @property
    def is_worth_asking(self) -> bool:
        """Whether the user must know before they close: something would be lost, or waits to be sent."""
        return bool(self.going) if self.survives else bool(self.acts or self.drafts)

    @property
    def going(self) -> Sequence[Act]:
        """The acts that are sent by themselves as soon as their systems can be reached."""
        return [act for act in self.acts if act.state in _GO_BY_THEMSELVES and not act.needs_user]


class Leaving:
    """Says what is not sent, writes it to a file, and takes such a file in again."""

    def __init__(self, outbox: Outbox, drafts: Drafts, acts: Acts, files: UnsentStore, *, is_kept: bool) -> None:
        self._outbox, self._drafts, self._acts, self._files = outbox, drafts, acts, files
        self._is_kept = is_kept

    async def unsent(self) -> Unsent:
        """Return what is not sent; typed text that could not be kept is tried once more before."""
        await self._drafts.keep_now()
        typed = tuple(
            place for place in self._drafts.places if place.startswith(_TYPED) and not place.endswith(_NOT_TYPED)
        )
        acts = tuple(act for act in self._outbox.acts if act.is_open)
        return Unsent(acts, typed, self._is_kept and self._drafts.is_kept)

    async def export(self, path: Path, passphrase: str) -> tuple[int, int]:
        """Write everything unsent into a file that the passphrase opens; return how many acts and texts are in it.

        Raises:
            StoreFullError: It cannot be written.
        """
        found = await self.unsent()
        drafts = {place: self._drafts.text(place) for place in found.drafts}
        await asyncio.to_thread(self._files.save, path, passphrase, found.acts, drafts)
        return len(found.acts), len(drafts)

    async def load(self, path: Path, passphrase: str) -> tuple[int, int]:
        """Take in the work of a file and go on with it; return how many acts and texts of it were new here.

        What is known here already stays as it is. Where it was exported from it may have been sent since, so every act
        is looked for at its system before anything of it is sent. A text does not replace one that is typed here.

        Raises:
            NotPossibleError: This user may not do what an act in it does; nothing is taken in.
            StoreError: The file cannot be read, or an act could not be kept.
        """
        acts, drafts = await asyncio.to_thread(self._files.load, path, passphrase)
        known = {act.id for act in self._outbox.acts}
        new = [act for act in acts if act.id not in known]
        for act in new:
            self._acts.check_taken_in(act)
        for act in new:
            await self._outbox.submit(_as_if_sent(act))
        free = {place: text for place, text in drafts.items() if not self._drafts.text(place)}
        for place, text in free.items():
            self._drafts.type(place, text)
        return len(new), len(free)


def _as_if_sent(act: Act) -> Act:
    steps = (
        replace(
            step,
            was_sent=True,
            state=StepState.UNKNOWN if step.state is StepState.SENDING else step.state,
        )
        for step in act.steps
    )
    return replace(act, steps=tuple(steps), seq=0, next_try_at=None, customer_id=CustomerId(act.customer_id))
