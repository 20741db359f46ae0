"""The lookup of records that may have been created, in lists of servers with any paging and filtering."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_search import search
from console.connectors.tmforum.settings import TmForumSystem
from console.http import HttpLayer
from console.settings import Auth
from console.system.clock import SystemClock
from tests.support.raw_server import answer
from tests.support.serving import serving

_PAGE = 3


class _NoSecrets:
    def read(self, reference: str) -> str:
        raise AssertionError(reference)


def note(number: int, customer: str = "CU-1") -> dict[str, Any]:
    return {"id": f"N-{number}", "relatedParty": [{"id": customer, "role": "customer"}]}


@asynccontextmanager
async def client_of(notes: list[dict[str, Any]]) -> AsyncIterator[TmForumClient]:
    """Yield a client of a server that returns these records in pages of `_PAGE`, unfiltered, to every request."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            target = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ")[1]
            offset = int(parse_qs(urlsplit(target).query).get("offset", ["0"])[0])
            writer.write(answer(json.dumps(notes[offset : offset + _PAGE]).encode()))
            await writer.drain()

    async with serving(serve) as address:
        http = HttpLayer(clock=SystemClock(), on_exchange=lambda _exchange: None, rng=random.Random(1))
        system = TmForumSystem(kind="crm", base_url=address, auth=Auth(kind="none"), page_size=_PAGE)
        endpoint = http.endpoint("crm", system, label="CRM", secrets=_NoSecrets())
        yield TmForumClient(endpoint, system, SystemClock(), lambda _name, _damages: None)
        await http.aclose()


async def found(notes: list[dict[str, Any]], *wanted: int) -> tuple[list[str], bool]:
    names = {f"N-{number}" for number in wanted}
    async with client_of(notes) as client:
        records, is_whole = await search(
            client, "partyInteraction", [("relatedParty.id", "CU-1")], "CU-1", lambda record: record["id"] in names
        )
    return [record["id"] for record in records if record["id"] in names], is_whole


@pytest.mark.parametrize("first", range(9))
async def test_two_of_one_are_found_wherever_a_page_ends_between_them(first: int) -> None:
    records, _ = await found([note(number) for number in range(12)], first, first + 1)
    assert records == [f"N-{first}", f"N-{first + 1}"]


@pytest.mark.parametrize("first", range(7))
async def test_two_of_one_are_found_among_those_of_other_customers(first: int) -> None:
    notes = [note(number, "CU-1" if number in {first, first + 1} else "CU-2") for number in range(12)]
    assert await found(notes, first, first + 1) == ([f"N-{first}", f"N-{first + 1}"], False)


async def test_a_list_is_whole_only_when_it_has_ended_and_none_of_it_is_another_customers() -> None:
    assert await found([note(number) for number in range(7)], 99) == ([], True)
    assert await found([note(number, "CU-2" if number == 5 else "CU-1") for number in range(7)], 99) == ([], False)
