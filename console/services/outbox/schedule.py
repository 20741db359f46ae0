"""Retry times of actions, by the monotonic clock: the time of day may jump by days in both directions."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from console.models.outbox import Action
from console.ports.clock import Clock

_FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
# In seconds: a longer pause that a system requests (Retry-After) is cut to this.
_LONGEST_ASKED_S = 3600.0
_JUMP_S = 5.0


class Schedule:
    """Retry times of one run. `next_try_at` of an action is only for display."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock, self._rng = clock, rng
        self._due_s: dict[str, float] = {}
        self._offset_s = self._offset()

    def load(self, action: Action) -> None:
        """Load the retry time of a saved action, at most the longest pause (60 s) from now."""
        if action.next_try_at is not None:
            wait_s = (action.next_try_at - self._clock.now()).total_seconds()
            self._due_s[action.id] = self._clock.monotonic_s() + min(max(0.0, wait_s), LONGEST_PAUSE_S)

    def postponed(self, action: Action, at: datetime | None = None) -> Action:
        """Return an action that is retried after a pause, and not before `at`.

        The pause doubles with each try, from 2 s to at most 60 s, times a random factor of 0.7 to 1.3.
        """
        turns = max((step.looks - 1 for step in action.steps if step.looks), default=action.tries)
        pause_s = min(LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(turns, 10)) * self._rng.uniform(0.7, 1.3)
        if at is not None:
            asked_s = (at - self._clock.now()).total_seconds() + self._rng.uniform(0.0, 1.0)
            pause_s = max(pause_s, min(asked_s, _LONGEST_ASKED_S))
        return self._after(replace(action, tries=action.tries + 1), pause_s)

    def sooner(self, action: Action, most_s: float) -> Action:
        """Return an action that is retried within `most_s` seconds, at a random time so that not all retry at once."""
        wait_s = self._due_s.get(action.id, 0.0) - self._clock.monotonic_s()
        return self._after(action, min(max(0.0, wait_s), self._rng.uniform(0.0, most_s)))

    def now(self, action: Action) -> Action:
        """Return an action that is due now."""
        self._due_s.pop(action.id, None)
        return replace(action, next_try_at=None)

    def is_due(self, action: Action) -> bool:
        return self._due_s.get(action.id, 0.0) <= self._clock.monotonic_s()

    def pause_s(self, actions: Iterable[Action]) -> float:
        """Return the seconds until the next action is due, at most 60 so that clock jumps are noticed."""
        waiting = [due_s for action in actions if action.is_open and (due_s := self._due_s.get(action.id)) is not None]
        left_s = min(waiting, default=float("inf")) - self._clock.monotonic_s()
        return min(max(0.05, left_s), LONGEST_PAUSE_S)

    def after_jump(self, actions: Iterable[Action]) -> list[Action]:
        """Return the actions whose displayed retry time changes because the time of day has jumped (by over 5 s)."""
        offset_s = self._offset()
        jumped = abs(offset_s - self._offset_s) > _JUMP_S
        self._offset_s = offset_s
        if not jumped:
            return []
        now_s = self._clock.monotonic_s()
        return [
            self._after(action, max(0.0, self._due_s[action.id] - now_s))
            for action in actions
            if action.id in self._due_s
        ]

    def _after(self, action: Action, pause_s: float) -> Action:
        self._due_s[action.id] = self._clock.monotonic_s() + pause_s
        return replace(action, next_try_at=self._clock.now() + timedelta(seconds=pause_s))

    def _offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic_s()
