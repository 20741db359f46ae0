"""The audit as a supervisor sees it, flags of other consoles, and access grants that expire."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.compose import Overrides
from console.http.audit_collector import AuditCollector
from console.models.audit import AuditEntry, Link
from console.models.customer import CustomerId
from console.services.access.access_service import AccessLevel, AccessReason
from console.services.access.permissions import ROLES
from console.views.access.access_dialog import AccessDialog
from console.views.audit.flags import FlagBar
from console.views.audit.page import together
from console.views.customer.forms.action_form import ActionForm
from tests.support.acting import numbers_of
from tests.views.conftest import Rig, texts_of


def seen(words: str, customer: str = "CU-1", who: str = "me") -> AuditEntry:
    return AuditEntry(datetime(2026, 11, 25, 9, tzinfo=UTC), who, "rep", "saw", customer, words)


def test_what_one_person_saw_of_one_customer_stands_in_one_line() -> None:
    opened = AuditEntry(datetime(2026, 11, 25, 9, tzinfo=UTC), "me", "rep", "opened", "CU-1", "a caller: Photo")
    newest_first = [
        seen("bills"),
        seen("party"),
        opened,
        seen("tickets"),
        seen("bills", "CU-2"),
        seen("bills", who="you"),
    ]
    assert [(one.what, one.words) for one in together(newest_first)] == [
        ("saw", "party, bills"),
        ("opened", "a caller: Photo"),
        ("saw", "tickets"),
        ("saw", "bills"),
        ("saw", "bills"),
    ]


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.gated("supervisor")
async def test_a_supervisor_finds_what_another_console_did_and_why(rig: Rig) -> None:
    [customer] = numbers_of(31, 32)
    other = rig.sandbox.console(overrides=Overrides(user=ROLES["rep"]), gated=True)
    await other.open_store()
    await other.access.open_for(CustomerId(customer), AccessReason.TYPED, "asked for in the branch")
    await rig.until(lambda: rig.sandbox.audited("asked for in the branch"))
    await other.aclose()
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("k")
    page = rig.workspace.pages["audit"]
    assert page is not None
    assert page.field.hasFocus()
    await rig.until(lambda: "from every console" in page.message.text())
    page.field.selectAll()
    rig.keys(f"OPENED {customer.lower()}")
    rig.press(Qt.Key.Key_Return)
    await rig.until(lambda: {row.data.customer for row in page.table.rows_model.rows} == {customer})
    assert "asked for in the branch" in texts_of(page)
    rig.press(Qt.Key.Key_Down)
    assert page.table.hasFocus()
    rig.press(Qt.Key.Key_Return)
    [dialog] = rig.window.findChildren(AccessDialog)  # reading the audit does not open an account
    await rig.until(lambda: "·" in dialog.who.text())
    dialog.reject()
    assert f"OPENED {customer.lower()}" in {
        entry.words for entry in await rig.sandbox.audited(what="searched the audit")
    }


@pytest.mark.gated("supervisor")
async def test_older_entries_come_by_scrolling_and_days_narrow_what_is_found(rig: Rig) -> None:
    known = await asyncio.to_thread(AuditCollector, rig.sandbox.process.audit, rig.sandbox.process.tokens["audit"])
    morning = datetime.now().astimezone().replace(hour=9, minute=0) - timedelta(days=3)
    entries = [
        AuditEntry(morning + timedelta(seconds=n), f"rep {n % 7}", "rep", "did", "CU-1", f"bulk {n}")
        for n in range(450)
    ]
    await known.send([Link("bulk", n, msgspec.json.encode(one), "h") for n, one in enumerate(entries)])
    await known.aclose()
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("k")
    page = rig.workspace.pages["audit"]
    page.until.setText("-3")  # the search itself is in the audit too, dated today
    page.field.setText("bulk")
    page.search()
    await rig.until(lambda: page.table.rows_model.rowCount() == 200)
    assert "The newest 200 entries from every console" in page.message.text()
    page.table.setFocus()
    while (before := page.table.rows_model.rowCount()) < 450:
        rig.press(Qt.Key.Key_End, CTRL)
        await rig.until(lambda before=before: page.table.rows_model.rowCount() > before)
    rows = [page.table.rows_model.row(place).data.words for place in range(450)]
    assert rows == [f"bulk {n}" for n in reversed(range(450))]
    assert not page.older.isVisible()
    for since, until, message in (
        ("", "-4", "No matching entries"),
        ("-3", "-3", "The newest 200 entries"),
        ("-2", "-4", "The first day is after the last"),
        ("the 5th", "", "the 5th is not a valid date"),
        ("3/4/2026", "", "The newest 200 entries"),
    ):
        page.since.setText(since)
        page.until.setText(until)
        page.until.setFocus()
        rig.press(Qt.Key.Key_Return)
        await rig.until(lambda message=message: message in page.message.text())
    assert page.since.text() == "2026-03-04"  # US format, as this deployment is in the US


@pytest.mark.gated("rep")
async def test_a_rep_has_no_audit_page_and_is_refused_by_the_services(rig: Rig) -> None:
    assert "audit" not in rig.workspace.pages
    assert not rig.window.rail_buttons["audit"].isVisible()
    with pytest.raises(Exception, match="can't read the audit"):
        await rig.console.audit_search.find("")


@pytest.mark.gated("supervisor")
async def test_what_is_flagged_at_one_console_stands_on_a_supervisors_until_they_have_seen_it(rig: Rig) -> None:
    other = rig.sandbox.console(overrides=Overrides(user=ROLES["rep"]), gated=True)
    await other.open_store()
    for customer in numbers_of(40, 52):
        await other.access.open_for(CustomerId(customer), AccessReason.TYPED, "looking at neighbours")
    await rig.until(lambda: rig.sandbox.audited("12 accounts", what="harvesting"))
    await other.aclose()
    looked: list[str] = []
    bar = FlagBar(rig.window, rig.console, rig.bridge, looked.append)
    await rig.until(bar.isVisible)
    assert "12 accounts opened within an hour and nothing done in them" in bar.message.text()
    QTest.mouseClick(bar.look_button, Qt.MouseButton.LeftButton)
    assert looked == ["opened"]  # the tests have no sign-in, so the sentence has no name
    while bar.isVisible():
        QTest.mouseClick(bar.seen_button, Qt.MouseButton.LeftButton)
        await asyncio.sleep(0)
    await rig.until(lambda: rig.sandbox.audited("12 accounts", what="saw the flag"))
    again = FlagBar(rig.window, rig.console, rig.bridge, looked.append)  # as at the next start
    await asyncio.sleep(0.3)
    assert not again.isVisible()
    for one in (bar, again):
        one.deleteLater()


@pytest.mark.gated
async def test_an_opening_lapses_which_is_said_before_and_keeps_what_was_typed(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    expiry_bar = rig.workspace.expiry_bar
    assert expiry_bar is not None
    await rig.console.access.verify(customer, "photo", "")
    page = await rig.open()
    page.customer_actions.open_note()
    rig.keys("Wants to be called back on Friday")
    rig.clock.ahead = timedelta(minutes=28, seconds=30)
    expiry_bar.look()
    assert expiry_bar.isVisible()
    assert f"{page.view.name}: locks in 2 minutes" in expiry_bar.message.text()
    assert page.customer_actions.dock is not None
    assert page.customer_actions.dock.text.hasFocus()  # the bar does not take the focus while a rep types
    page.customer_actions.open_action("open-ticket")
    [form] = rig.window.findChildren(ActionForm)
    await rig.until(form.isActiveWindow)
    rig.press_in_window(form, Qt.Key.Key_G, CTRL | SHIFT)  # from within a form too
    assert not expiry_bar.isVisible()
    assert f"Kept open: {page.view.name}." in texts_of(rig.window.status)
    await asyncio.sleep(0)
    rig.clock.ahead = timedelta(minutes=57)
    assert (
        rig.console.access.level(customer) is AccessLevel.ACCOUNT or rig.console.access.grant_of(customer) is not None
    )
    rig.clock.ahead = timedelta(minutes=59)
    expiry_bar.look()
    await asyncio.sleep(0)
    assert rig.workspace.page is None
    assert not [one for one in rig.window.findChildren(ActionForm) if one.isVisible()]
    assert rig.console.access.level(customer) is AccessLevel.CLOSED
    assert "was locked because its time ran out" in texts_of(rig.window.status)
    await rig.console.access.verify(customer, "photo", "")
    again = await rig.open()
    assert again.customer_actions.dock is not None
    assert again.customer_actions.dock.text.toPlainText() == "Wants to be called back on Friday"


@pytest.mark.gated
async def test_after_a_restart_the_customer_in_front_is_asked_for_and_the_others_can_be_reopened(rig: Rig) -> None:
    first, front = (CustomerId(number) for number in numbers_of(120, 122))
    rig.console.drafts.type("desk/tabs", f"{first}\n*{front}")
    rig.workspace.customers.restore()
    [dialog] = rig.window.findChildren(AccessDialog)
    await rig.until(lambda: front in dialog.who.text())
    assert "You were with this customer when the console closed" in texts_of(rig.window.status)
    dialog.reject()
    rig.workspace.customers.reopen()
    found = [one for one in rig.window.findChildren(AccessDialog) if one.isVisible()]
    await rig.until(lambda: first in found[0].who.text())
    found[0].reject()
