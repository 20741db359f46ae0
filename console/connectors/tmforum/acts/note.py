"""A note is a party interaction of its own (TMF683), whose note carries the act's id, so that it can be found again."""

from collections.abc import Mapping
from typing import Any

from console.connectors.tmforum.acts.writer import instant
from console.connectors.tmforum.client import TmForumClient
from console.models.outbox import Act, Step
from console.ports.acting import Current, Fate
from console.settings import CUSTOMER_FILTERS

_RESOURCE = "partyInteraction"
_LOOKED_THROUGH = 50


class AddNote:
    """Adds what the rep wrote to the customer's interactions."""

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> Current:  # noqa: ARG002 - the port's
        return Current()

    async def perform(
        self,
        client: TmForumClient,
        act: Act,
        step: Step,
        *,
        version: str | None,  # noqa: ARG002 - the port's
    ) -> str:
        return await client.create(_RESOURCE, _body(client, act, step), key=step.key)

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> Fate:  # noqa: ARG002 - the port's
        settings = client.settings(_RESOURCE)
        own = CUSTOMER_FILTERS[settings.version] if settings.customer_filter is None else settings.customer_filter
        if not own or settings.look_through:
            return Fate.CANNOT_TELL
        sort = [("sort", settings.sort)] if settings.sort else []
        found = await client.fetch_raw_list(_RESOURCE, [(own, act.customer_id), *sort], _LOOKED_THROUGH)
        if any(_carries(record, act.id) for record in found):
            return Fate.HAPPENED
        # Without an order the newest may stand on a page that was not read.
        return Fate.DID_NOT if sort or len(found) < _LOOKED_THROUGH else Fate.CANNOT_TELL


def _body(client: TmForumClient, act: Act, step: Step) -> Mapping[str, Any]:
    at = instant(act.happened_at)
    party = {"id": act.customer_id, "@referredType": "Customer"}
    channel = {"id": "agent-console", "name": "Agent console"}
    body: dict[str, Any] = {
        "interactionDate": {"startDateTime": at, "endDateTime": at},
        "reason": step.wanted.get("reason") or "Note",
        "description": step.wanted["text"],
        "status": "completed",
        "direction": "inbound",
        "note": [{"id": act.id, "author": act.author, "date": at, "text": step.wanted["text"]}],
    }
    if client.settings(_RESOURCE).version == "v5":
        wrapped = {"@type": "PartyRoleRef", **party}
        related = {"@type": "RelatedPartyOrPartyRole", "role": "customer", "partyOrPartyRole": wrapped}
        body["note"][0]["@type"] = "Note"
        return {
            **body,
            "@type": "PartyInteraction",
            "relatedParty": [related],
            "relatedChannel": [{"@type": "RelatedChannel", "channel": {"@type": "ChannelRef", **channel}}],
        }
    return {**body, "relatedParty": [{**party, "role": "customer"}], "channel": [channel]}


def _carries(record: Any, act_id: str) -> bool:
    notes = record.get("note") if isinstance(record, dict) else None
    return any(isinstance(note, dict) and note.get("id") == act_id for note in notes or ())
