"""Sign-in at the sandbox's own provider, and use of its tokens at the sandbox's systems."""

import asyncio
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from console.__main__ import _parser
from console.cli import check_system
from console.compose import Overrides, compose_console
from console.errors import ConfigurationError, SignInRejectedError, SignInRequiredError, StoreError
from console.models.customer import CustomerId
from console.models.person import Person
from console.services.access.permissions import REP
from console.services.access.sign_in import SignIn, SignInState
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.session import open_session
from console.store.database import in_memory
from console.store.secrets import SecretRepository
from console.system.sandbox_launcher import sandbox_settings, with_sign_in
from tests.support.browser import sign_in_as
from tests.support.control import Control
from tests.support.waiting import until

Consoles = Callable[..., SignIn]


@pytest.fixture
async def sign_in(sandbox: Control, consoles: Consoles) -> SignIn:
    made = consoles(sandbox.process.identity)
    await _sign_in(made)
    return made


async def _sign_in(made: SignIn) -> None:
    attempt = await made.begin()
    waiting = asyncio.create_task(attempt.wait())
    await sign_in_as(attempt.address, {"identity": "rep"})
    await made.finish(await waiting)


@pytest.fixture
async def console(sandbox: Control, sign_in: SignIn):
    overrides = Overrides(rng=random.Random(1), user=REP, sign_in=sign_in)
    made = compose_console(sandbox.process.deployment_with_sign_in, sandbox.process.secrets, overrides)
    await made.open_store()
    await made.access.verify(CustomerId(sandbox.first_customer), "photo", "")
    yield made
    await made.aclose()


async def _opened(console: Console, customer: str) -> CustomerView:
    view = console.view_customer(CustomerId(customer))
    view.open()
    await view.wait_idle()
    return view


async def test_one_sign_in_is_good_for_all_three_systems(sandbox: Control, console: Console) -> None:
    view = await _opened(console, sandbox.first_customer)
    assert all(part.state.facts is not None for part in (view.customer, view.accounts, view.products))
    view.close()


async def test_a_token_that_ends_in_mid_call_is_renewed_unseen(
    sandbox: Control, console: Console, sign_in: SignIn
) -> None:
    view = await _opened(console, sandbox.first_customer)
    before = await sign_in.access_token()
    await sandbox.identity(end_access=True)
    view.refresh()
    await view.wait_idle()
    assert not [part for part in view.loaders if part.state.failure]
    assert await sign_in.access_token() != before
    view.close()


async def test_a_refused_renewal_asks_once_and_an_action_of_meanwhile_is_sent_after_it(
    sandbox: Control, console: Console, sign_in: SignIn
) -> None:
    states: list[SignInState] = []
    sign_in.subscribe(states.append)
    view = await _opened(console, sandbox.first_customer)
    await sandbox.identity(end_access=True, end_sign_ins=True)
    view.refresh()
    await view.wait_idle()
    assert isinstance(view.accounts.state.failure.error, SignInRequiredError)
    assert "Sign in again" in str(view.accounts.state.failure.error)
    assert view.accounts.state.facts is not None  # loaded facts stay
    action = await console.actions.add_note(CustomerId(sandbox.first_customer), "Typed meanwhile", reason="Note")
    await until(lambda: next(one for one in console.outbox.actions if one.id == action.id).tries)
    assert states == [SignInState.ENDED]
    assert next(one for one in console.outbox.actions if one.id == action.id).is_open
    await _sign_in(sign_in)
    await until(lambda: not next(one for one in console.outbox.actions if one.id == action.id).is_open, 15)
    view.refresh()
    await view.wait_idle()
    assert view.accounts.state.failure is None
    view.close()


