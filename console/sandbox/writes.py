"""Writes: new records and patches, conditional on a version, and done once per idempotency key."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.sandbox import mandatory
from console.sandbox.clock import SandboxClock
from console.sandbox.events import Events
from console.sandbox.faults import FaultState
from console.sandbox.lifecycle import Lifecycle
from console.sandbox.records import Record, SystemRecords
from console.sandbox.resources import Resource
from console.sandbox.resources.shapes import instant
from console.sandbox.storage import SystemStore
from console.sandbox.v5 import Shape

_PATCH_TYPES = {"application/json", "application/merge-patch+json"}
_KEYS_KEPT = timedelta(days=30)
# Delay of a write with the quirk `writes-202`.
_ACCEPTED_FOR_S = 1.0
# Attributes with the time of the last change, if a resource has one.
_CHANGED = ("lastModified", "lastUpdate")


class Writes:
    """The writes of one system."""

    def __init__(
        self,
        records: SystemRecords,
        store: SystemStore,
        events: Events,
        lifecycle: Lifecycle,
        *,
        clock: SandboxClock,
        state: FaultState,
        address: Callable[[], str],
    ) -> None:
        self._records, self._store, self._events, self._lifecycle = records, store, events, lifecycle
        self._clock, self._state, self._address = clock, state, address
        self._later: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------ conditions

    def check_kind(self, request: Request) -> None:
        """Reject a patch (415) whose content type this server does not accept."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        taken = {"application/json"} if "merge-patch-refused" in self._state.quirks else _PATCH_TYPES
        if kind not in taken:
            raise HTTPException(415, f"a patch is one of {', '.join(sorted(taken))}")

    def check_version(self, request: Request, etag: str) -> None:
        """Reject a write (412) whose `If-Match` names another version of the record."""
        wanted = request.headers.get("if-match")
        if wanted is not None and "versions-absent" not in self._state.quirks and wanted not in {etag, "*"}:
            raise HTTPException(412, "the record was changed meanwhile", headers={"ETag": etag})

    async def once(self, request: Request, do: Callable[[], Record], status: int, *, later: bool = False) -> Record:
        """Return the record that a write made; a repeat with the same key returns the first record.

        The key expires after 30 days. With `later` the write is done 1 s later, and a placeholder is returned.

        Raises:
            HTTPException: The key was used for another request (422).
        """
        key = request.headers.get("idempotency-key")
        if key is None or "keys-ignored" in self._state.quirks:
            return self._start(do) if later else do()
        asked = hashlib.blake2b(
            f"{request.method} {request.url.path}\n".encode() + await request.body(), digest_size=16
        ).hexdigest()
        known = self._store.answered(key)
        if known is not None:
            if known[0] != asked:
                raise HTTPException(422, "this idempotency key was used for something else")
            record: Record = msgspec.json.decode(known[2])
            return record
        record = self._start(do) if later else do()
        now = self._clock.now()
        self._store.forget_answers(instant(now - _KEYS_KEPT))
        self._store.keep_answer(key, asked, status, msgspec.json.encode(record).decode(), instant(now))
        return record

    def _start(self, do: Callable[[], Record]) -> Record:
        """Start a write that is done 1 s later, and return a placeholder."""

        async def wait() -> None:
            await asyncio.sleep(_ACCEPTED_FOR_S)
            do()

        task = asyncio.create_task(wait(), name="a write accepted before")
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return {"id": "accepted"}

    # ------------------------------------------------------------------ records

    def create(self, resource: Resource, shape: Shape, body: Record) -> Record:
        """Create a record, send its event and return it.

        Raises:
            HTTPException: A mandatory attribute is missing, or an attribute has the wrong type (400).
        """
        lacking = [shape.names.get(name, name) for name in resource.needed if body.get(name) in (None, "", [], {})]
        if shape.is_plain:  # the mandatory attributes are those of version 4
            lacking += dict.fromkeys(mandatory.missing(resource.name, body))
        if lacking:
            raise HTTPException(400, f"a {resource.name} needs {', '.join(lacking)}")
        base = f"{self._address()}{resource.base}/{resource.name}/"
        try:
            record = self._records.create(resource, lambda number: base + number, body, self._clock.now())
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            raise HTTPException(400, f"an attribute of this {resource.name} is of the wrong kind") from error
        self._events.tell(resource, "Create", record)
        return self._lifecycle.settle(resource, record, instant(self._clock.now()))

    def change(self, resource: Resource, before: Record, patch: Record) -> Record:
        """Change a record by a merge patch.

        Raises:
            HTTPException: The patch changes a fixed attribute (400), or the state change is not allowed (409).
        """
        fixed = {"id", "href"} if resource.changeable is None else set(patch) - resource.changeable
        rejected = sorted(name for name in fixed & patch.keys() if patch[name] != before.get(name))
        if rejected:
            raise HTTPException(400, f"{', '.join(rejected)} cannot be changed")
        now = self._clock.now()
        after = merge(before, patch)
        after |= {name: instant(now) for name in _CHANGED if name in before}
        old, new = str(before.get(resource.state)), str(after.get(resource.state))
        if old != new and resource.steps and new not in resource.steps.get(old, frozenset()):
            raise HTTPException(409, f"a {resource.name} that is {old} cannot become {new}")
        if old != new:
            return self._lifecycle.move(resource, after, new, now, str(patch.get("statusChangeReason") or ""))
        self._records.change(resource, after, now)
        self._events.tell(resource, "AttributeValueChange", after)
        return after


def merge(record: Record, patch: Record) -> Record:
    """Return a record with a merge patch applied. Source: RFC 7396."""
    merged = dict(record)
    for key, value in patch.items():
        before = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = merge(before if isinstance(before, dict) else {}, value)
        else:
            merged[key] = value
    return merged


async def read_object(request: Request) -> Record:
    """Return the JSON object in a request's body."""
    try:
        body = msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(400, "the body is not valid JSON") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "the body must be a JSON object")
    return body
