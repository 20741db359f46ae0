"""The TM Forum connector on the sandbox over real HTTP: as the standard says, and as servers in the field behave."""

from decimal import Decimal
from typing import Any

import pytest

from console.errors import BadResponseError, RejectedError, SignInRequiredError
from console.models.customer import CustomerId
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from tests.support.control import Control


async def whole(console: Console, customer: str) -> CustomerView:
    """Open a customer and wait until every dataset has loaded or failed; the view is closed on return."""
    view = console.view_customer(CustomerId(customer))
    try:
        view.load_all()
        await view.wait_idle()
        for item in list(view.bills.state.facts or ())[:1]:
            await view.bill_lines(item.value.id).wait_idle()
        return view
    finally:
        view.close()
        await console.aclose()


def failures(view: CustomerView) -> list[str]:
    return [str(part.state.failure.error) for part in view.loaders if part.state.failure]


async def test_what_the_console_shows_is_what_the_systems_hold(sandbox: Control) -> None:
    customer = sandbox.first_customer
    view = await whole(sandbox.console(), customer)
    assert not failures(view)
    async with sandbox.raw("billing") as client:
        path = "/tmf-api/customerBillManagement/v4/customerBill"
        served = (await client.get(path, params={"relatedParty.id": customer, "limit": 100})).json()
    bills = view.bills.state.facts
    assert bills is not None
    assert {item.value.id for item in bills} == {bill["id"] for bill in served}
    shown = {item.value.id: item.value for item in bills}
    for bill in served:
        due = shown[bill["id"]].amount_due
        assert due is not None
        assert due.amount == Decimal(str(bill["amountDue"]["value"]))
        assert due.currency == bill["amountDue"]["unit"]
    dates = [item.value.billed_on for item in bills]
    assert dates == sorted(dates, reverse=True)
    assert all(item.origin.version for item in bills), "bills carry their last update as version"


async def test_the_lines_of_a_bill_add_up_to_it(sandbox: Control) -> None:
    view = await whole(sandbox.console(), sandbox.first_customer)
    newest = next(iter(view.bills.state.facts or ()))
    lines = view.bill_lines(newest.value.id).state.facts
    assert lines is not None
    amounts = [item.value.tax_included for item in lines]
    assert newest.value.tax_included is not None
    assert sum(amount.amount for amount in amounts if amount) == newest.value.tax_included.amount


async def test_an_unknown_customer_is_said_to_be_unknown(sandbox: Control) -> None:
    view = await whole(sandbox.console(), "CU-0000000")
    assert failures(view)[0] == "CRM has no customer CU-0000000."


# quirk -> the deployment's settings for it, where it needs any
QUIRKS: list[tuple[str, dict[str, Any]]] = [
    ("dates-without-zone", {}),
    ("dates-colon-milliseconds", {}),
    ("dates-only", {}),
    ("keys-misspelt", {}),
    ("money-text", {}),
    ("money-text-and-currency", {}),
    ("money-bare", {"currency": "USD"}),
    ("money-minor", {"currency": "USD", "money": "minor"}),
    ("counts-absent", {"page_size": 7}),
    ("counts-wrong", {"page_size": 7}),
    ("pages-capped", {"page_size": 50}),
    ("link-header", {"page_size": 7}),
    ("status-206", {"page_size": 7}),
    ("ids-as-numbers", {}),
    (
        "own-paths",
        {
            "resources": {
                name: {"path": "/rest/v2", "name": f"{name}s"}
                for name in (
                    "billingAccount",
                    "customerBill",
                    "appliedCustomerBillingRate",
                    "payment",
                    "refund",
                    "usage",
                    "queryUsageConsumption",
                )
            }
        },
    ),
    (
        "own-filters",
        {
            "resources": {
                "billingAccount": {"customer_filter": "customerId"},
                "customerBill": {"customer_filter": "customerId"},
                "usage": {"customer_filter": "customerId"},
                "appliedCustomerBillingRate": {"bill_filter": "billId"},
            }
        },
    ),
    ("auth-basic", {"auth": {"kind": "basic", "user": "desk", "secret": "handed:billing"}}),
    ("auth-header", {"auth": {"kind": "header", "header": "X-API-Key", "secret": "handed:billing"}}),
]


