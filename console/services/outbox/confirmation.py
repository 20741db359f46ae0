"""Checks finished and rejected actions again later, because a system's lists may lag behind its replies."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from console.errors import StoreError, SystemCallError
from console.models.outbox import Action, ActionState, StepState
from console.ports.clock import Clock
from console.services.outbox.ledger import ActionLedger
from console.services.outbox.sender import StepSender

_log = logging.getLogger(__name__)

# Pauses between checks, in seconds (decision 0027). If a proxy repeats a request, the duplicate arrives within seconds,
# so one successful check is enough. A rejection is checked for as long as lists may lag, because it may have been a
# mistake.
_CHECK_AFTER_S = (5.0, 60.0, 180.0)
# Older actions (24 h) are not checked at a start: the lists of their systems are up to date by then.
_CHECK_WITHIN_S = 24 * 3600.0


class Confirmation:
    """Runs one task per action that needs another check. If a system does not reply, the next check or start retries.

    `slots` limits the parallel requests per system. `on_found` is called after the check of a rejected step: if the
    step was done after all, the next step can run.
    """

    def __init__(
        self,
        ledger: ActionLedger,
        sender: StepSender,
        *,
        slots: Mapping[str, asyncio.Semaphore],
        clock: Clock,
        on_found: Callable[[], None],
    ) -> None:
        self._ledger, self._sender = ledger, sender
        self._slots, self._clock, self._on_found = slots, clock, on_found
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def tasks(self) -> Sequence[asyncio.Task[None]]:
        """The checks that are running or waiting."""
        return tuple(self._tasks.values())

    def start(self, action: Action) -> None:
        """Schedule the checks of an action, unless it needs none or they are already scheduled."""
        if action.id in self._tasks or not self._open_checks(action):
            return
        task = asyncio.create_task(self._run(action.id), name="check an action again")
        self._tasks[action.id] = task
        task.add_done_callback(lambda _task: self._tasks.pop(action.id, None))

    def _open_checks(self, action: Action) -> list[int]:
        """Return the steps that need another check: done but not confirmed, or rejected after they were sent."""
        age_s = (self._clock.now() - (action.changed_at or action.happened_at)).total_seconds()
        if age_s >= _CHECK_WITHIN_S or action.withdrawn:
            return []
        return [
            index
            for index, step in enumerate(action.steps)
            if step.was_sent
            and (
                (step.state is StepState.DONE and not step.confirmed and action.state is ActionState.DONE)
                or step.state is StepState.REJECTED
            )
        ]

    async def _run(self, action_id: str) -> None:
        was_done = self._ledger[action_id].state is ActionState.DONE
        for pause_s in _CHECK_AFTER_S:
            if not self._open_checks(self._ledger[action_id]):
                break
            await self._clock.sleep(pause_s)
            for index in self._open_checks(self._ledger[action_id]):
                await self._check(action_id, index, is_last=pause_s == _CHECK_AFTER_S[-1])
        if not was_done and self._ledger[action_id].state is ActionState.DONE:
            self._tasks.pop(action_id, None)
            self.start(self._ledger[action_id])

    async def _check(self, action_id: str, index: int, *, is_last: bool) -> None:
        action = self._ledger[action_id]
        try:
            async with self._slots[action.steps[index].system]:
                if action.steps[index].state is StepState.DONE:
                    await self._sender.check_again(action, index, is_last=is_last)
                else:
                    await self._sender.find_out(action, index)
                    self._on_found()
        except (SystemCallError, StoreError) as error:
            _log.info("an action was not checked again: %s", type(error).__name__)
