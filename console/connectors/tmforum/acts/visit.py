"""Visits (TMF646 appointment): booked, moved, cancelled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.acts.writer import Created, Patched, customer_party, instant, related_entity
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.values import read_time
from console.connectors.tmforum.wire import Reader
from console.models.outbox import Act, Step

_RESOURCE = "appointment"


class BookVisit(Created):
    """Books a visit at the customer's."""

    resource: ClassVar[str] = _RESOURCE

    def body(self, client: TmForumClient, act: Act, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        about = related_entity(client, _RESOURCE, step)
        return {
            "category": wanted["category"],
            "description": wanted["text"],
            "validFor": _span(step),
            "relatedParty": customer_party(client, _RESOURCE, act),
            **({"relatedEntity": about} if about else {}),
            **({"relatedPlace": {"name": wanted["place"], "role": "service address"}} if wanted.get("place") else {}),
        }

    def essence(self, record: Reader) -> tuple[Any, ...]:
        period = record.part("validFor")
        return period.when("startDateTime") if period else None, record.text("category")


class MoveVisit(Patched):
    """Moves a visit to other hours."""

    resource: ClassVar[str] = _RESOURCE

    def held(self, record: Mapping[str, Any], act: Act, step: Step) -> dict[str, str]:
        period = record.get("validFor")
        held = period if isinstance(period, dict) else {}
        names = {"starts": "startDateTime", "ends": "endDateTime"}
        return {key: _as_known(held.get(name), key, step) for key, name in names.items() if key in step.wanted}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], act: Act, step: Step) -> dict[str, Any]:
        return {"validFor": _span(step)}


class CancelVisit(Patched):
    """Cancels a visit."""

    resource: ClassVar[str] = _RESOURCE

    def held(self, record: Mapping[str, Any], act: Act, step: Step) -> dict[str, str]:
        status = str(record.get("status") or "")
        # What was only confirmed meanwhile is the same visit still.
        if status == "confirmed" and step.base.get("status") == "initialized":
            status = "initialized"
        return {"status": status}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], act: Act, step: Step) -> dict[str, Any]:
        return {"status": step.wanted["status"]}


def _span(step: Step) -> dict[str, str]:
    starts, ends = (datetime.fromisoformat(step.wanted[key]) for key in ("starts", "ends"))
    return {"startDateTime": instant(starts), "endDateTime": instant(ends)}


def _as_known(text: Any, key: str, step: Step) -> str:
    """Return a time in the words in which the step has the same moment, else as it came.

    Servers echo a time in another zone or without its milliseconds; moments are the same to the second.
    """
    moment = _moment(text)
    known = (words for words in (step.base.get(key), step.wanted.get(key)) if words)
    return next((words for words in known if moment is not None and _moment(words) == moment), str(text or ""))


def _moment(text: Any) -> datetime | None:
    """Return a time to the second, aware UTC; None where it is none."""
    try:
        return read_time(text).replace(microsecond=0)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None