async def test_nothing_is_answered_to_a_token_nobody_gave(sandbox: Control) -> None:
    async with httpx.AsyncClient(base_url=sandbox.process.addresses["crm"], trust_env=False, verify=False) as client:
        headers = {"Authorization": "Bearer made-up"}
        answer = await client.get("/tmf-api/customerManagement/v4/customer", headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"redirect_uri": "https://elsewhere.example/back"}, "this computer only"),
        ({"client_id": "another"}, "no such client"),
        ({"code_challenge_method": "plain"}, "PKCE"),
        ({"state": ""}, "missing"),
    ],
)
async def test_the_page_is_not_shown_to_a_request_that_is_not_as_it_should_be(
    sandbox: Control, consoles: Consoles, changed: dict[str, str], told: str
) -> None:
    attempt = await consoles(sandbox.process.identity).begin()
    address = httpx.URL(attempt.address).copy_merge_params(changed)
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        page = await client.get(address)
    assert page.status_code == 400
    assert told in page.text
    await attempt.aclose()


async def test_a_role_that_was_taken_away_ends_the_sign_in_at_the_next_renewal(
    sandbox: Control, console: Console, sign_in: SignIn
) -> None:
    try:
        await sandbox.identity(end_access=True, roles={"rep": ["nothing here"]})
        sign_in.rejected(await sign_in.access_token())
        with pytest.raises(SignInRejectedError, match="no role in this console"):
            await sign_in.access_token()
        assert sign_in.state is SignInState.ENDED
    finally:
        await sandbox.identity(roles={"rep": ["rep"]})


async def test_another_role_is_worked_with_from_the_next_start_on_and_with_the_old_one_no_longer(
    sandbox: Control, sign_in: SignIn, consoles: Consoles
) -> None:
    store = SecretRepository(in_memory())
    await sign_in.keep_in(store)
    try:
        await sandbox.identity(end_access=True, roles={"rep": ["trainee"]})
        sign_in.rejected(await sign_in.access_token())
        with pytest.raises(SignInRejectedError, match="is now trainee"):
            await sign_in.access_token()
        attempt = await sign_in.begin()
        waiting = asyncio.create_task(attempt.wait())
        await sign_in_as(attempt.address, {"identity": "rep"})
        with pytest.raises(SignInRejectedError, match="is now trainee"):  # the running console works with the old role
            await sign_in.finish(await waiting)
        other = consoles(sandbox.process.identity)
        await _sign_in(other)
        await other.keep_in(store)
        await sandbox.identity(roles={"rep": ["senior-rep"]})
        again = consoles(sandbox.process.identity)
        person = await again.restore(store)
        assert person is not None
        assert person.role == "senior rep"
    finally:
        await sandbox.identity(roles={"rep": ["rep"]})


async def test_a_system_that_wants_a_person_is_checked_for_whoever_signs_in(
    sandbox: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = sandbox_settings(sandbox.process.addresses, "env:{}")
    path = tmp_path / "systems.toml"
    path.write_text(with_sign_in(tokens, sandbox.process.identity, sandbox.process.audit, "env:{}"), encoding="utf-8")
    opened: list[str] = []

    def browser(address: str) -> bool:
        opened.append(address)
        asyncio.run(sign_in_as(address, {"identity": "rep"}))
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    options = _parser().parse_args(
        ["--config", str(path), "check-system", "billing", "--only", "customerBill", "--json"]
    )
    await asyncio.to_thread(check_system.run, options)
    told = json.loads(capsys.readouterr().out)
    assert len(opened) == 1
    assert {finding["resource"] for finding in told["findings"]} >= {"customerBill"}
    assert not re.search(r"\b401\b", json.dumps(told))  # the digits alone may occur in a measured time


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('secret = "env:audit"', 'secret = "file:nothere"', "audit.secret: The secret file .*nothere cannot be read"),
        ('country = "US"', 'country = "XX"', "country is XX, which is an unknown country"),
    ],
)
async def test_what_is_wrong_is_told_before_anybody_has_to_sign_in(
    sandbox: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, told: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    tokens = sandbox_settings(sandbox.process.addresses, "env:{}")
    text = with_sign_in(tokens, sandbox.process.identity, sandbox.process.audit, "env:{}")
    assert before in text
    path = tmp_path / "systems.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")

    async def ask(_sign_in: SignIn, _sentence: str) -> Person:
        pytest.fail("somebody was asked to sign in")

    with pytest.raises(ConfigurationError, match=told):
        async with open_session(config=path, demo=False, with_store=True, ask_person=ask):
            pass


