"""Drafts on a disk that is full for a while: saved once there is room, also by the last try of all."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import pytest

from console.errors import StoreFullError
from console.services.outbox.drafts import Drafts
from tests.support.factories import NOON, VirtualClock

pytestmark = pytest.mark.expects_log("drafts cannot be kept")


class Store:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.is_full = False

    async def load(self) -> Mapping[str, tuple[str, datetime]]:
        return {}

    async def save(self, drafts: Mapping[str, str]) -> datetime:
        await asyncio.sleep(0)
        if self.is_full:
            raise StoreFullError("The disk is full.")
        self.kept |= drafts
        return NOON


async def until(holds) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)


async def test_text_that_could_not_be_kept_is_kept_once_there_is_room() -> None:
    store = Store()
    drafts = Drafts(store, VirtualClock())
    store.is_full = True
    drafts.type("note/CU-1", "Typed while the disk was full")
    await until(lambda: drafts.failure is not None)
    assert not drafts.is_saved
    store.is_full = False
    await until(lambda: drafts.is_saved)
    assert (store.kept, drafts.failure) == ({"note/CU-1": "Typed while the disk was full"}, None)
    await drafts.aclose()


async def test_closing_tries_once_more() -> None:
    store = Store()
    clock = VirtualClock()
    drafts = Drafts(store, clock)
    store.is_full = True
    drafts.type("note/CU-1", "Last words")
    await until(lambda: drafts.failure is not None)
    store.is_full = False
    await drafts.aclose()
    assert store.kept == {"note/CU-1": "Last words"}


async def test_a_disk_that_stays_full_ends_the_program_all_the_same() -> None:
    store = Store()
    drafts = Drafts(store, VirtualClock())
    store.is_full = True
    drafts.type("note/CU-1", "Lost, and the window says so before")
    await until(lambda: drafts.failure is not None)
    await drafts.aclose()
    assert not drafts.is_saved
    assert [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
