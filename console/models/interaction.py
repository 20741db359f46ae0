"""Interactions between OptiCom and a customer, over every channel."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail
from console.models.reference import Reference


@dataclass(frozen=True, slots=True)
class PartyInteraction:
    """One interaction. Source: TMF683 v4 PartyInteraction.

    `channel` is the system's own word for the first channel, `direction` is `inbound` from the customer or `outbound`.
    """

    id: str
    at: datetime | None
    ended_at: datetime | None
    channel: str | None
    direction: str | None
    reason: str | None
    description: str | None
    status: str | None
    about: tuple[Reference, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def way(self) -> str:
        """`phone`, `chat`, `shop`, `portal`, `email`, `sms` or `other`, derived from the system's channel word."""
        word = (self.channel or "").lower()
        for way, marks in (
            ("portal", ("portal", "self", "web", "app", "online")),
            ("chat", ("chat", "messenger")),
            ("email", ("mail",)),
            ("sms", ("sms", "text")),
            ("shop", ("shop", "store", "branch")),
            ("phone", ("phone", "call", "voice", "ivr")),
        ):
            if any(mark in word for mark in marks):
                return way
        return "other"
