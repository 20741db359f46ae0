"""Sign-in on the sandbox's provider and on a third-party one."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta

import pytest

from console.http.oidc import open_provider
from console.services.access.sign_in import SignIn
from console.settings.sign_in import SignInSettings
from console.system.clock import SystemClock
from tests.support import outside

ROLES = {"supervisor": "supervisor", "rep": "rep", "senior-rep": "senior rep", "trainee": "trainee"}


@pytest.fixture(scope="session")
def real_provider() -> Iterator[str]:
    if not outside.FOLDER:
        pytest.skip(outside.WHY_NOT)
    with outside.identity_provider() as address:
        yield address


@pytest.fixture
async def consoles() -> AsyncIterator[Callable[..., SignIn]]:
    """Yield a function that returns a console's sign-in at a provider."""
    made: list[SignIn] = []

    def make(issuer: str, **settings: object) -> SignIn:
        wanted = SignInSettings(issuer=issuer, client="opticom-desk", roles=ROLES, **settings)
        clock = SystemClock()
        sign_in = SignIn(
            open_provider(wanted, clock),
            issuer=issuer,
            claim=wanted.claim,
            roles=wanted.roles,
            offline_for=timedelta(hours=wanted.offline_hours),
            clock=clock,
        )
        made.append(sign_in)
        return sign_in

    yield make
    for sign_in in made:
        await sign_in.aclose()
