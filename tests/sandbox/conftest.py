"""The sandbox's own tests, on both databases that can store its world."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from console.system.sandbox_launcher import SandboxProcess
from tests.support.control import Control
from tests.support.postgres import programs, running_postgres


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    if programs() is None:
        pytest.skip("there is no PostgreSQL server on this machine")
    with running_postgres() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_process(postgres_address, tmp_path_factory) -> Iterator[SandboxProcess]:
    arguments = ["--data", str(tmp_path_factory.mktemp("tokens")), "--customers", "300", "--seed", "7"]
    process = asyncio.run(SandboxProcess.start([*arguments, "--database", postgres_address]))
    yield process
    asyncio.run(process.stop())


@pytest.fixture(params=["sqlite", "postgres"])
def process_on_each(request) -> SandboxProcess:
    return request.getfixturevalue("sandbox_process" if request.param == "sqlite" else "postgres_process")


@pytest.fixture
async def sandbox(process_on_each) -> AsyncIterator[Control]:
    """Yield the sandbox without faults and quirks, on each database."""
    async with Control(process_on_each) as control:
        await control.clear()
        yield control
        await control.clear()