@pytest.mark.expects_log("the sign-in cannot be kept")
async def test_a_token_that_ends_while_the_disk_is_full_is_renewed_and_kept_later(
    console: Console, sign_in: SignIn, sandbox: Control
) -> None:
    kept = SecretRepository(in_memory())
    full: list[StoreError | None] = [None]

    class Store(SecretRepository):
        async def save(self, name: str, value: str) -> None:
            if full[0] is not None:
                raise full[0]
            await kept.save(name, value)

    await sign_in.keep_in(Store(in_memory()))
    before = await kept.load("sign-in")
    told: list[str] = []
    sign_in.unkept.add(told.append)
    full[0] = StoreError("The disk is full.")
    sign_in.rejected(await sign_in.access_token())
    view = await _opened(console, sandbox.first_customer)
    assert not [part for part in view.loaders if part.state.failure]
    view.close()
    assert told == ["The disk is full."]
    full[0] = None
    await sign_in.access_token()
    assert not sign_in.is_unkept
    assert await kept.load("sign-in") != before


async def _goes_straight_on(made: SignIn, browser: httpx.AsyncClient) -> bool:
    """Return whether a browser that opens the sign-in address is redirected back without any input."""
    attempt = await made.begin()
    try:
        page = await browser.get(attempt.address, follow_redirects=False)
        return page.status_code == 303
    finally:
        await attempt.aclose()


async def test_what_the_browser_remembers_opens_but_neither_unlocks_nor_switches(
    sandbox: Control, consoles: Consoles
) -> None:
    made = consoles(sandbox.process.identity)
    async with httpx.AsyncClient(trust_env=False, verify=False) as browser:
        attempt = await made.begin()
        page = await browser.get(attempt.address)
        values = dict(httpx.URL(attempt.address).params.items())
        await browser.post(page.url, data=values | {"identity": "rep"})
        await attempt.aclose()

        assert await _goes_straight_on(made, browser)
        made.demand_proof()
        assert not await _goes_straight_on(made, browser)


async def test_a_sign_out_ends_the_session_in_the_browser_too(sandbox: Control, consoles: Consoles) -> None:
    made = consoles(sandbox.process.identity)
    async with httpx.AsyncClient(trust_env=False, verify=False) as browser:
        attempt = await made.begin()
        waiting = asyncio.create_task(attempt.wait())
        page = await browser.get(attempt.address)
        values = dict(httpx.URL(attempt.address).params.items())
        await browser.post(page.url, data=values | {"identity": "rep"}, follow_redirects=True)
        await made.finish(await waiting)
        await attempt.aclose()

        address = await made.sign_out()

        assert address is not None
        await browser.get(address)
        assert not await _goes_straight_on(consoles(sandbox.process.identity), browser)


async def test_a_start_after_an_expired_sign_in_goes_on_with_a_new_one(sandbox: Control, consoles: Consoles) -> None:
    first = consoles(sandbox.process.identity)
    await _sign_in(first)
    database = in_memory()
    await first.keep_in(SecretRepository(database))
    await sandbox.identity(end_sign_ins=True)

    second = consoles(sandbox.process.identity)
    assert await second.restore(SecretRepository(database)) is None
    await database.aclose()  # as the session does before a new sign-in
    async with asyncio.timeout(5):
        await _sign_in(second)
    assert second.state is SignInState.SIGNED_IN
    assert not second.is_unkept
    with pytest.raises(StoreError, match="closed"):
        await SecretRepository(database).save("a", "b")
