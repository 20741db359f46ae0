"""What every kind of step can do; see the port ActingSystem for the promises. Here are the two ways most are done."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from console.connectors.tmforum.client import TmForumClient
from console.errors import RefusedError
from console.models.outbox import Act, Step
from console.ports.acting import RemoteState, StepOutcome
from console.settings import CUSTOMER_FILTERS, default_path

_LOOKED_THROUGH = 50


class Writer(Protocol):
    """Carries one kind of step."""

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        """Return what the system holds now of what the step would change."""

    async def perform(self, client: TmForumClient, act: Act, step: Step, *, version: str | None) -> str:
        """Do the step; return the id of what was written."""

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> StepOutcome:
        """Return whether the step was carried out."""


class Created:
    """A step that makes a record, which carries the step's mark and is known again by it.

    `selected_by` is the parameter that selects one customer's records where the standard has another than usual.
    """

    resource: ClassVar[str]
    selected_by: ClassVar[str | None] = None

    def body(self, client: TmForumClient, act: Act, step: Step) -> dict[str, Any]:
        """Return the record to be made, without its mark."""
        raise TypeError(f"{type(self).__name__} does not say what it makes")

    def mark(self, act: Act, step: Step) -> str:
        """Return what the record is known again by."""
        return mark_of(step)

    def marked(self, client: TmForumClient, body: dict[str, Any], mark: str) -> dict[str, Any]:
        """Return a record with the mark in it."""
        if client.settings(self.resource).version == "v5":
            own = {"@type": "ExternalIdentifier", "id": mark, "owner": "agent-console"}
            return {**body, "externalIdentifier" if self.resource == "troubleTicket" else "externalId": [own]}
        return {**body, "externalId": mark}

    def carries(self, record: Mapping[str, Any], mark: str) -> bool:
        """Return whether a record has the mark."""
        for name in ("externalId", "externalIdentifier"):
            held = record.get(name)
            if held == mark or any(isinstance(one, dict) and one.get("id") == mark for one in _listed(held)):
                return True
        return False

    def outcome(self, client: TmForumClient, step: Step, record: Mapping[str, Any]) -> StepOutcome:
        """Return what a record that is there says of its step."""
        return StepOutcome.HAPPENED

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        return RemoteState()

    async def perform(
        self,
        client: TmForumClient,
        act: Act,
        step: Step,
        *,
        version: str | None,
    ) -> str:
        body = self.marked(client, self.body(client, act, step), self.mark(act, step))
        return await client.create(self.resource, body, key=step.key)

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> StepOutcome:
        settings = client.settings(self.resource)
        usual = self.selected_by or CUSTOMER_FILTERS[settings.version]
        own = usual if settings.customer_filter is None else settings.customer_filter
        if not own or settings.look_through:
            return StepOutcome.CANNOT_TELL
        sort = [("sort", settings.sort)] if settings.sort else []
        found = await client.fetch_raw_list(self.resource, [(own, act.customer_id), *sort], _LOOKED_THROUGH)
        for record in found:
            if isinstance(record, dict) and self.carries(record, self.mark(act, step)):
                return self.outcome(client, step, record)
        # Without an order the newest may stand on a page that was not read.
        return StepOutcome.DID_NOT if sort or len(found) < _LOOKED_THROUGH else StepOutcome.CANNOT_TELL


class Patched:
    """A step that changes values of a record that is there."""

    resource: ClassVar[str]

    def held(self, record: Mapping[str, Any], act: Act, step: Step) -> dict[str, str]:
        """Return the values a record holds, in the step's words, of those that are wanted."""
        raise TypeError(f"{type(self).__name__} does not say what it changes")

    def patch(self, client: TmForumClient, record: Mapping[str, Any], act: Act, step: Step) -> dict[str, Any]:
        """Return the merge patch."""
        raise TypeError(f"{type(self).__name__} does not say how it changes it")

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        record, version = await client.fetch_raw(self.resource, step.record)
        return RemoteState(self.held(record, act, step), version)

    async def perform(self, client: TmForumClient, act: Act, step: Step, *, version: str | None) -> str:
        record, _ = await client.fetch_raw(self.resource, step.record)
        body = self.patch(client, record, act, step)
        await client.patch(self.resource, step.record, body, key=step.key, version=version)
        return step.record

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> StepOutcome:
        return outcome_of_held((await self.read_current(client, act, step)).values, step)


def outcome_of_held(held: Mapping[str, str], step: Step) -> StepOutcome:
    """What is set to a value has happened when the value is there, whoever put it there."""
    wanted = {key: value for key, value in step.wanted.items() if key in held}
    if all(held[key] == value for key, value in wanted.items()):
        return StepOutcome.HAPPENED
    untouched = all(held[key] == step.base.get(key, "") for key in wanted)
    return StepOutcome.DID_NOT if untouched else StepOutcome.CHANGED_SINCE


def mark_of(step: Step) -> str:
    """Return what a record made by a step is known by; a new decision about the step does not change it."""
    return step.key.rstrip(".")


def turned_down(client: TmForumClient, record: Mapping[str, Any], what: str) -> RefusedError:
    """Return the refusal of what was taken and then not done, with the reason the record gives."""
    told = [
        str(one.get("reason") or one.get("message"))
        for name in ("errorMessage", "productOrderErrorMessage")
        for one in _listed(record.get(name))
        if isinstance(one, dict)
    ]
    state = record.get("state") or record.get("status")
    why = f": {told[0]}" if told else ""
    sentence = f"{client.label} took the {what} and then said {state}{why}."
    return RefusedError(sentence, system=client.name, code=f"{client.name.upper()}-{str(state).upper()}")


def instant(at: datetime) -> str:
    """Return a time as the published descriptions ask for, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def amount(step: Step) -> dict[str, Any]:
    """Return the step's amount as the standard has it."""
    return {"unit": step.wanted["currency"], "value": Decimal(step.wanted["amount"])}


def customer_party(client: TmForumClient, resource: str, act: Act) -> list[dict[str, Any]]:
    """Return the related party that says whose record this is, in the version's shape."""
    party = {"id": act.customer_id, "@referredType": "Customer"}
    if act.customer_name:
        party["name"] = act.customer_name
    if client.settings(resource).version != "v5":
        href = f"{default_path('crm', 'customer', 'v4')}/customer/{act.customer_id}"
        return [{**party, "href": href, "role": "customer", "@type": "RelatedParty"}]
    wrapped = {"@type": "PartyRoleRef", **party}
    return [{"@type": "RelatedPartyOrPartyRole", "role": "customer", "partyOrPartyRole": wrapped}]


def related_entity(client: TmForumClient, resource: str, step: Step) -> list[dict[str, Any]]:
    """Return the record a step says it is about; none where it says none."""
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


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
