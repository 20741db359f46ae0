"""A console on the test's sandbox, with its store open."""

from collections.abc import AsyncIterator

import pytest

from console.services.console import Console
from tests.support.control import Control


@pytest.fixture
async def console(sandbox: Control) -> AsyncIterator[Console]:
    made = sandbox.console()
    await made.open_store()
    yield made
    await made.aclose()
