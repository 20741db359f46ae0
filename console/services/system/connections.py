"""Health of each system, updated with every response, and the connection test."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from console.models.health import CheckResult, Exchange, SystemHealth, SystemState
from console.models.provenance import Damage
from console.ports.systems import Systems
from console.services.system.subscribers import Subscribers

_log = logging.getLogger(__name__)
# A response that takes longer than this is slow.
_SLOW_MS = 2000.0
# Damaged records: remembered per system, and logged per response.
_MOST_DAMAGES = 50
_MOST_LOGGED = 3

HealthCallback = Callable[[SystemHealth, SystemState], None]


class HealthBoard:
    """The state of all systems; the start and the end of an outage are logged once each."""

    def __init__(self, systems: Sequence[str]) -> None:
        self._health = {name: SystemHealth(name) for name in systems}
        self._damages: dict[str, list[Damage]] = {name: [] for name in systems}
        self._subscribers: Subscribers[[SystemHealth, SystemState]] = Subscribers()

    def health(self, system: str) -> SystemHealth:
        return self._health[system]

    def damages(self, system: str) -> Sequence[Damage]:
        """Return the latest 50 unreadable records and values of a system, newest last."""
        return tuple(self._damages[system])

    def subscribe(self, on_change: HealthCallback) -> Callable[[], None]:
        """Call back with a system's health and previous state on each response; return a function to unsubscribe."""
        return self._subscribers.add(on_change)

    def note(self, exchange: Exchange) -> None:
        """Update a system's state with the result of one request."""
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
            # Without the error text: it may contain a customer's data. The log line of the request has its code.
            _log.warning("%s %s", exchange.system, "is down" if state is SystemState.DOWN else "is back")
        self._subscribers.notify(after, before.state)

    def note_damage(self, system: str, damages: Sequence[Damage]) -> None:
        """Count unreadable records and values, save the latest 50 and log the first three."""
        for damage in damages[:_MOST_LOGGED]:
            _log.warning("%s: a %s is damaged: %s", system, damage.resource, damage.reason)
        kept = self._damages[system]
        kept += damages
        del kept[:-_MOST_DAMAGES]
        now = self._health[system]
        self._health[system] = replace(now, damaged_records=now.damaged_records + len(damages))
        self._subscribers.notify(self._health[system], now.state)


class ConnectionTests:
    """Tests the connection to a system on demand."""

    def __init__(self, systems: Systems) -> None:
        self._systems = {system.name: system.checked for system in systems.every}

    async def test(self, system: str) -> Sequence[CheckResult]:
        """Return the result of a small request to each API of a system, in the system's order; never raises."""
        return await self._systems[system].check()
