"""A desk on the test's sandbox, with its store open."""

from collections.abc import AsyncIterator

import pytest

from console.services.desk import Desk
from tests.support.control import Control


@pytest.fixture
async def desk(sandbox: Control) -> AsyncIterator[Desk]:
    made = sandbox.desk()
    await made.open_store()
    yield made
    await made.aclose()
