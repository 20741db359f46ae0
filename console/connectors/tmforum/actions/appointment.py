"""Writers for appointments (TMF646): book, move, cancel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.actions.writer import Created, Patched, customer_party, instant, related_entity
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.values import read_time
from console.models.outbox import Action, Step

_RESOURCE = "appointment"


class BookAppointment(Created):
    """Books an appointment at the customer's address."""

    resource: ClassVar[str] = _RESOURCE

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        about = related_entity(client, _RESOURCE, step)
        return {
            "category": wanted["category"],
            "description": wanted["text"],
            "validFor": _span(step),
            "relatedParty": customer_party(client, _RESOURCE, action),
            **({"relatedEntity": about} if about else {}),
            **({"relatedPlace": {"name": wanted["place"], "role": "service address"}} if wanted.get("place") else {}),
        }

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        period = record.part("validFor")
        return period.when("startDateTime") if period else None, record.text("category")


class MoveAppointment(Patched):
    """Moves an appointment to another time."""

    resource: ClassVar[str] = _RESOURCE

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        period = record.get("validFor")
        held = period if isinstance(period, dict) else {}
        names = {"starts": "startDateTime", "ends": "endDateTime"}
        return {key: _moment(held.get(name)) for key, name in names.items() if key in step.wanted}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        return {"validFor": _span(step)}


class CancelAppointment(Patched):
    """Cancels an appointment."""

    resource: ClassVar[str] = _RESOURCE

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        status = str(record.get("status") or "")
        # A change from initialized to confirmed does not conflict with the cancellation.
        if status == "confirmed" and step.base.get("status") == "initialized":
            status = "initialized"
        return {"status": status}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        return {"status": step.wanted["status"]}


def _span(step: Step) -> dict[str, str]:
    return {"startDateTime": instant(step.wanted["starts"]), "endDateTime": instant(step.wanted["ends"])}


def _moment(text: Any) -> datetime | str:
    """Return a time, aware UTC; any other value as text."""
    try:
        return read_time(text)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return str(text or "")
