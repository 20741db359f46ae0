"""TMF621 trouble tickets and TMF683 interactions, version 5."""

from dataclasses import replace

from console.connectors.tmforum.reading import BEFORE_ALL
from console.connectors.tmforum.v4 import care as v4
from console.connectors.tmforum.wire import Reader
from console.models.interaction import PartyInteraction
from console.models.trouble_ticket import StatusChange, TroubleTicket


def read_ticket(reader: Reader) -> TroubleTicket:
    """Translate a TMF621 trouble ticket; its history has another name and other attributes."""
    changes = [
        StatusChange(part.state("status"), part.when("statusChangeDate"), part.text("statusChangeReason"))
        for part in reader.parts("statusChangeHistory")
    ]
    ordered = sorted(changes, key=lambda change: change.at or BEFORE_ALL)
    return replace(v4.read_ticket(reader), changes=tuple(ordered))


def read_interaction(reader: Reader) -> PartyInteraction:
    """Translate a TMF683 party interaction; its channel is wrapped together with a role."""
    related = reader.part("relatedChannel")
    channel = related.part("channel") if related else None
    name = (channel.text("name") or channel.text("id")) if channel else None
    return replace(v4.read_interaction(reader), channel=name)
