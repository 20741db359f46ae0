"""A customer's page over two billing systems: each panel's head names both, and a system that is down is named."""

import pytest

from tests.support.two_billings import FIXED, MOBILE, TwoBillings
from tests.views.conftest import Rig, texts_of


@pytest.fixture
def sandbox(two_billings: TwoBillings) -> TwoBillings:
    """Return the two billing systems, as this module's sandbox."""
    return two_billings


async def test_a_panel_names_both_systems_and_each_value_its_own(rig: Rig) -> None:
    page = await rig.open()
    assert page.bills.system_label == f"{FIXED}, {MOBILE}"
    assert page.account.system_label == f"{FIXED}, {MOBILE}"
    rows = page.bills.table.rows_model.rows
    assert {row.cells[0].fact.system_label for row in rows} == {FIXED, MOBILE}


@pytest.mark.expects_log("is down")
async def test_what_one_dead_billing_cannot_say_is_said_and_the_rest_is_shown(
    rig: Rig, two_billings: TwoBillings
) -> None:
    await two_billings.second.faults("billing", outage=True)
    page = await rig.open()
    await rig.until(lambda: page.bills.table.rows_model.rows)
    assert {row.cells[0].fact.system_label for row in page.bills.table.rows_model.rows} == {FIXED}
    assert f"Bills ({MOBILE}) not loaded" in texts_of(page.bills)
    assert page.services.system_label == "Provisioning"


@pytest.mark.expects_log("is down")
async def test_what_the_other_billing_says_stays_fresh(rig: Rig, two_billings: TwoBillings) -> None:
    page = await rig.open()
    await two_billings.second.faults("billing", outage=True)
    page.view.bills.refresh()
    await page.view.bills.wait_idle()
    now = page.view.now()
    fresh = {
        item.origin.system: page.view.bills.is_fresh(item.origin, now) for item in page.view.bills.state.facts or ()
    }
    assert fresh == {"billing": True, "mobile": False}
    shown = {row.cells[0].fact.system_label: row.cells[0].fact.fresh for row in page.bills.table.rows_model.rows}
    assert shown == {FIXED: True, MOBILE: False}
