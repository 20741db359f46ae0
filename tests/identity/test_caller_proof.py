"""Verification of a caller by a PIN or a code that CRM checks itself, or by calling back a service's number."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import msgspec
import pytest

from console.compose import Overrides, compose_console
from console.errors import RejectedError, SystemUnavailableError
from console.models.customer import CustomerId
from console.services.access.access_service import AccessLevel
from console.services.access.permissions import REP, Permission
from console.services.access.sign_in import SignIn
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from tests.support.acting import numbers_of
from tests.support.browser import sign_in_as
from tests.support.control import Control
from tests.support.waiting import until

pytestmark = [pytest.mark.own_world, pytest.mark.expects_log("is down"), pytest.mark.expects_log("is back")]


@pytest.fixture
async def signed_in(sandbox: Control, consoles: Callable[..., SignIn]) -> SignIn:
    made = consoles(sandbox.process.identity)
    attempt = await made.begin()
    waiting = asyncio.create_task(attempt.wait())
    await sign_in_as(attempt.address, {"identity": "rep"})
    await made.finish(await waiting)
    return made


@pytest.fixture
async def console(sandbox: Control, signed_in: SignIn) -> AsyncIterator[Console]:
    overrides = Overrides(rng=random.Random(1), user=REP, sign_in=signed_in)
    made = compose_console(sandbox.process.deployment_with_sign_in, sandbox.process.secrets, overrides)
    await made.open_store()
    yield made
    await made.aclose()


async def with_pin(sandbox: Control) -> tuple[CustomerId, str]:
    for number in numbers_of(1, 20):
        pin = (await sandbox.truth(number))["callerKnows"]["pin"]
        if pin is not None:
            return CustomerId(number), pin
    raise AssertionError("nobody has a PIN")


async def with_service_number(sandbox: Control, console: Console) -> CustomerId:
    """Return the first customer to whom CRM can send a code."""
    for number in numbers_of(1, 30):
        try:
            await console.access.send_code(CustomerId(number))
        except NotPossibleError:
            continue
        return CustomerId(number)
    raise AssertionError("nobody has a phone service")


def other(digits: str) -> str:
    return f"{(int(digits) + 1) % 10 ** len(digits):0{len(digits)}d}"


async def test_the_right_pin_opens_everything_and_is_written_down_nowhere(
    sandbox: Control, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    customer, pin = await with_pin(sandbox)
    before = datetime.now(UTC).isoformat()
    with caplog.at_level("DEBUG"):
        grant = await console.access.verify(customer, "pin", pin)
    assert (grant.level, grant.checked) == (AccessLevel.CALL_DETAIL, True)
    assert console.access.refusal_to_do(Permission.ORDER, customer) is None
    await until(lambda: sandbox.audited(customer, what="opened", since=before))
    entries = [msgspec.json.encode(entry).decode() for entry in await sandbox.audited(since=before)]
    told = [record.getMessage() for record in caplog.records if record.name.startswith("console")]
    assert not [text for text in (*told, *entries) if f'"{pin}"' in text or f" {pin}" in text]


async def test_wrong_pins_count_here_and_in_crm(sandbox: Control, console: Console) -> None:
    customer, pin = await with_pin(sandbox)
    for left in ("2 tries left", "1 try left", "in 15 min"):
        with pytest.raises(NotPossibleError, match=left):
            await console.access.verify(customer, "pin", other(pin))
    with pytest.raises(NotPossibleError, match="Too many wrong answers"):
        await console.access.verify(customer, "pin", pin)
    assert console.access.grant_of(customer) is None

    async with sandbox.raw("crm") as crm:
        asked = {"customer": {"id": customer}, "pin": other(pin)}
        said = [(await crm.post("/callerProof/v1/pinCheck", json=asked)).json()["result"] for _ in range(3)]
    assert said == ["mismatch", "mismatch", "locked"]


async def test_who_has_set_no_pin_is_told_and_loses_no_attempt(sandbox: Control, console: Console) -> None:
    for number in numbers_of(1, 50):
        if (await sandbox.truth(number))["callerKnows"]["pin"] is None:
            break
    for _ in range(4):
        with pytest.raises(NotPossibleError, match="has not set a PIN"):
            await console.access.verify(CustomerId(number), "pin", "1234")


async def test_a_code_opens_everything_once_for_ten_minutes(sandbox: Control, console: Console) -> None:
    before = datetime.now(UTC).isoformat()
    customer = await with_service_number(sandbox, console)
    code = await sandbox.code(customer)
    assert (await console.access.verify(customer, "code", code)).level is AccessLevel.CALL_DETAIL
    console.access.close(customer)
    with pytest.raises(NotPossibleError, match="Send a code first"):
        await console.access.verify(customer, "code", code)

    sent = await console.access.send_code(customer)
    assert len(sent.ends_in) == 2
    await sandbox.advance(601)
    with pytest.raises(NotPossibleError, match="expired"):
        await console.access.verify(customer, "code", await sandbox.code(customer))
    await console.access.send_code(customer)
    with pytest.raises(NotPossibleError, match="2 tries left"):
        await console.access.verify(customer, "code", other(await sandbox.code(customer)))

    async def told() -> list[str]:
        return [entry.words for entry in await sandbox.audited(customer, what="code sent", since=before)]

    async def all_told() -> bool:
        return len(await told()) >= 3

    await until(all_told)
    assert await told() == [f"to a number that ends in {sent.ends_in}"] * 3


async def test_a_crm_that_offers_neither_has_no_such_ways(sandbox: Control, signed_in: SignIn) -> None:
    deployment = sandbox.process.deployment_with_sign_in
    crm = msgspec.structs.replace(deployment.systems["crm"], caller_proof=None)
    without = msgspec.structs.replace(deployment, systems={**deployment.systems, "crm": crm})
    made = compose_console(without, sandbox.process.secrets, Overrides(user=REP, sign_in=signed_in))
    assert [method.name for method in made.access.methods] == ["birth", "account", "callback", "photo"]
    await made.aclose()


async def test_nobody_is_verified_while_crm_is_away_or_says_something_else(sandbox: Control, console: Console) -> None:
    customer, pin = await with_pin(sandbox)
    await sandbox.faults("crm", outage=True)
    with pytest.raises(SystemUnavailableError):
        await console.access.verify(customer, "pin", pin)
    await sandbox.faults("crm")
    await sandbox.quirks("crm", "failure-in-200")
    with pytest.raises(RejectedError):
        await console.access.verify(customer, "pin", pin)
    assert console.access.grant_of(customer) is None


async def test_calling_back_a_number_that_a_service_has_had_long_opens_everything(
    sandbox: Control, console: Console
) -> None:
    customer = await with_service_number(sandbox, console)
    view = console.view_customer(customer)
    assert await console.access.number_on_file(customer)
    assert (await console.access.verify(customer, "callback", "")).level is AccessLevel.CALL_DETAIL
    view.close()
    console.access.close(customer)

    await sandbox.faults("provisioning", outage=True)  # now the owner of the number is unknown
    await console.access.number_on_file(customer)
    assert (await console.access.verify(customer, "callback", "")).level is AccessLevel.ACCOUNT
    assert console.access.refusal_to_do(Permission.CHANGE_CONTACT, customer) is not None


async def test_what_a_stranger_could_take_over_needs_the_stronger_step(sandbox: Control, console: Console) -> None:
    number = sandbox.first_customer
    knows = (await sandbox.truth(number))["callerKnows"]
    customer = CustomerId(number)
    await console.access.verify(customer, "account", knows["accounts"][0])
    for permission in (Permission.ORDER, Permission.CHANGE_CONTACT):
        assert "stronger verification" in str(console.access.refusal_to_do(permission, customer))
    assert console.access.refusal_to_do(Permission.ADD_NOTE, customer) is None