@pytest.mark.parametrize(("quirk", "settings"), QUIRKS, ids=[quirk for quirk, _ in QUIRKS])
async def test_a_server_that_departs_from_the_standard_is_read_all_the_same(
    sandbox: Control, quirk: str, settings: dict[str, Any]
) -> None:
    customer = await us_customer(sandbox)
    plain = await whole(sandbox.console(), customer)
    await sandbox.quirks("billing", quirk)
    odd = await whole(sandbox.console(billing=settings), customer)
    assert not failures(odd)
    assert plain.bills.state.facts is not None
    assert odd.bills.state.facts is not None
    assert len(plain.bills.state.facts) > 10
    assert [item.value.id for item in odd.bills.state.facts] == [item.value.id for item in plain.bills.state.facts]
    assert [item.value.amount_due for item in odd.bills.state.facts] == [
        item.value.amount_due for item in plain.bills.state.facts
    ]
    assert [item.value.billed_on for item in odd.bills.state.facts if quirk != "dates-colon-milliseconds"] == [
        item.value.billed_on for item in plain.bills.state.facts if quirk != "dates-colon-milliseconds"
    ]
    newest = next(iter(plain.bills.state.facts)).value.id
    assert [item.value.tax_included for item in odd.bill_lines(newest).state.facts or ()] == [
        item.value.tax_included for item in plain.bill_lines(newest).state.facts or ()
    ]
    assert not odd.bills.state.facts.damaged


async def us_customer(sandbox: Control) -> str:
    """Return a customer billed in dollars, with more than 12 bills."""
    async with sandbox.raw("billing") as client:
        path = "/tmf-api/customerBillManagement/v4/customerBill"
        for offset in range(0, 3000, 100):
            bills = (await client.get(path, params={"limit": 100, "offset": offset})).json()
            for bill in bills:
                own = [other for other in bills if other["relatedParty"][0]["id"] == bill["relatedParty"][0]["id"]]
                if bill["amountDue"]["unit"] == "USD" and len(own) > 12:
                    return bill["relatedParty"][0]["id"]
    raise AssertionError("the world has no such customer")


async def test_dates_that_say_nothing_are_missing_not_wrong(sandbox: Control) -> None:
    for quirk in ("dates-empty", "dates-year-9999"):
        await sandbox.quirks("billing", quirk)
        view = await whole(sandbox.console(), sandbox.first_customer)
        assert not failures(view)
        assert view.bills.state.facts is not None
        assert {item.value.billed_on for item in view.bills.state.facts} == {None}


async def test_states_nobody_knows_survive_as_they_came(sandbox: Control) -> None:
    await sandbox.quirks("provisioning", "states-unknown")
    view = await whole(sandbox.console(), sandbox.first_customer)
    states = {item.value.state for item in view.services.state.facts or ()}
    assert "In Use " in states
    assert states <= {"In Use ", "aborted", "inactive", "designed", "reserved", "feasibilityChecked"}


async def test_a_bill_without_the_number_people_read_shows_its_id(sandbox: Control) -> None:
    await sandbox.quirks("billing", "numbers-missing")
    view = await whole(sandbox.console(), sandbox.first_customer)
    assert all(item.value.label == item.value.id for item in view.bills.state.facts or ())


async def test_missing_optional_attributes_cost_nothing(sandbox: Control) -> None:
    for system in ("crm", "billing", "provisioning"):
        await sandbox.quirks(system, "optional-omitted")
    view = await whole(sandbox.console(), sandbox.first_customer)
    assert not failures(view)
    assert view.products.state.facts


@pytest.mark.expects_log("is damaged")
async def test_a_malformed_record_costs_itself_and_is_counted(sandbox: Control) -> None:
    customer = await us_customer(sandbox)
    await sandbox.quirks("billing", "records-damaged")
    console = sandbox.console()
    view = await whole(console, customer)
    bills = view.bills.state.facts
    assert bills is not None
    assert bills.lost > 0
    assert bills.lost + len(bills) == bills.total
    assert console.health.health("billing").damaged_records >= bills.lost
    assert (
        "id" in console.health.damages("billing")[-1].reason or "record" in console.health.damages("billing")[-1].reason
    )


