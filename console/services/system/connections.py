"""How each system is doing, judged by every answer it gives, and the test of its connection."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from console.models.health import CheckResult, Exchange, SystemHealth, SystemState
from console.models.provenance import Damage
from console.ports.systems import Systems
from console.services.system.subscribers import Subscribers

_log = logging.getLogger(__name__)
_SLOW_MS = 2000.0
_MOST_DAMAGES = 50
_MOST_LOGGED = 3

HealthCallback = Callable[[SystemHealth, SystemState], None]


class HealthBoard:
    """The state of all systems; an outage is logged once, and so is its end."""

    def __init__(self, systems: Sequence[str]) -> None:
        self._health = {name: SystemHealth(name) for name in systems}
        self._damages: dict[str, list[Damage]] = {name: [] for name in systems}
        self._subscribers: Subscribers[[SystemHealth, SystemState]] = Subscribers()

    def health(self, system: str) -> SystemHealth:
        return self._health[system]

    def damages(self, system: str) -> Sequence[Damage]:
        """Return the latest records and values of a system that could not be read, newest last."""
        return tuple(self._damages[system])

    def subscribe(self, on_change: HealthCallback) -> Callable[[], None]:
        """Call back with a system's health and its state before, on every answer; return what ends that."""
        return self._subscribers.add(on_change)

    def note(self, exchange: Exchange) -> None:
        """Take note of how one request ended."""
        before = self._health[exchange.system]
        if exchange.unavailable:
            state = SystemState.DOWN
        elif exchange.sign_in_rejected:
            state = SystemState.REFUSING
        elif exchange.unreadable:
            state = SystemState.UNREADABLE
        else:
            state = SystemState.SLOW if exchange.elapsed_ms > _SLOW_MS else SystemState.ANSWERING
        answered = not exchange.unavailable
        after = replace(
            before,
            state=state,
            since=before.since if state is before.state else exchange.at,
            last_answer_at=exchange.at if answered else before.last_answer_at,
            last_ms=exchange.elapsed_ms if answered else before.last_ms,
            failure=exchange.failure,
        )
        self._health[exchange.system] = after
        if (state is SystemState.DOWN) != (before.state is SystemState.DOWN):
            # Without the sentence: a system's own words may hold a customer's data. The request's line has its code.
            _log.warning("%s %s", exchange.system, "is down" if state is SystemState.DOWN else "is back")
        self._subscribers.notify(after, before.state)

    def note_damage(self, system: str, damages: Sequence[Damage]) -> None:
        """Count records and values that could not be read, keep the latest of them and log the first."""
        for damage in damages[:_MOST_LOGGED]:
            _log.warning("%s: a %s is damaged: %s", system, damage.resource, damage.reason)
        kept = self._damages[system]
        kept += damages
        del kept[:-_MOST_DAMAGES]
        now = self._health[system]
        self._health[system] = replace(now, damaged_records=now.damaged_records + len(damages))
        self._subscribers.notify(self._health[system], now.state)


class Connections:
    """Tests the connection to each system on demand."""

    def __init__(self, systems: Systems) -> None:
        self._systems = {system.name: system.checked for system in systems.every}

    async def test(self, system: str) -> Sequence[CheckResult]:
        """Return what each API of a system says to a small question, in the system's order; never raises."""
        return await self._systems[system].check()
