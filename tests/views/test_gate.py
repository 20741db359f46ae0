"""Before the caller is verified, no account data is in the window, open to screen readers, or requested."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from benchmarks.walk import reported_by
from console.models.customer import CustomerId
from console.models.search import Match, MatchedBy, SearchResult
from console.services.access.access_service import AccessLevel, AccessReason
from console.services.access.permissions import ROLES
from console.services.customer.contact import NotPossibleError
from console.services.search.customer_index import HERE
from console.views import texts
from console.views.access.access_dialog import AccessDialog
from console.views.keys.letters import LetterOverlay
from tests.support.acting import numbers_of
from tests.support.control import Control
from tests.views.conftest import Rig, texts_of

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLACES = {
    "crm": ("/tmf-api/troubleTicket/v4/troubleTicket",),
    "billing": ("/tmf-api/accountManagement/v4/billingAccount", "/tmf-api/customerBillManagement/v4/customerBill"),
    "provisioning": ("/tmf-api/productOrderingManagement/v4/productOrder", "/tmf-api/serviceInventory/v4/service"),
}


async def secrets_of(sandbox: Control, customer: str) -> set[str]:
    """Return the values to hide: contact data, date of birth, and the numbers of the customer's records."""
    found: set[str] = set()
    async with sandbox.raw("crm") as crm:
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
        kind = record["engagedParty"]["@referredType"].lower()
        party = (await crm.get(f"/tmf-api/party/v4/{kind}/{record['engagedParty']['id']}")).json()
        found |= {str(party["birthDate"])[:10]} if party.get("birthDate") else set()
        for medium in record["contactMedium"]:
            values = medium["characteristic"]
            found |= {str(values[key]) for key in ("emailAddress", "street1", "phoneNumber") if values.get(key)}
    for system, places in PLACES.items():
        async with sandbox.raw(system) as client:
            for place in places:
                answer = await client.get(place, params={"relatedParty.id": customer, "limit": 20})
                found |= {str(one["id"]) for one in answer.json()}
    assert len(found) > 6
    return found


async def leaks(rig: Rig, secrets: set[str]) -> list[tuple[str, str]]:
    """Return where the window shows a secret; searched in several turns, as one would exceed the limit of a turn."""

    def plain(text: str) -> str:
        return re.sub(r"[^0-9a-z@]", "", text.lower())

    wanted, found = {plain(secret) for secret in secrets}, []
    for place, (where, text) in enumerate(reported_by(rig.window)):
        shown = plain(text)
        if any(secret in shown for secret in wanted):
            found.append((where, text))
        if place % 20 == 0:
            await asyncio.sleep(0)
    return found


async def asked(rig: Rig, customer: str) -> AccessDialog:
    rig.workspace.open_customer(CustomerId(customer))
    found = rig.window.findChildren(AccessDialog)
    assert len(found) == 1
    await rig.until(lambda: "·" in found[0].who.text())
    return found[0]


async def search(rig: Rig, text: str) -> None:
    rig.press(Qt.Key.Key_K, CTRL)
    rig.keys(text)
    rows = rig.workspace.palette.list.rows_model
    await rig.until(lambda: rows.rows)
    await rig.until(lambda: rig.workspace.palette.result is None or rig.workspace.palette.result.is_complete)


@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=pytest.mark.gated(role)) for role in ROLES], ids=lambda role: role
)
async def test_nothing_of_a_closed_account_is_told_to_any_role(rig: Rig, role: str) -> None:
    customer = rig.sandbox.first_customer
    secrets = await secrets_of(rig.sandbox, customer)
    assert rig.console.user.role == role
    await search(rig, customer)
    assert await leaks(rig, secrets) == []
    rig.press(Qt.Key.Key_Escape)
    dialog = await asked(rig, customer)
    assert await leaks(rig, secrets) == []
    planted = QLabel(f"planted {next(iter(secrets))}", dialog)
    assert await leaks(rig, secrets)
    planted.deleteLater()
    assert rig.workspace.page is None
    dialog.reject()


@pytest.mark.gated
async def test_the_systems_are_asked_for_the_name_alone(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="console.http"):
        dialog = await asked(rig, rig.sandbox.first_customer)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert "fields=" in lines[0]
    dialog.reject()