async def test_a_server_that_ignores_the_filter_never_shows_other_customers(sandbox: Control) -> None:
    await sandbox.quirks("billing", "own-filters")
    view = await whole(sandbox.console(), sandbox.first_customer)
    for part in (view.accounts.state, view.bills.state):
        assert part.facts is None
        assert part.failure is not None
        assert isinstance(part.failure.error, BadResponseError)
        assert part.failure.code == "BILLING-FILTER"


@pytest.mark.parametrize("shape", ["errors-as-list", "errors-as-problem", "errors-as-html"])
async def test_refusals_in_every_shape(sandbox: Control, shape: str) -> None:
    await sandbox.quirks("billing", shape)
    await sandbox.faults("billing", status=403)
    view = await whole(sandbox.console(), sandbox.first_customer)
    failure = view.bills.state.failure
    assert failure is not None
    assert isinstance(failure.error, RejectedError)
    assert "<" not in str(failure.error)
    assert ("Forbidden" in str(failure.error)) == (shape != "errors-as-html")


async def test_a_failure_inside_status_200_is_a_failure(sandbox: Control) -> None:
    await sandbox.quirks("billing", "failure-in-200")
    view = await whole(sandbox.console(), sandbox.first_customer)
    assert view.bills.state.failure is not None
    assert "Internal failure" in str(view.bills.state.failure.error)


@pytest.mark.expects_log("a queryUsageConsumption is damaged")
async def test_valid_json_of_another_shape_is_no_list(sandbox: Control) -> None:
    await sandbox.faults("billing", body="wrong")
    view = await whole(sandbox.console(), sandbox.first_customer)
    assert view.bills.state.failure is not None
    assert isinstance(view.bills.state.failure.error, BadResponseError)


async def test_one_system_refusing_the_token_leaves_the_others(sandbox: Control) -> None:
    await sandbox.faults("billing", expired_token=True)
    view = await whole(sandbox.console(), sandbox.first_customer)
    assert view.bills.state.failure is not None
    assert isinstance(view.bills.state.failure.error, SignInRequiredError)
    assert view.customer.state.facts is not None
    assert view.services.state.facts is not None


async def test_10000_bills_are_read_up_to_the_limit_and_the_rest_is_said(sandbox: Control) -> None:
    await sandbox.faults("billing", repeat_to=10_000)
    view = await whole(sandbox.console(billing={"page_size": 100, "record_limit": 200}), await us_customer(sandbox))
    bills = view.bills.state.facts
    assert bills is not None
    assert (len(bills), bills.complete, bills.total) == (200, False, 10_000)


async def test_every_api_is_tested_and_says_what_is_wrong_with_it(sandbox: Control) -> None:
    console = sandbox.console(billing={"resources": {"customerBill": {"path": "/wrong"}}})
    try:
        results = {result.api: result.problem for result in await console.connections.test("billing")}
    finally:
        await console.aclose()
    assert results["billingAccount"] is None
    assert "serves no customerBill" in str(results["customerBill"])


@pytest.mark.parametrize(
    "what", ["name", "part of the name", "number", "account", "bill", "service order", "e-mail", "phone"]
)
async def test_a_customer_is_found_by_everything_a_caller_may_say(sandbox: Control, what: str) -> None:
    customer = sandbox.first_customer
    console = sandbox.console()
    view = console.view_customer(CustomerId(customer))
    view.open()
    await view.wait_idle()
    facts = view.customer.state.facts
    assert facts is not None
    media = {medium.kind: medium.text for medium in facts.value.contact_media}
    typed = {
        "name": facts.value.name,
        "part of the name": facts.value.name.split()[-1][:4].lower(),
        "number": customer.replace("-", " ").lower(),
        "account": next(iter(view.accounts.state.facts or ())).value.id,
        "bill": next(iter(view.bills.state.facts or ())).value.label,
        "service order": next(iter(view.service_orders.state.facts or ())).value.id,
        "e-mail": media["email"].upper(),
        "phone": media["phone"],
    }[what]
    results: list[Any] = []
    await console.search.find(console.search.read(typed), results.append)
    view.close()
    await console.aclose()
    assert customer in [found.customer_id for found in results[-1].found]
