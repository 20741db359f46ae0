"""How each kind of step is carried by the TM Forum APIs: one file a kind."""

from collections.abc import Mapping

from console.connectors.tmforum.acts.contact import AccountContact, CustomerContact
from console.connectors.tmforum.acts.note import AddNote
from console.connectors.tmforum.acts.promise import PromiseToPay
from console.connectors.tmforum.acts.writer import Writer
from console.connectors.tmforum.client import TmForumClient
from console.models.outbox import Act, Step
from console.ports.acting import Current, Fate

_WRITERS: Mapping[str, Writer] = {
    "add-note": AddNote(),
    "change-contact": CustomerContact(),
    "change-billing-contact": AccountContact(),
    "promise-to-pay": PromiseToPay(),
}


class TmForumActs:
    """Takes acts to one system. Implements the port ActingSystem."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    @property
    def name(self) -> str:
        return self._client.name

    async def read_current(self, act: Act, step: Step) -> Current:
        return await _WRITERS[step.kind].read_current(self._client, act, step)

    async def perform(self, act: Act, step: Step, *, version: str | None) -> str:
        return await _WRITERS[step.kind].perform(self._client, act, step, version=version)

    async def look_up(self, act: Act, step: Step) -> Fate:
        return await _WRITERS[step.kind].look_up(self._client, act, step)


__all__ = ["TmForumActs"]
