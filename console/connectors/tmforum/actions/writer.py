"""The writer of a step, and base classes for the two usual kinds: create and patch. See the port `ActingSystem`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

from console.connectors.tmforum import record_search
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.published import CUSTOMER_FILTERS, default_path
from console.connectors.tmforum.record_reader import RecordReader
from console.errors import BadResponseError, ConflictError, RejectedError, SystemCallError
from console.models.outbox import Action, Step
from console.models.payload import Payload
from console.models.same_value import same_value
from console.ports.acting import LookupResult, RemoteState, StepOutcome

_MARK = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}(?:-[0-9a-z-]+)?")
# The clocks of a system and this computer differ, and a system may use the time at which it saved the record.
_CLOCKS_APART = timedelta(minutes=10)


class Writer(Protocol):
    """Carries out one kind of step. See `ActingSystem` for the guarantees of each method."""

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        """Return the current values of the fields that the step would change."""

    async def perform(self, client: TmForumClient, action: Action, step: Step, *, version: str | None) -> str:
        """Carry out the step; return the id from the response."""

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        """Return whether the step was carried out, and which record shows it."""


@dataclass(frozen=True, slots=True)
class _Search:
    """The result of a list search: records with the step's mark, similar ones without a mark, and if it is complete."""

    marked: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    alike: tuple[str, ...] = ()
    is_whole: bool = False