@pytest.mark.gated
async def test_a_search_asks_crm_for_names_alone(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    async with rig.sandbox.raw("crm") as crm:
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{rig.sandbox.first_customer}")).json()
    [email] = [
        one["characteristic"]["emailAddress"]
        for one in record["contactMedium"]
        if one["characteristic"].get("emailAddress")
    ]
    with caplog.at_level("INFO", logger="console.http"):
        for text in (rig.sandbox.first_customer, record["name"], email):
            await search(rig, text)
            names = texts_of(rig.workspace.palette)
            assert record["name"] in names
            rig.press(Qt.Key.Key_Escape)
    asked = [line for line in (record.getMessage() for record in caplog.records) if "customerManagement" in line]
    assert len(asked) >= 3
    assert all("fields=" in line for line in asked)


@pytest.mark.gated
async def test_a_closed_account_is_not_found_by_part_of_a_number_or_address(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    await rig.console.access.open_for(customer, AccessReason.TYPED, "Looks the caller up before")
    view = rig.console.view_customer(customer)
    view.load_all()
    await view.wait_idle()
    record = view.customer.unmasked.value
    view.close()
    phone = next(one.text for one in record.contact_media if one.kind == "phone")
    email = next(one.text for one in record.contact_media if one.kind == "email")
    street = next(one.text for one in record.contact_media if one.kind == "address").split(",")[0]
    account = record.account_ids[0]

    async def found(text: str) -> set[str]:
        results: list[SearchResult] = []
        await rig.console.search.find(rig.console.search.read(text), results.append)
        return {one.customer_id for one in results[-1].found if one.customer_id == customer}

    async def is_in_the_index() -> bool:
        results: list[SearchResult] = []
        await rig.console.search.find(rig.console.search.read(record.id), results.append)
        return any((HERE, Match(MatchedBy.SEEN_HERE)) in one.reasons for one in results[-1].found)

    await rig.until(is_in_the_index)
    parts = (phone[2:8], phone[-7:], phone[-4:], account[-5:], email.partition("@")[0], street)
    assert any([await found(text) for text in parts])  # while the account is open, the search finds it
    rig.console.access.close(customer)
    assert [text for text in parts if await found(text)] == []
    for text in (phone, email, account, record.name, record.id):
        assert await found(text), text


@pytest.mark.gated
async def test_what_was_searched_for_is_written_down_once(rig: Rig) -> None:
    before = datetime.now(UTC).isoformat()
    for text in ("kow", "kowal", "kowalski", "+19375550142"):
        await rig.console.search.find(rig.console.search.read(text), lambda _result: None)
    await rig.console.search.aclose()
    await rig.until(lambda: rig.sandbox.audited("+19375550142", what="searched", since=before))
    newest_first = await rig.sandbox.audited(what="searched", since=before)
    assert [entry.words for entry in newest_first] == ["+19375550142", "kowalski"]


@pytest.mark.gated
async def test_a_caller_is_verified_by_keys_and_wrong_answers_are_counted(rig: Rig) -> None:
    customer = rig.sandbox.first_customer
    async with rig.sandbox.raw("crm") as crm:
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
    account = record["account"][0]["id"]
    dialog = await asked(rig, customer)
    rig.press(Qt.Key.Key_Down)  # the account number
    rig.keys("BA-00000000")
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: "2 tries left" in texts_of(dialog))
    rig.keys(account.lower())
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: rig.workspace.page is not None)
    assert rig.console.access.level(CustomerId(customer)) is AccessLevel.ACCOUNT
    page = rig.workspace.page
    assert "Caller verified" in texts_of(page.head)
    await page.view.wait_idle()
    page.go_to("usage")
    await page.view.wait_idle()
    assert "use a stronger verification" in texts_of(page.panel("usage"))
    rig.window.activateWindow()
    await rig.until(rig.window.isActiveWindow)
    rig.press(Qt.Key.Key_V, CTRL | SHIFT)
    [further] = rig.window.findChildren(AccessDialog)
    await rig.until(further.answer.hasFocus)
    # The ways that unlock more. Whether calling back is one shows once the number is known.
    assert [name for _button, name, _reason in further.ways] == ["pin", "code", "callback", "photo"]
    rig.press(Qt.Key.Key_Up)
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: rig.console.access.level(CustomerId(customer)) is AccessLevel.CALL_DETAIL)
    await page.view.wait_idle()
    assert page.view.usage.state.denied is None
    assert page.view.usage.state.facts is not None


@pytest.mark.gated
async def test_a_pin_and_a_code_open_everything_by_keys(rig: Rig) -> None:
    customer = rig.sandbox.first_customer
    pin = (await rig.sandbox.truth(customer))["callerKnows"]["pin"]
    assert pin is not None
    dialog = await asked(rig, customer)
    rig.press(Qt.Key.Key_Down)
    rig.press(Qt.Key.Key_Down)
    rig.keys("12 ab")
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: "Enter the digits" in texts_of(dialog))
    rig.keys(pin)
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: rig.workspace.page is not None)
    assert rig.console.access.level(CustomerId(customer)) is AccessLevel.CALL_DETAIL


