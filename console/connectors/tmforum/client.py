"""Asking one TM Forum system: single records and whole lists, page by page, each record on its own."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from console.connectors.tmforum.wire import MalformedRecordError, Reader
from console.errors import BadAnswerError, SystemCallError
from console.http import Answer, Endpoint, Question, Undecodable
from console.models.health import CheckResult
from console.models.provenance import Damage, Origin, Records, Sourced
from console.ports.clock import Clock
from console.settings import DEFAULT_PATHS, Resource, System

T = TypeVar("T")
_log = logging.getLogger(__name__)


class TmForumClient:
    """One configured system, spoken to by resource; the connectors translate what it returns."""

    def __init__(
        self, endpoint: Endpoint, system: System, clock: Clock, on_damage: Callable[[str, Sequence[Damage]], None]
    ) -> None:
        self.name = endpoint.system
        self.label = endpoint.label
        self._endpoint = endpoint
        self._system = system
        self._clock = clock
        self._on_damage = on_damage

    def settings(self, resource: str) -> Resource:
        return self._system.resources.get(resource) or Resource()

    async def fetch_one(self, resource: str, record: str, translate: Callable[[Reader], T]) -> Sourced[T] | None:
        """Return one record, or None where the system has none of that id.

        Raises:
            BadAnswerError: What came is not such a record.
        """
        answer = await self._endpoint.get(self._question(resource, record=record))
        return None if answer.status == 404 else self._one(resource, record, answer, translate)

    def _one(self, resource: str, record: str, answer: Answer, translate: Callable[[Reader], T]) -> Sourced[T]:
        try:
            reader = self._reader(answer.value)
            identifier = reader.identifier()
            value = translate(reader)
        except MalformedRecordError as error:
            self._report([Damage(resource, record, str(error))])
            raise self.bad_answer(f"its {resource} cannot be read: {error}", "RECORD") from error
        self._report(Damage(resource, identifier, problem, lost=False) for problem in reader.problems)
        version = answer.etag or _version(reader)
        return Sourced(value, Origin(self.name, resource, identifier, version, answer.read_at))

    async def fetch_many(
        self,
        resource: str,
        parameters: Sequence[tuple[str, str]],
        translate: Callable[[Reader], T],
        *,
        owner: str | None = None,
        most: int | None = None,
        after: int = 0,
    ) -> Records[T]:
        """Return a list from an offset on, all its pages up to the record limit (or `most`), in the system's order.

        `owner` is the customer the list is of: a server that does not know the filter answers with everybody's
        records, and those must never be shown as this customer's.

        Raises:
            BadAnswerError: What came is no list, or holds other customers' records.
        """
        limit = min(most or self._system.record_limit, self._system.record_limit)
        found: dict[str, Sourced[T]] = {}
        damaged: list[Damage] = []
        offset, total, complete = after, None, True
        while True:
            answer, page = await self._page(resource, parameters, offset, min(self._system.page_size, limit))
            before = len(found) + len(damaged)
            for element in page:
                self._take(resource, element, translate, answer, owner, found, damaged)
            offset += len(page)
            total = _total(answer)
            if not page or len(found) + len(damaged) == before or _is_last(answer, offset, total):
                break
            if offset - after >= limit:
                complete = False
                break
        self._report(damaged)
        trusted = total if total is not None and total >= offset else None
        next_offset = None if complete else offset
        return Records(tuple(found.values()), answer.read_at, complete, trusted, tuple(damaged), next_offset)

    async def ask(self, resource: str, criteria: Mapping[str, Any], translate: Callable[[Reader], T]) -> Sourced[T]:
        """Return the answer to a query that is asked by POST; nothing is changed by it.

        Raises:
            BadAnswerError: What came is not such a record.
        """
        question = replace(self._question(resource), query=json.dumps(criteria).encode())
        return self._one(resource, "", await self._endpoint.get(question), translate)

    async def fetch_document(self, resource: str, address: str) -> bytes:
        """Return the bytes of a document at an address that a record of this system gave.

        Raises:
            BadAnswerError: There is none, or the address leads to another server.
        """
        answer = await self._endpoint.get(Question("", resource, address=address))
        if answer.status == 404 or not isinstance(answer.value, bytes) or not answer.value:
            raise self.bad_answer("the document is not where its record says", "404")
        return answer.value

    async def check(self, resources: Iterable[str]) -> list[CheckResult]:
        """Return what each resource says to a question for one record; never raises."""
        results = []
        for resource in resources:
            started_s = self._clock.monotonic_s()
            problem = None
            self._endpoint.probe(self._question(resource, parameters=_paging(0, 1)))
            try:
                await self._page(resource, (), 0, 1)
            except SystemCallError as error:
                problem = f"{error} ({error.code})"
            results.append(CheckResult(resource, (self._clock.monotonic_s() - started_s) * 1000, problem))
        return results

    def bad_answer(self, what: str, code: str) -> BadAnswerError:
        return BadAnswerError(
            f"{self.label} cannot be understood: {what}.", system=self.name, code=f"{self.name.upper()}-{code}"
        )

    async def _page(
        self, resource: str, parameters: Sequence[tuple[str, str]], offset: int, limit: int
    ) -> tuple[Answer, list[Any]]:
        answer = await self._endpoint.get(self._question(resource, parameters=(*parameters, *_paging(offset, limit))))
        if answer.status == 404:
            raise self.bad_answer(f"it serves no {resource} at the configured path", "404")
        if not isinstance(answer.value, list):
            raise self.bad_answer(f"its answer for {resource} is not a list", "NO-LIST")
        return answer, answer.value

    def _take(
        self,
        resource: str,
        element: Any,
        translate: Callable[[Reader], T],
        answer: Answer,
        owner: str | None,
        found: dict[str, Sourced[T]],
        damaged: list[Damage],
    ) -> None:
        """Translate one record into `found`, or note its damage."""
        identifier = None
        try:
            reader = self._reader(element)
            identifier = reader.identifier()
            if owner is not None and not belongs_to(reader, owner):
                raise self.bad_answer(f"it ignores the filter for one customer's {resource}", "FILTER")
            value = translate(reader)
        except MalformedRecordError as error:
            damaged.append(Damage(resource, identifier, str(error)))
            return
        damaged += [Damage(resource, identifier, problem, lost=False) for problem in reader.problems]
        found.setdefault(
            identifier, Sourced(value, Origin(self.name, resource, identifier, _version(reader), answer.read_at))
        )

    def _question(
        self, resource: str, *, record: str | None = None, parameters: Sequence[tuple[str, str]] = ()
    ) -> Question:
        settings = self.settings(resource)
        base = settings.path or DEFAULT_PATHS[self._system.kind][resource]
        return Question(base, settings.name or resource, record, tuple(parameters))

    def _reader(self, value: Any) -> Reader:
        if isinstance(value, Undecodable):
            raise MalformedRecordError("it is not valid JSON")
        return Reader(value, currency=self._system.currency, minor=self._system.money == "minor")

    def _report(self, damaged: Iterable[Damage]) -> None:
        found = list(damaged)
        if found:
            for damage in found[:3]:
                _log.warning("%s: a %s is damaged: %s", self.name, damage.resource, damage.reason)
            self._on_damage(self.name, found)


def _paging(offset: int, limit: int) -> tuple[tuple[str, str], ...]:
    return (("offset", str(offset)), ("limit", str(limit)))


def belongs_to(reader: Reader, owner: str) -> bool:
    """Return whether a record may be this customer's; one that names no customer is believed."""
    named = [party for key in ("relatedParty", "payer", "requestor") for party in reader.parts(key)]
    parties = [party for party in named if (party.text("role") or "customer").lower() == "customer"]
    return not parties or any(party.text("id") == owner for party in parties)


def _version(reader: Reader) -> str | None:
    return reader.text("lastUpdate") or reader.text("lastModified")


def _total(answer: Answer) -> int | None:
    text = answer.headers.get("x-total-count", "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _is_last(answer: Answer, offset: int, total: int | None) -> bool:
    """Return whether nothing follows this page, as far as the server can be believed.

    A count is believed when it is exactly what was read so far. Servers cap pages silently, so a short page proves
    nothing: without a count to believe and without a Link, the page after it is asked for and comes back empty.
    """
    if 'rel="next"' in answer.headers.get("link", "") or "rel=next" in answer.headers.get("link", ""):
        return False
    if "link" in answer.headers:
        return True
    return total == offset
