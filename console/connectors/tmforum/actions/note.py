"""Writers for notes and messages: each is a party interaction (TMF683); its note's id is the action's mark."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.actions.writer import Created, customer_party, instant
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.models.outbox import Action, Step

_RESOURCE = "partyInteraction"


class _Interaction(Created):
    """Shared code of notes and messages."""

    resource: ClassVar[str] = _RESOURCE

    def mark(self, action: Action, step: Step) -> str:
        return action.id

    def marked(self, client: TmForumClient, body: dict[str, Any], mark: str) -> dict[str, Any]:
        body["note"][0]["id"] = mark
        return body

    def marks(self, record: Mapping[str, Any]) -> set[str]:
        notes = record.get("note")
        return {str(note.get("id")) for note in notes or () if isinstance(note, dict)}

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        words = record.text("description") or next((note.text("text") for note in record.parts("note")), None)
        return (" ".join((words or "").split()),)

    def made_at(self, record: RecordReader) -> datetime | None:
        period = record.part("interactionDate")
        return (period.when("startDateTime") if period else None) or record.when("creationDate")

    def interaction(
        self, client: TmForumClient, action: Action, step: Step, *, direction: str, channel: dict[str, str]
    ) -> dict[str, Any]:
        """Return the interaction to create, in the shape of the resource's version."""
        at, v5 = instant(action.happened_at), client.settings(_RESOURCE).version == "v5"
        note = {"author": action.author, "date": at, "text": step.wanted["text"]}
        body: dict[str, Any] = {
            "interactionDate": {"startDateTime": at, "endDateTime": at},
            "reason": step.wanted.get("reason") or "Note",
            "description": step.wanted["text"],
            "status": "completed",
            "direction": direction,
            "note": [{**note, "@type": "Note"} if v5 else note],
            "relatedParty": customer_party(client, _RESOURCE, action),
        }
        if step.wanted.get("about"):
            reference = {
                "id": step.wanted["about"],
                "name": step.wanted.get("about_name", ""),
                "@referredType": step.wanted["about_kind"],
            }
            item = {"entity": {**reference, "@type": "EntityRef"}, "@type": "RelatedEntity", "role": "subject"}
            item = item if v5 else {**reference, "role": "subject"}
            own = {"id": "1", "reason": body["reason"], "item": item}
            body["interactionItem"] = [{**own, "@type": "InteractionItem"} if v5 else own]
        if v5:
            wrapped = {"@type": "RelatedChannel", "channel": {"@type": "ChannelRef", **channel}}
            return {**body, "@type": "PartyInteraction", "relatedChannel": [wrapped]}
        return {**body, "channel": [{**channel, "href": f"/channel/{channel['id']}"}]}


class AddNote(_Interaction):
    """Adds the rep's note to the customer's interactions."""

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        channel = {"id": "agent-console", "name": "Agent console"}
        return self.interaction(client, action, step, direction="inbound", channel=channel)


class SendMessage(_Interaction):
    """Sends a message to an address of record: CRM's messaging delivers each outbound interaction."""

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        channel = {"id": step.wanted["channel"], "name": step.wanted["channel_name"]}
        return self.interaction(client, action, step, direction="outbound", channel=channel)
