"""Writers for trouble tickets (TMF621): create, update, close; and for approvals, a ticket type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from console.connectors.tmforum.actions.writer import (
    Created,
    Patched,
    customer_party,
    fetch_unchanged,
    instant,
    is_mark,
    mark_of,
    outcome_of_held,
    related_entity,
)
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.errors import RejectedError
from console.messages import connectors as say
from console.models.approval import person_of, request_of
from console.models.outbox import Action, Step
from console.models.payload import Payload
from console.ports.acting import LookupResult, StepOutcome

_RESOURCE = "troubleTicket"
APPROVAL = "approval"
# (from, to) -> the state between them, if the standard does not allow a direct change.
_ON_THE_WAY = {("acknowledged", "resolved"): "inProgress"}


class CreateTicket(Created):
    """Creates a ticket."""

    resource: ClassVar[str] = _RESOURCE

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        text = wanted["text"]
        about = related_entity(client, _RESOURCE, step)
        body = {
            "name": wanted["name"],
            "description": text,
            "severity": wanted["severity"],
            "ticketType": wanted["type"],
            "creationDate": instant(action.happened_at),
            "relatedParty": customer_party(client, _RESOURCE, action),
            **({"relatedEntity": about} if about else {}),
        }
        return {**body, "@type": "TroubleTicket"} if client.settings(_RESOURCE).version == "v5" else body

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        words = record.text("description") or ""
        return record.text("ticketType"), " ".join(words.split())


class AskApproval(CreateTicket):
    """Requests an approval by another person. The step is done when a note with the decision approves it."""

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        asked = {
            **step.wanted,
            "name": step.wanted["title"],
            "severity": "high",
            "type": APPROVAL,
            "about": step.wanted["account"],
            "about_kind": "BillingAccount",
        }
        body = super().body(client, action, Step(step.kind, step.system, step.key, Payload(asked)))
        request = request_of(action)
        if request is not None:
            note = _note(client, action, f"request {mark_of(step)}", request.text)
            body["note"] = [{**note, "author": request.by}]
        return body

    def finding(self, client: TmForumClient, action: Action, step: Step, record: Mapping[str, Any]) -> LookupResult:
        decision = decision_on(record)
        if decision is None and record.get("status") in {"cancelled", "rejected"}:
            decision = Decision("refused")
        if decision is None:
            return LookupResult(StepOutcome.AWAITING)
        if decision.word != "approved":
            why = f": {decision.reason.rstrip('.')}" if decision.reason else ""
            return LookupResult(StepOutcome.TURNED_DOWN, reason=f"Not approved{why}.")
        request = request_of(action)
        if request is None or decision.digest != request.digest:
            return LookupResult(StepOutcome.TURNED_DOWN, reason="The approval is not for exactly this credit.")
        if decision.by == request.by:
            return LookupResult(StepOutcome.TURNED_DOWN, reason="Another person must approve it.")
        return LookupResult(StepOutcome.HAPPENED)


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on an approval: `approved` or another word, the reason, the request's digest, and the person."""

    word: str
    reason: str = ""
    digest: str = ""
    by: str = ""


def decision_on(record: Mapping[str, Any]) -> Decision | None:
    """Return the decision on an approval, None while it is open."""
    notes = record.get("note")
    for note in notes if isinstance(notes, list) else ():
        text = note.get("text") if isinstance(note, dict) else None
        if isinstance(text, str) and str(note.get("id", "")).startswith("decision "):
            head, _, reason = text.partition(": ")
            word, _, digest = head.partition(" ")
            return Decision(word, reason, digest, str(note.get("author") or ""))
    return None


class UpdateTicket(Patched):
    """Adds a note to a ticket, changes its severity, or links it to another record."""

    resource: ClassVar[str] = _RESOURCE

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        held = {"severity": str(record.get("severity") or "")}
        if any(_is_our_note(note, step) for note in _dicts(record.get("note"))):
            held["note"] = step.wanted.get("note", "")
        linked = {_linked(one) for one in _dicts(record.get("relatedEntity"))}
        if step.wanted.get("about") in linked:
            held |= {key: step.wanted[key] for key in ("about", "about_kind", "about_name")}
        return {key: held.get(key, "") for key in step.wanted}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        held = self.current_values(record, action, step)
        body: dict[str, Any] = {}
        if step.wanted.get("severity"):
            body["severity"] = step.wanted["severity"]
        if step.wanted.get("note") and not held["note"]:
            body["note"] = [*_dicts(record.get("note")), _note(client, action, mark_of(step), step.wanted["note"])]
        if step.wanted.get("about") and not held["about"]:
            body["relatedEntity"] = [*_dicts(record.get("relatedEntity")), *related_entity(client, _RESOURCE, step)]
        return body


