"""Sign-in at oidc-provider, a third-party server: the full flow in a browser, renewal, replay, and sign-out."""

import asyncio
from collections.abc import Callable

import pytest

from console.errors import SignInRejectedError, SignInUnreachableError
from console.models.person import Person
from console.services.access.sign_in import SignIn, SignInState
from console.store.database import in_memory
from console.store.secrets import SecretRepository
from tests.support import outside
from tests.support.browser import sign_in_as

Consoles = Callable[..., SignIn]


async def signed_in(sign_in: SignIn, login: str = "rep") -> Person:
    attempt = await sign_in.begin()
    waiting = asyncio.create_task(attempt.wait())
    last = await sign_in_as(attempt.address, {"login": login, "password": "any"})
    assert "Go back to the console" in last.text
    return await sign_in.finish(await waiting)


async def test_a_person_signs_in_with_the_role_their_claim_names(real_provider: str, consoles: Consoles) -> None:
    sign_in = consoles(real_provider)
    person = await signed_in(sign_in, "supervisor")
    assert (person.name, person.role, person.issuer) == ("Login supervisor", "supervisor", real_provider)
    assert sign_in.state is SignInState.SIGNED_IN
    assert await sign_in.access_token()


async def test_whoever_has_no_role_here_is_not_signed_in(real_provider: str, consoles: Consoles) -> None:
    sign_in = consoles(real_provider)
    with pytest.raises(SignInRejectedError, match="has no role in this console"):
        await signed_in(sign_in, "somebody")
    assert sign_in.person is None


async def test_a_token_that_has_ended_is_renewed_unseen_and_the_new_refresh_token_is_kept(
    real_provider: str, consoles: Consoles
) -> None:
    database = in_memory()
    store = SecretRepository(database)
    sign_in = consoles(real_provider)
    await signed_in(sign_in)
    await sign_in.keep_in(store)
    before, token = await store.load("sign-in"), await sign_in.access_token()
    sign_in.rejected(token)
    assert await sign_in.access_token() != token
    assert await store.load("sign-in") != before
    assert sign_in.state is SignInState.SIGNED_IN
    await database.aclose()


async def test_a_refresh_token_used_twice_ends_the_sign_in_and_the_person_is_asked(
    real_provider: str, consoles: Consoles
) -> None:
    database = in_memory()
    store = SecretRepository(database)
    sign_in = consoles(real_provider)
    person = await signed_in(sign_in)
    await sign_in.keep_in(store)
    stolen = consoles(real_provider)
    await stolen.restore(store)  # uses the saved token
    sign_in.rejected(await sign_in.access_token())
    with pytest.raises(SignInRejectedError, match="declined"):
        await sign_in.access_token()
    assert sign_in.state is SignInState.ENDED
    assert sign_in.person == person  # the work continues after the same person signs in again
    await signed_in(sign_in)
    assert sign_in.state is SignInState.SIGNED_IN
    await database.aclose()


async def test_the_next_start_needs_no_browser(real_provider: str, consoles: Consoles) -> None:
    database = in_memory()
    store = SecretRepository(database)
    first = consoles(real_provider)
    person = await signed_in(first)
    await first.keep_in(store)
    assert await consoles(real_provider).restore(store) == person
    await database.aclose()


async def test_signing_out_revokes_and_forgets(real_provider: str, consoles: Consoles) -> None:
    database = in_memory()
    store = SecretRepository(database)
    sign_in = consoles(real_provider)
    await signed_in(sign_in)
    await sign_in.keep_in(store)
    kept = await store.load("sign-in")
    await sign_in.sign_out()
    assert await store.load("sign-in") is None
    await store.save("sign-in", kept)  # a stolen copy is useless after sign-out
    assert await consoles(real_provider).restore(store) is None
    await database.aclose()


async def test_somebody_else_does_not_come_into_an_open_console(real_provider: str, consoles: Consoles) -> None:
    sign_in = consoles(real_provider)
    await signed_in(sign_in, "rep")
    with pytest.raises(SignInRejectedError, match="in use by Login rep"):
        await signed_in(sign_in, "supervisor")
    assert sign_in.person.role == "rep"


async def test_without_the_provider_a_known_person_works_on_for_as_long_as_the_deployment_says(
    consoles: Consoles,
) -> None:
    if not outside.FOLDER:
        pytest.skip(outside.WHY_NOT)
    database = in_memory()
    store = SecretRepository(database)
    with outside.identity_provider() as address:
        first = consoles(address)
        person = await signed_in(first)
        await first.keep_in(store)
    offline = consoles(address)
    assert await offline.restore(store) == person
    assert offline.state is SignInState.OFFLINE
    with pytest.raises(SignInUnreachableError, match="can't be reached"):
        await consoles(address, offline_hours=0.0).restore(store)
    await database.aclose()