@pytest.mark.gated
async def test_a_code_is_sent_first_and_its_number_is_not_shown(rig: Rig) -> None:
    for customer in numbers_of(1, 30):
        sendable = await code_can_be_sent(rig, customer)
        if sendable:
            break
    dialog = await asked(rig, customer)
    for _ in range(3):
        rig.press(Qt.Key.Key_Down)
    assert "Send the code" in dialog.open_button.text()
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: "Sent to the number ending in" in texts_of(dialog))
    assert len(re.findall(r"\d", dialog.message.text())) == 2
    assert "Open the account" in dialog.open_button.text()
    rig.keys(await rig.sandbox.code(customer))
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: rig.workspace.page is not None)
    assert rig.console.access.level(CustomerId(customer)) is AccessLevel.CALL_DETAIL


async def code_can_be_sent(rig: Rig, customer: str) -> bool:
    async with rig.sandbox.raw("crm") as crm:
        answer = await crm.post("/callerProof/v1/codeSending", json={"customer": {"id": customer}})
        return "sentTo" in answer.raise_for_status().json()


@pytest.mark.gated("trainee")
async def test_a_trainee_sees_personal_data_in_full_only_on_demand_which_is_recorded(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    async with rig.sandbox.raw("crm") as crm:
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
    values = [medium["characteristic"] for medium in record["contactMedium"]]
    kept = {str(one[key]) for one in values for key in ("emailAddress", "phoneNumber") if one.get(key)}
    await rig.console.access.verify(customer, "callback", "")
    page = rig.workspace.open_customer(customer)
    assert page is not None
    page.view.load_all()
    await page.view.wait_idle()
    await rig.until(lambda: "•••" in texts_of(page.head))
    assert not [value for value in kept if value in texts_of(rig.window)]
    rig.press(Qt.Key.Key_F, CTRL | SHIFT)
    await rig.until(lambda: "•••" not in texts_of(page.head))
    assert max(kept, key=lambda value: "@" in value) in texts_of(page.head)
    words = "days of birth, e-mail addresses, phone numbers"

    async def is_recorded() -> bool:
        return words in {one.words for one in await rig.sandbox.audited(customer, what="showed in full")}

    await rig.until(is_recorded)


@pytest.mark.gated("trainee")
async def test_what_a_role_never_may_is_not_offered_to_it(rig: Rig) -> None:
    shown = {action.text() for action in rig.window.findChildren(QAction) if action.isVisible()}
    assert any(text.startswith("Line test") for text in shown)
    assert not any(text.startswith(("Give credit", "Promise to pay", "Decide on approval")) for text in shown)
    rig.press(Qt.Key.Key_D, CTRL)
    [overlay] = [one for one in rig.window.findChildren(LetterOverlay) if one.isVisible()]
    assert "Line test" in texts_of(overlay)
    assert "Give credit" not in texts_of(overlay)
    rig.keys("c")
    assert "Give credit: your role can't do that." in texts_of(rig.window.status)
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("q")
    assert "No action has the letter Q." in texts_of(rig.window.status)


@pytest.mark.gated
async def test_after_three_wrong_answers_the_account_stays_closed(rig: Rig) -> None:
    dialog = await asked(rig, rig.sandbox.first_customer)
    dialog.ways[1][0].setChecked(True)
    for nothing in ("", "  "):  # an empty answer
        dialog.answer.setText(nothing)
        dialog.open_account()
        await rig.until(lambda: "Enter the account number" in texts_of(dialog))
    for answer in ("BA-00000000", "BA-00000000", "ba 00000001", "BA-00000002"):  # the second reveals nothing new
        dialog.answer.setText(answer)
        QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
        await rig.until(lambda: not dialog.busy)
    assert "again in 15 min" in texts_of(dialog)
    QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    await rig.until(lambda: "Too many wrong answers" in texts_of(dialog))
    assert dialog.answer.hasFocus()  # although a click moved the focus to the button
    assert rig.workspace.page is None
    dialog.reject()
    customer = CustomerId(rig.sandbox.first_customer)
    with pytest.raises(NotPossibleError, match="Too many wrong answers"):  # and a reason does not open it either
        await rig.console.access.open_for(customer, AccessReason.TYPED, "checking an address for the field")
    await asyncio.sleep(0)
    again = await asked(rig, customer)
    assert "Too many wrong answers" in texts_of(again)  # before anything is typed
    again.reject()
    rig.clock.ahead = timedelta(minutes=16)
    await rig.console.access.open_for(customer, AccessReason.TYPED, "checking an address for the field")
    assert rig.console.access.level(customer) is AccessLevel.ACCOUNT


@pytest.mark.gated
async def test_a_day_of_birth_is_typed_as_the_caller_says_it_and_one_wrong_day_counts_once(rig: Rig) -> None:
    for customer in map(CustomerId, numbers_of(0, 40)):
        async with rig.sandbox.raw("crm") as crm:
            record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
            engaged = record["engagedParty"]
            place = "organization" if engaged.get("@referredType") == "Organization" else "individual"
            party = (await crm.get(f"/tmf-api/party/v4/{place}/{engaged['id']}")).json()
        if born := party.get("birthDate"):
            break
    else:
        pytest.fail("nobody has a day of birth")
    dialog = await asked(rig, customer)
    day = date.fromisoformat(born[:10])
    wrong = day.replace(year=day.year - 1)
    for typed, message in (
        ("13/13/1980", "is not a valid date"),
        (f"{wrong:%d %b %Y}", "2 tries left"),
        (f"{wrong:%B %d, %Y}", "You already tried"),
    ):
        dialog.answer.setText(typed)
        dialog.open_account()
        await rig.until(lambda message=message: message in texts_of(dialog))
    dialog.answer.clear()
    rig.keys(f"{day:%m/%d/%Y}", dialog.answer)  # US format, as this deployment is in the US
    assert f"Read as {texts.weekday(day)}" in texts_of(dialog)
    dialog.open_account()
    await rig.until(lambda: rig.workspace.page is not None)
    assert rig.console.access.level(customer) is AccessLevel.ACCOUNT


@pytest.mark.gated
async def test_without_a_caller_money_is_not_moved_and_closing_closes(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    dialog = await asked(rig, customer)
    next(button for button, _name, reason in dialog.ways if reason is AccessReason.TICKET).setChecked(True)
    dialog.answer.setText("TT-100234")
    dialog.open_account()
    await rig.until(lambda: "CRM has no ticket TT-100234 for this customer" in texts_of(dialog))
    async with rig.sandbox.raw("crm") as crm:
        tickets = await crm.get("/tmf-api/troubleTicket/v4/troubleTicket", params={"relatedParty.id": customer})
    dialog.answer.setText(tickets.json()[0]["id"].lower())
    dialog.open_account()
    await rig.until(lambda: rig.workspace.page is not None)
    await rig.workspace.page.view.wait_idle()
    rig.workspace.page.customer_actions.open_action("give-credit")
    assert "verify the caller" in texts_of(rig.window.status)
    assert "Opened without a caller: a ticket" in texts_of(rig.workspace.page.head)
    assert rig.console.actions.may("work-on-ticket", customer) is None
    with pytest.raises(
        NotPossibleError, match="open without a caller"
    ):  # the answer is on the page the rep has just seen
        await rig.console.access.verify(customer, "birth", "1980-01-01")
    rig.workspace.customers.close_tab(0)
    assert rig.console.access.level(customer) is AccessLevel.CLOSED


@pytest.mark.gated
async def test_a_note_remembered_after_the_call_does_not_stop_the_same_caller_from_being_verified_again(
    rig: Rig,
) -> None:
    customer, access = CustomerId(rig.sandbox.first_customer), rig.console.access
    async with rig.sandbox.raw("crm") as crm:
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
    account = record["account"][0]["id"]
    await access.verify(customer, "account", account)
    access.close(customer)
    await access.open_for(customer, AccessReason.TYPED, "note to the call just ended")
    access.close(customer)
    assert (await access.verify(customer, "account", account)).reason is AccessReason.CALLER


@pytest.mark.gated
async def test_reading_the_answer_off_the_screen_opens_but_does_not_hide_who_looks_around(rig: Rig) -> None:
    before = datetime.now(UTC)
    async with rig.sandbox.raw("crm") as crm:
        for number in numbers_of(100, 112):
            customer = CustomerId(number)
            record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
            assert not (await rig.console.access.verify(customer, "photo", "")).checked
            rig.console.access.close(customer)
            opened = await rig.console.access.verify(customer, "account", record["account"][0]["id"])
            assert not opened.checked
            rig.console.access.close(customer)
    await rig.until(lambda: rig.sandbox.audited("12 accounts", what="harvesting", since=before.isoformat()))


@pytest.mark.gated
async def test_whoever_looks_around_is_flagged_within_twenty_accounts(rig: Rig) -> None:
    before = datetime.now(UTC)
    for customer in numbers_of(0, 20):
        await rig.console.access.verify(CustomerId(customer), "photo", "")  # the rep alone states that this was checked
    flagged = await rig.until(lambda: rig.sandbox.audited(what="harvesting", since=before.isoformat()))
    assert [entry.words for entry in flagged] == ["12 accounts opened within an hour and nothing done in them"]