class CloseTicket(Patched):
    """Closes a ticket with a final state and a reason; goes through a state between if the standard requires it."""

    resource: ClassVar[str] = _RESOURCE

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        status, before = str(record.get("status") or ""), step.base.get("status", "")
        # The first of two changes leaves the ticket in the state between. It can still be closed from there.
        if status == _ON_THE_WAY.get((before, step.wanted.get("status", ""))):
            status = before
        return {"status": status}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        return {"status": step.wanted["status"], "statusChangeReason": step.wanted["reason"]}

    async def perform(self, client: TmForumClient, action: Action, step: Step, *, version: str | None) -> str:
        record = await fetch_unchanged(client, self, action, step, version=version)
        between = _ON_THE_WAY.get((str(record.get("status")), step.wanted["status"]))
        if between is not None:
            await client.patch(_RESOURCE, step.record, {"status": between}, key=f"{step.key}-way", version=version)
            _, version = await client.fetch_raw(_RESOURCE, step.record, owner=action.customer_id)
        body = self.patch(client, record, action, step)
        await client.patch(_RESOURCE, step.record, body, key=step.key, version=version)
        return step.record


class WithdrawApproval(CloseTicket):
    """Cancels an approval request."""

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        return {}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        return {"status": "cancelled", "statusChangeReason": "Taken back"}

    async def perform(self, client: TmForumClient, action: Action, step: Step, *, version: str | None) -> str:
        body = self.patch(client, {}, action, step)
        await client.patch(_RESOURCE, step.record, body, key=step.key, version=version)
        return step.record

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        record, _ = await client.fetch_raw(_RESOURCE, step.record, owner=action.customer_id)
        ended = record.get("status") in {"cancelled", "rejected"}
        return LookupResult(StepOutcome.HAPPENED if ended else StepOutcome.DID_NOT, record=step.record)


class DecideApproval(CloseTicket):
    """Writes the decision into the ticket, then closes it. Only the decision counts as the outcome."""

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        head = f"{step.wanted['decision']} {step.wanted.get('digest', '')}".strip()
        text = ": ".join(part for part in (head, step.wanted["reason"]) if part)
        notes = _dicts(record.get("note"))
        if decision_on(record) is None:
            note = _note(client, action, f"decision {mark_of(step)}", text)
            notes = [*notes, {**note, "author": person_of(action)}]
        return {"note": notes}

    async def perform(self, client: TmForumClient, action: Action, step: Step, *, version: str | None) -> str:
        record, _ = await client.fetch_raw(_RESOURCE, step.record, owner=action.customer_id)
        if decision_on(record) is not None and not _has_our_decision(record, step):
            raise RejectedError(say.DECIDED_ALREADY(label=client.label), system=client.name, code="DECIDED")
        body = self.patch(client, record, action, step)
        await client.patch(_RESOURCE, step.record, body, key=f"{step.key}-decision", version=version)
        reason = step.wanted["reason"] or step.wanted["decision"]
        ended = Step(
            step.kind, step.system, step.key, Payload({"status": step.wanted["status"], "reason": reason}), step.record
        )
        _, version = await client.fetch_raw(_RESOURCE, step.record, owner=action.customer_id)
        return await CloseTicket().perform(client, action, ended, version=version)

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        record, _ = await client.fetch_raw(_RESOURCE, step.record, owner=action.customer_id)
        if _has_our_decision(record, step):
            return LookupResult(StepOutcome.HAPPENED, record=step.record)
        if decision_on(record) is None:
            return LookupResult(StepOutcome.DID_NOT, record=step.record)
        return LookupResult(outcome_of_held({"status": str(record.get("status"))}, step), record=step.record)


def _has_our_decision(record: Mapping[str, Any], step: Step) -> bool:
    return any(note.get("id") == f"decision {mark_of(step)}" for note in _dicts(record.get("note")))


def _is_our_note(note: Mapping[str, Any], step: Step) -> bool:
    """Return whether a note is the step's: by its mark, or by its text if the server sets note ids itself."""
    if note.get("id") == mark_of(step):
        return True
    wanted = step.wanted.get("note", "")
    return bool(wanted) and note.get("text") == wanted and not is_mark(str(note.get("id", "")))


def _note(client: TmForumClient, action: Action, mark: str, text: str) -> dict[str, Any]:
    note = {"id": mark, "author": action.author, "date": instant(action.happened_at), "text": text}
    return {**note, "@type": "Note"} if client.settings(_RESOURCE).version == "v5" else note


def _linked(entity: Mapping[str, Any]) -> str:
    inner = entity.get("entity")
    return str((inner if isinstance(inner, dict) else entity).get("id"))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