class Created:
    """A step that creates a record. The record has the step's mark, by which it is found again.

    `selected_by` is the parameter that selects one customer's records, if the standard has a special one.
    """

    resource: ClassVar[str]
    selected_by: ClassVar[str | None] = None

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        """Return the record to create, without its mark."""
        raise TypeError(f"{type(self).__name__} does not say what it makes")

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        """Return the values by which two records count as the same; only None if they are unknown."""
        raise TypeError(f"{type(self).__name__} does not say what its records are about")

    def made_at(self, record: RecordReader) -> datetime | None:
        """Return the creation time in a record, None if it has none."""
        return record.when("creationDate")

    def mark(self, action: Action, step: Step) -> str:
        """Return the mark by which the record is found again."""
        return mark_of(step)

    def marked(self, client: TmForumClient, body: dict[str, Any], mark: str) -> dict[str, Any]:
        """Return a record with the mark added."""
        if client.settings(self.resource).version == "v5":
            own = {"@type": "ExternalIdentifier", "id": mark, "owner": "agent-console"}
            return {**body, "externalIdentifier" if self.resource == "troubleTicket" else "externalId": [own]}
        return {**body, "externalId": mark}

    def marks(self, record: Mapping[str, Any]) -> set[str]:
        """Return all values in the fields for marks of a record, from any author."""
        found: set[str] = set()
        for name in ("externalId", "externalIdentifier"):
            held = record.get(name)
            found |= {held} if isinstance(held, str) else set()
            found |= {str(one["id"]) for one in _listed(held) if isinstance(one, dict) and one.get("id")}
        return found

    def finding(self, client: TmForumClient, action: Action, step: Step, record: Mapping[str, Any]) -> LookupResult:
        """Return the outcome of the step according to its record."""
        return LookupResult(StepOutcome.HAPPENED)

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        return RemoteState()

    async def perform(
        self,
        client: TmForumClient,
        action: Action,
        step: Step,
        *,
        version: str | None,
    ) -> str:
        body = self.marked(client, self.body(client, action, step), self.mark(action, step))
        try:
            return await client.create(self.resource, body, key=self.key(step))
        except ConflictError as error:
            # A create changes no record, so the conflict means that such a record already exists, perhaps this one.
            rejected = RejectedError(str(error), system=error.system, code=error.code)
            rejected.may_have_happened = error.may_have_happened
            raise rejected from error

    def key(self, step: Step) -> str:
        """Return the idempotency key of the request."""
        return step.key

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        named = await self._fetch_named(client, action, step)
        try:
            search = await self._search(client, action, step)
        except SystemCallError:
            if named is None:
                raise
            search = _Search()
        found = {**({} if named is None else {str(named["id"]): named}), **search.marked}
        if found:
            first, *others = found
            if not search.marked:  # the server drops marks: find a duplicate by content
                others = [record for record in search.alike if record != first]
            differs = step.key != mark_of(step) and not self._is_alike(client, action, step, found[first])
            return replace(
                self.finding(client, action, step, found[first]),
                record=first,
                others=tuple(others),
                by_list=bool(search.marked),
                is_unlisted=not search.marked,
                differs=differs,
            )
        if search.alike or not search.is_whole:
            return LookupResult(StepOutcome.CANNOT_TELL, others=search.alike, by_list=True)
        return LookupResult(StepOutcome.DID_NOT, by_list=True)

    async def _fetch_named(self, client: TmForumClient, action: Action, step: Step) -> Mapping[str, Any] | None:
        """Return the record with the id from the response, if it is this step's: responses can be mixed up."""
        if not step.result:
            return None
        try:
            record, _ = await client.fetch_raw(self.resource, step.result, owner=action.customer_id)
        except BadResponseError:
            return None
        if str(record.get("id")) != step.result:
            return None
        has_ours = self.mark(action, step) in self.marks(record)
        return record if has_ours or self._is_without_mark_and_alike(client, action, step, record) else None

    async def _search(self, client: TmForumClient, action: Action, step: Step) -> _Search:
        settings = client.settings(self.resource)
        usual = self.selected_by or CUSTOMER_FILTERS[settings.version]
        own = usual if settings.customer_filter is None else settings.customer_filter
        if not own or settings.look_through:
            return _Search()
        sort = [("sort", settings.sort)] if settings.sort else []
        mark = self.mark(action, step)
        records, is_whole = await record_search.search(
            client,
            self.resource,
            [(own, action.customer_id), *sort],
            action.customer_id,
            lambda record: mark in self.marks(record),
        )
        marked = {str(record["id"]): record for record in records if mark in self.marks(record)}
        alike = (one for one in records if self._may_be_it(client, action, step, one))
        return _Search(marked, tuple(str(record["id"]) for record in alike), is_whole)

    def _may_be_it(self, client: TmForumClient, action: Action, step: Step, record: Mapping[str, Any]) -> bool:
        """Return whether a record without a mark may be this step's, at a server that drops marks."""
        made_at = self.made_at(client.reader(self.resource, record))
        is_older = made_at is not None and made_at < action.happened_at - _CLOCKS_APART
        return not is_older and self._is_without_mark_and_alike(client, action, step, record)

    def _is_without_mark_and_alike(
        self, client: TmForumClient, action: Action, step: Step, record: Mapping[str, Any]
    ) -> bool:
        """Return whether a record has no console's mark and the same content as this step."""
        return not any(map(is_mark, self.marks(record))) and self._is_alike(client, action, step, record)

    def _is_alike(self, client: TmForumClient, action: Action, step: Step, record: Mapping[str, Any]) -> bool:
        """Return whether a record has the content that the step would create."""
        wanted = self.compared_values(client.reader(self.resource, plain(self.body(client, action, step))))
        return wanted == self.compared_values(client.reader(self.resource, record))


class Patched:
    """A step that changes values of an existing record."""

    resource: ClassVar[str]

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        """Return the current values of a record for the fields that the step sets, by the step's field names."""
        raise TypeError(f"{type(self).__name__} does not say what it changes")

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        """Return the merge patch."""
        raise TypeError(f"{type(self).__name__} does not say how it changes it")

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        record, version = await client.fetch_raw(self.resource, step.record, owner=action.customer_id)
        return RemoteState(Payload.read(self.current_values(record, action, step)), version)

    async def perform(self, client: TmForumClient, action: Action, step: Step, *, version: str | None) -> str:
        record = await fetch_unchanged(client, self, action, step, version=version)
        body = self.patch(client, record, action, step)
        await client.patch(self.resource, step.record, body, key=step.key, version=version)
        return step.record

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        held = (await self.read_current(client, action, step)).values
        return LookupResult(outcome_of_held(held, step), record=step.record)


