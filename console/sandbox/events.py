"""Events about changed records: sent to registered addresses (`/hub`) and to clients of the event stream."""

import asyncio
import http.client
import itertools
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from console.sandbox.clock import SandboxClock
from console.sandbox.resources import Resource
from console.sandbox.resources.shapes import instant
from console.sandbox.storage import SystemStore

_log = logging.getLogger(__name__)
_REMEMBERED = 1000
_HEARTBEAT_S = 15.0
_TRIES = 3
_TIME_LIMIT_S = 5.0


class Events:
    """The events of one system, newest last. The latest 1,000 are stored for clients that reconnect."""

    def __init__(self, system: str, store: SystemStore, clock: SandboxClock) -> None:
        self._system = system
        self._store = store
        self._clock = clock
        self._numbers = itertools.count(1)
        self._latest: deque[tuple[int, dict[str, Any]]] = deque(maxlen=_REMEMBERED)
        self._listeners: set[asyncio.Queue[tuple[int, dict[str, Any]] | None]] = set()
        self._deliveries: set[asyncio.Task[None]] = set()

    def tell(self, resource: Resource, what: str, record: dict[str, Any]) -> None:
        """Send an event about a record: Create, AttributeValueChange, StateChange, StatusChange or Delete."""
        number = next(self._numbers)
        name = f"{resource.name[0].upper()}{resource.name[1:]}{what}Event"
        event = {
            "eventId": f"{self._system}-{number}",
            "eventTime": instant(self._clock.now()),
            "eventType": name,
            "domain": self._system,
            "title": f"{resource.name} {what}",
            "event": {resource.name: record},
        }
        self._latest.append((number, event))
        for queue in self._listeners:
            queue.put_nowait((number, event))
        for _, base, callback, query in self._store.hubs():
            if base == resource.base and _wants(query, name):
                address = f"{callback.rstrip('/')}/listener/{resource.name}{what}Event"
                self._deliver(address, msgspec.json.encode(event))

    def since(self, number: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the stored events after the event with a number."""
        yield from (item for item in list(self._latest) if item[0] > number)

    async def stream(self, last: int | None) -> AsyncIterator[bytes]:
        """Yield events as they happen, as server-sent events; `last` is the number of the last known event."""
        queue: asyncio.Queue[tuple[int, dict[str, Any]] | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield b"retry: 2000\n\n"
            for number, event in self.since(last) if last is not None else ():
                yield _as_sse(number, event)
            while True:
                try:
                    item = await asyncio.wait_for(queue.get(), _HEARTBEAT_S)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if item is None:
                    return
                yield _as_sse(*item)
        finally:
            self._listeners.discard(queue)

    async def close(self) -> None:
        """End all streams and cancel open deliveries."""
        for queue in self._listeners:
            queue.put_nowait(None)
        for task in self._deliveries:
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    def _deliver(self, address: str, body: bytes) -> None:
        task = asyncio.get_running_loop().create_task(_post(address, body))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)


def _wants(query: str, name: str) -> bool:
    """Return whether a registration gets an event: `eventType=...` selects events, any other query gets all."""
    wanted = parse_qs(query).get("eventType")
    return not wanted or name.lower() in {part.lower() for value in wanted for part in value.split(",")}


def _as_sse(number: int, event: dict[str, Any]) -> bytes:
    data = msgspec.json.encode(event).decode()
    return f"id: {number}\nevent: {event['eventType']}\ndata: {data}\n\n".encode()


async def _post(address: str, body: bytes) -> None:
    for attempt in range(_TRIES):
        try:
            await asyncio.to_thread(_post_once, address, body)
        except (OSError, http.client.HTTPException) as error:
            _log.info("a listener did not take its event (%s)", type(error).__name__)
            await asyncio.sleep(2.0**attempt)
        else:
            return


def _post_once(address: str, body: bytes) -> None:
    parts = urlsplit(address)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=_TIME_LIMIT_S)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        if connection.getresponse().status >= 300:
            raise http.client.HTTPException("refused")
    finally:
        connection.close()
