"""The client of one TM Forum system: reads records and lists page by page, and writes records."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from console.connectors.tmforum.paging import is_last_page, total_count
from console.connectors.tmforum.published import CUSTOMER_FILTERS, default_path
from console.connectors.tmforum.reading import belongs_to
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.connectors.tmforum.settings import ResourceSettings, TmForumSystem
from console.errors import BadResponseError, NotServedError, SystemCallError
from console.http import Endpoint, ReadRequest, Response, Undecodable, WriteRequest, is_strong
from console.messages import connectors as say
from console.models.customer import CustomerId
from console.models.health import CheckResult
from console.models.provenance import Damage, Origin, Records, Sourced
from console.ports.clock import Clock

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NO_CONTENT = 204  # some servers reply this for an empty list


class TmForumClient:
    """Sends requests to one configured system by resource; the connectors translate the responses."""

    def __init__(
        self,
        endpoint: Endpoint,
        system: TmForumSystem,
        clock: Clock,
        on_damage: Callable[[str, Sequence[Damage]], None],
    ) -> None:
        self.name = endpoint.system
        self.label = endpoint.label
        self.system_now = endpoint.system_now
        self._endpoint = endpoint
        self._system = system
        self._clock = clock
        self._on_damage = on_damage

    def settings(self, resource: str) -> ResourceSettings:
        return self._system.resources.get(resource) or ResourceSettings()

    async def fetch_one(
        self,
        resource: str,
        record: str,
        read: Callable[[RecordReader], T],
        *,
        parameters: Sequence[tuple[str, str]] = (),
    ) -> Sourced[T] | None:
        """Return one record, or None if the system has no record with that id.

        Raises:
            BadResponseError: The response is not a record with that id.
        """
        answer = await self._endpoint.get(self.question(resource, record=record, parameters=parameters))
        return None if answer.status == 404 else self._one(resource, record, answer, read)

    def _one(self, resource: str, record: str, answer: Response, read: Callable[[RecordReader], T]) -> Sourced[T]:
        try:
            reader = self.reader(resource, answer.value, answer.read_at)
            identifier = reader.identifier()
            value = read(reader)
        except MalformedRecordError as error:
            self._report([Damage(resource, record, str(error))])
            raise self.bad_answer(f"its {resource} cannot be read: {error}", "RECORD") from error
        if record and identifier.casefold() != record.casefold():
            raise self.bad_answer(f"it answered with another {resource} than asked for", "OTHER")
        self._report(Damage(resource, identifier, problem, lost=False) for problem in reader.problems)
        version = answer.etag or _version(reader)
        return Sourced(value, Origin(self.name, resource, id=identifier, version=version, read_at=answer.read_at))

    async def fetch_of_customer(
        self,
        resource: str,
        customer_id: CustomerId,
        read: Callable[[RecordReader], T],
        *,
        after: int = 0,
        parameter: str | None = None,
        whole: int | None = None,
    ) -> Records[T]:
        """Return one customer's records of a resource, in the order of the `sort` setting.

        `parameter` is the query parameter that selects the customer, if the standard has a special one for this
        resource. `whole` raises the record limit, see `fetch_many`.

        Raises:
            BadResponseError: The response is not a list, or contains records of other customers.
        """
        settings = self.settings(resource)
        parameters = [("sort", settings.sort)] if settings.sort else []
        if not settings.look_through:
            usual = parameter or CUSTOMER_FILTERS[settings.version]
            chosen = usual if settings.customer_filter is None else settings.customer_filter
            if not chosen:
                raise self._not_served(f"{self.label} cannot be asked for one customer's {resource}.")
            parameters.insert(0, (chosen, customer_id))

        def is_own(reader: RecordReader) -> bool:
            return belongs_to(reader, customer_id, surely=settings.look_through)

        return await self.fetch_many(
            resource,
            parameters,
            read,
            is_asked_for=is_own,
            drop_others=settings.look_through,
            after=after,
            whole=whole,
        )

    def _limit(self, most: int | None, whole: int | None) -> int:
        record_limit = self._system.record_limit
        return max(whole, record_limit) if whole is not None else min(most or record_limit, record_limit)

    async def fetch_many(
        self,
        resource: str,
        parameters: Sequence[tuple[str, str]],
        read: Callable[[RecordReader], T],
        *,
        is_asked_for: Callable[[RecordReader], bool] = lambda _reader: True,
        drop_others: bool = False,
        most: int | None = None,
        after: int = 0,
        whole: int | None = None,
    ) -> Records[T]:
        """Return a list from offset `after` on: all pages up to the record limit (or `most`), in the system's order.

        `whole` raises the record limit for lists that are only useful complete, such as a bill's lines.

        A server that does not support a filter returns records of all customers. These must never be shown as this
        customer's records. If `is_asked_for` is False, the record is dropped (`drop_others`) or the whole list fails.

        Raises:
            BadResponseError: The response is not a list, or contains records that were not requested.
        """
        limit = self._limit(most, whole)
        page_size = min(self.settings(resource).page_size or self._system.page_size, limit)
        taken = _Taken(self, resource, read, is_asked_for, drop_others=drop_others)
        offset, complete = after, True
        while True:
            answer, page = await self._page(resource, parameters, offset, page_size)
            brought_new = taken.take(page, self._spelling(resource, answer.read_at), answer.read_at)
            offset += len(page)
            if not brought_new or is_last_page(answer.headers, len(page), offset - after, page_size):
                break
            if offset - after >= limit:
                complete = False
                break
        self._report(taken.damaged)
        total = total_count(answer.headers)
        return Records(
            tuple(taken.found.values()),
            answer.read_at,
            complete=complete,
            total=total if total is not None and total >= offset and not drop_others else None,
            damaged=tuple(taken.damaged),
            next_offset=None if complete else offset,
        )

    async def query(self, resource: str, criteria: Mapping[str, Any], read: Callable[[RecordReader], T]) -> Sourced[T]:
        """Return the response to a query that is sent by POST; it changes nothing at the system.

        Raises:
            BadResponseError: The response is not a valid record.
        """
        question = replace(self.question(resource), query=json.dumps(criteria).encode())
        answer = await self._endpoint.get(question)
        if answer.status == 404:
            raise self._no_such_path(resource)
        return self._one(resource, "", answer, read)

    async def fetch_raw(
        self, resource: str, record: str, *, owner: str | None = None
    ) -> tuple[dict[str, Any], str | None]:
        """Return one current, untranslated record and its ETag if that is a strong one; no cached response is used.

        A write must send back fields that it does not change. `owner` is the customer that the record must belong to.

        Raises:
            BadResponseError: The record was not found, is not an object, or belongs to another customer.
        """
        if not record:
            raise self.bad_answer(f"it has not said which {resource} is meant", "NO-ID")
        answer = await self._endpoint.get(replace(self.question(resource, record=record), fresh=True))
        if answer.status == 404 or not isinstance(answer.value, dict):
            raise self.bad_answer(f"it has no {resource} of that number", "404")
        if owner is not None and not belongs_to(self.reader(resource, answer.value), owner):
            raise self.bad_answer(f"the {resource} of that number is another customer's", "OTHERS")
        return answer.value, answer.etag if answer.etag and is_strong(answer.etag) else None

    async def fetch_page_now(
        self, resource: str, parameters: Sequence[tuple[str, str]], offset: int
    ) -> tuple[list[Any], int]:
        """Return one current, untranslated page of a list and the requested page size; no cached response is used."""
        _, page = await self._page(resource, parameters, offset, self._system.page_size, fresh=True)
        return page, self._system.page_size

    async def create(self, resource: str, body: Mapping[str, Any], *, key: str) -> str:
        """Create a record and return the id from the response, empty if the response has none."""
        question = self.question(resource)
        command = WriteRequest(question.base, question.resource, _json(body), key)
        return _id_of(await self._endpoint.send(command))

    async def patch(
        self, resource: str, record: str, body: Mapping[str, Any], *, key: str, version: str | None
    ) -> None:
        """Change a record by a merge patch (RFC 7396), if it still has that `version`.

        Raises:
            BadResponseError: `record` is empty.
        """
        if not record:
            raise self.bad_answer(f"it has not said which {resource} is meant", "NO-ID")
        question = self.question(resource)
        await self._endpoint.send(
            WriteRequest(question.base, question.resource, body=_json(body), key=key, record=record, version=version)
        )

    async def fetch_document(self, resource: str, address: str) -> bytes:
        """Return the bytes of a document at an address from a record of this system.

        Raises:
            BadResponseError: No document was found, or the address is on another server.
        """
        answer = await self._endpoint.get(ReadRequest("", resource, address=address))
        if answer.status == 404 or not isinstance(answer.value, bytes) or not answer.value:
            raise self.bad_answer("the document is not where its record says", "404")
        return answer.value

    async def check(self, resources: Iterable[str]) -> list[CheckResult]:
        """Return the result and duration (ms) of a request for one record of each resource; never raises."""
        results = []
        for resource in resources:
            started_s = self._clock.monotonic_s()
            problem = None
            try:
                self._endpoint.probe(self.question(resource, parameters=self.paging(resource, 0, 1)))
                await self._page(resource, (), 0, 1)
            except SystemCallError as error:
                problem = f"{error} ({error.code})"
            results.append(CheckResult(resource, (self._clock.monotonic_s() - started_s) * 1000, problem))
        return results

    def bad_answer(self, what: str, code: str) -> BadResponseError:
        return BadResponseError(
            say.NOT_UNDERSTOOD(label=self.label, what=what), system=self.name, code=f"{self.name.upper()}-{code}"
        )

    async def _page(
        self, resource: str, parameters: Sequence[tuple[str, str]], offset: int, limit: int, *, fresh: bool = False
    ) -> tuple[Response, list[Any]]:
        paging = self.paging(resource, offset, limit)
        question = self.question(resource, parameters=(*parameters, *paging))
        answer = await self._endpoint.get(replace(question, fresh=fresh))
        if answer.status == 404:
            if self.settings(resource).empty_is_404:
                return answer, []
            raise self._no_such_path(resource)
        if answer.status == _NO_CONTENT:
            return answer, []
        if not isinstance(answer.value, list):
            raise self.bad_answer(f"its answer for {resource} is not a list", "NO-LIST")
        return answer, answer.value

    def _no_such_path(self, resource: str) -> BadResponseError:
        return self.bad_answer(f"it serves no {resource} at the configured path", "404")

    def paging(self, resource: str, offset: int, limit: int) -> tuple[tuple[str, str], ...]:
        """Return the query parameters for one page of a list."""
        return (("offset", str(offset)), (self.settings(resource).limit_parameter, str(limit)))

    def question(
        self, resource: str, *, record: str | None = None, parameters: Sequence[tuple[str, str]] = ()
    ) -> ReadRequest:
        """Return the read request for a resource at this system.

        Raises:
            NotServedError: The settings say that the system does not serve the resource.
        """
        settings = self.settings(resource)
        if not settings.served:
            raise self._not_served(f"{self.label} has no {resource}: it does not serve that part of the standard.")
        base = settings.path or default_path(resource, settings.version)
        return ReadRequest(base, settings.name or resource, record, tuple(parameters))

    def reader(self, resource: str, value: Any, read_at: datetime | None = None) -> RecordReader:
        """Return a reader of a record in this system's dialect; `read_at` is when the record was read, by default now.

        Raises:
            MalformedRecordError: The value is not a JSON object.
        """
        return _reader(value, self._spelling(resource, read_at))

    def _spelling(self, resource: str, read_at: datetime | None) -> WireDialect:
        settings = self.settings(resource)
        return WireDialect(
            self._system.currency,
            minor=self._system.money == "minor",
            names=settings.attributes,
            values=settings.values,
            customer_role=settings.customer_role,
            read_at=read_at,
            decimal_mark=self._system.decimal_mark,
        )

    def _not_served(self, sentence: str) -> NotServedError:
        return NotServedError(sentence, system=self.name, code=f"{self.name.upper()}-NOT-SERVED")

    def _report(self, damaged: Iterable[Damage]) -> None:
        found = list(damaged)
        if found:
            self._on_damage(self.name, found)


class _Taken(Generic[T]):
    """The records collected from all pages of a list so far, by id, and the damaged ones."""

    def __init__(
        self,
        client: TmForumClient,
        resource: str,
        read: Callable[[RecordReader], T],
        is_asked_for: Callable[[RecordReader], bool],
        *,
        drop_others: bool,
    ) -> None:
        self.found: dict[str, Sourced[T]] = {}
        self.damaged: list[Damage] = []
        self._seen: set[str] = set()
        self._client = client
        self._resource = resource
        self._read = read
        self._is_asked_for = is_asked_for
        self._drop_others = drop_others

    def take(self, page: Sequence[Any], dialect: WireDialect, read_at: datetime) -> bool:
        """Add a page's records; return whether any was new. A server that cannot page repeats the first page.

        Raises:
            BadResponseError: The page contains records that were not requested.
        """
        before = len(self._seen) + len(self.damaged)
        for element in page:
            try:
                reader = _reader(element, dialect)
                identifier = reader.identifier()
            except MalformedRecordError as error:
                self.damaged.append(Damage(self._resource, None, str(error)))
                continue
            if self._is_asked_for(reader):
                self._take_one(identifier, reader, read_at)
            elif not self._drop_others:
                raise self._client.bad_answer(f"it ignores the filter for the asked {self._resource}", "FILTER")
            self._seen.add(identifier)
        return len(self._seen) + len(self.damaged) > before

    def _take_one(self, identifier: str, reader: RecordReader, read_at: datetime) -> None:
        """Translate one record, or add its damage; of two records with the same id the first is used."""
        try:
            value = self._read(reader)
        except MalformedRecordError as error:
            self.damaged.append(Damage(self._resource, identifier, str(error)))
            return
        self.damaged += [Damage(self._resource, identifier, problem, lost=False) for problem in reader.problems]
        origin = Origin(self._client.name, self._resource, id=identifier, version=_version(reader), read_at=read_at)
        self.found.setdefault(identifier, Sourced(value, origin))


def _reader(value: Any, dialect: WireDialect) -> RecordReader:
    if isinstance(value, Undecodable):
        raise MalformedRecordError("it is not valid JSON")
    return RecordReader(value, dialect)


def _json(body: Mapping[str, Any]) -> bytes:
    """Return the JSON body to send; amounts are written as exact decimals."""
    return _ENCODER.encode(body)


def _id_of(answer: Response) -> str:
    """Return the id of the created record, from the body or the Location header."""
    if isinstance(answer.value, dict) and answer.value.get("id"):
        return str(answer.value["id"])
    return answer.headers.get("location", "").rstrip("/").rpartition("/")[2]


def _version(reader: RecordReader) -> str | None:
    return reader.text("lastUpdate") or reader.text("lastModified")