async def fetch_unchanged(
    client: TmForumClient, writer: Patched, action: Action, step: Step, *, version: str | None
) -> dict[str, Any]:
    """Return the current record, read directly before the change.

    On a server without versions, only this check prevents overwriting another console's change.

    Raises:
        ConflictError: The record has neither the values that the user saw nor the new ones.
    """
    record, _ = await client.fetch_raw(writer.resource, step.record, owner=action.customer_id)
    if (
        version is None
        and outcome_of_held(Payload.read(writer.current_values(record, action, step)), step)
        is StepOutcome.CHANGED_SINCE
    ):
        sentence = f"{client.label}: someone else changed the record."
        raise ConflictError(sentence, system=client.name, code=f"{client.name.upper()}-CHANGED")
    return record


def outcome_of_held(held: Mapping[str, Any], step: Step) -> StepOutcome:
    """Return HAPPENED if the record has the new values, from any author; DID_NOT if it has the old ones."""
    wanted = {key: value for key, value in step.wanted.items() if key in held}
    if all(same_value(key, held[key], value) for key, value in wanted.items()):
        return StepOutcome.HAPPENED
    untouched = all(same_value(key, held[key], step.base.get(key, "")) for key in wanted)
    return StepOutcome.DID_NOT if untouched else StepOutcome.CHANGED_SINCE


def mark_of(step: Step) -> str:
    """Return the mark of a step's record; a user's new decision changes the key, not the mark."""
    return step.key.rstrip(".")


def is_mark(text: str) -> bool:
    """Return whether a text has the form of an action id of the console, with or without a step number."""
    return _MARK.fullmatch(text) is not None


def values_among(characteristics: Any) -> set[str]:
    """Return the values in a list of characteristics."""
    return {str(one.get("value")) for one in _listed(characteristics) if isinstance(one, dict)}


def turned_down(client: TmForumClient, record: Mapping[str, Any], what: str) -> LookupResult:
    """Return the finding that the system accepted a record and turned it down later, with its reason."""
    reasons = [
        str(one.get("reason") or one.get("message"))
        for name in ("errorMessage", "productOrderErrorMessage")
        for one in _listed(record.get(name))
        if isinstance(one, dict)
    ]
    state = record.get("state") or record.get("status")
    why = f": {reasons[0]}" if reasons else ""
    return LookupResult(StepOutcome.TURNED_DOWN, reason=f"{client.label} took the {what} and then said {state}{why}.")


def instant(at: datetime) -> str:
    """Return a time in UTC as ISO 8601 with milliseconds, as the published descriptions require."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def amount(step: Step) -> dict[str, Any]:
    """Return the step's amount in the standard's shape."""
    money = step.wanted.money()
    return {"unit": money.currency, "value": money.amount}


def customer_party(client: TmForumClient, resource: str, action: Action) -> list[dict[str, Any]]:
    """Return the related party for the record's customer, in the shape of the resource's version."""
    party = {"id": action.customer_id, "@referredType": "Customer"}
    if action.customer_name:
        party["name"] = action.customer_name
    if client.settings(resource).version != "v5":
        href = f"{default_path('customer', 'v4')}/customer/{action.customer_id}"
        return [{**party, "href": href, "role": "customer", "@type": "RelatedParty"}]
    wrapped = {"@type": "PartyRoleRef", **party}
    return [{"@type": "RelatedPartyOrPartyRole", "role": "customer", "partyOrPartyRole": wrapped}]


def related_entity(client: TmForumClient, resource: str, step: Step) -> list[dict[str, Any]]:
    """Return the reference to the record that a step is about; empty if it is about none."""
    if not step.wanted.get("about"):
        return []
    reference = {
        "id": step.wanted["about"],
        "@referredType": step.wanted.get("about_kind", ""),
        **({"name": step.wanted["about_name"]} if step.wanted.get("about_name") else {}),
    }
    if client.settings(resource).version != "v5":
        return [{**reference, "role": "subject"}]
    return [{"@type": "RelatedEntity", "role": "subject", "entity": {"@type": "EntityRef", **reference}}]


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request body as if a system returned it: with an id, which the reader requires."""
    return {**body, "id": "ours"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
