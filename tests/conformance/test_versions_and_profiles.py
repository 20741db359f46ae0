"""Version 5 beside version 4, and deviations that settings or a profile fix, on the sandbox over real HTTP."""

import asyncio
from dataclasses import asdict
from typing import Any

import pytest

from console.connectors.tmforum.profiles import load_profile, profile_names
from console.connectors.tmforum.published import V5_PATHS
from console.errors import NotServedError, SignInRequiredError
from console.models.customer import CustomerId
from console.models.provenance import Records, Sourced
from console.settings import parse_deployment
from tests.conformance.test_sandbox_connectors import failures, us_customer, whole
from tests.support.control import Control

KINDS = {"crm": {}, "billing": {}, "provisioning": {}}
V5 = {"resources": {name: {"version": "v5"} for name in V5_PATHS}}
SEARCH_V5 = {
    "name": "q",
    "email": "contactMedium.emailAddress",
    "phone": "contactMedium.phoneNumber",
}


def v5(kind: str) -> dict[str, Any]:
    """Return settings that read each API of a system in version 5, where the API has one."""
    known = {
        "crm": {"customer", "individual", "organization", "troubleTicket", "partyInteraction"},
        "billing": {"billingAccount", "customerBill", "appliedCustomerBillingRate"},
        "provisioning": {"productOrder", "product", "service"},
    }[kind]
    resources: dict[str, Any] = {name: {"version": "v5"} for name in known}
    if kind == "crm":
        resources["customer"]["search"] = SEARCH_V5
    if kind == "provisioning":
        resources["productOrder"]["sort"] = "-creationDate"
    return {"resources": resources}


def told(facts: Any) -> Any:
    """Return the values of a dataset without origins and without values that only one version has."""
    if isinstance(facts, Records):
        return [told(item) for item in facts]
    if isinstance(facts, Sourced):
        return told(facts.value)
    value = asdict(facts) if hasattr(facts, "__dataclass_fields__") else facts
    if isinstance(value, dict):
        value = dict(value)
        value.pop("operating_status", None)
        if value.get("state") == "suspended":
            value["state"] = "active"
        for medium in value.get("contact_media", ()):
            medium["medium"] = "phone" if medium["medium"] == "mobile" else medium["medium"]
    return value


async def customers(sandbox: Control, count: int) -> list[str]:
    async with sandbox.raw("crm") as client:
        path = "/tmf-api/customerManagement/v4/customer"
        found = (await client.get(path, params={"limit": count, "fields": "id"})).json()
    return [record["id"] for record in found]


async def make_known_elsewhere(sandbox: Control, customer: str) -> None:
    """Create a ticket with another system's number. Each version puts that number into a different attribute."""
    ticket = {
        "name": "Known elsewhere",
        "description": "Made by another system",
        "ticketType": "complaint",
        "severity": "medium",
        "externalId": f"{customer}-elsewhere",
        "relatedParty": [{"id": customer, "role": "customer", "@referredType": "Customer"}],
    }
    async with sandbox.raw("crm") as client:
        made = await client.post("/tmf-api/troubleTicket/v4/troubleTicket", json=ticket)
        assert made.status_code == 201, made.text


@pytest.mark.parametrize("of", range(6))
async def test_what_is_read_over_v5_is_what_is_read_over_v4(sandbox: Control, of: int) -> None:
    customer = (await customers(sandbox, 60))[of * 10]
    await make_known_elsewhere(sandbox, customer)
    four = await whole(sandbox.console(), customer)
    five = await whole(sandbox.console(**{kind: v5(kind) for kind in KINDS}), customer)
    assert not failures(four)
    assert not failures(five)
    names = [
        "customer", "party", "accounts", "bills", "products", "services", "product_orders", "service_orders",
        "tickets", "interactions", "related",
    ]  # fmt: skip
    for name in names:
        left, right = getattr(four, name).state.facts, getattr(five, name).state.facts
        assert told(right) == told(left), name
    bill = next(iter(four.bills.state.facts or ()), None)
    if bill is not None:
        assert told(five.bill_lines(bill.value.id).state.facts) == told(four.bill_lines(bill.value.id).state.facts)


async def test_one_api_in_v5_beside_others_in_v4_of_the_same_system(sandbox: Control) -> None:
    mixed = {"resources": {"customerBill": {"version": "v5"}}}
    view = await whole(sandbox.console(billing=mixed), sandbox.first_customer)
    assert not failures(view)
    assert view.bills.state.facts
    assert view.accounts.state.facts


@pytest.mark.own_world
async def test_search_works_over_v5(sandbox: Control) -> None:
    plain = await whole(sandbox.console(), sandbox.first_customer)
    assert plain.customer.state.facts is not None
    media = plain.customer.state.facts.value.contact_media
    console = sandbox.console(**{kind: v5(kind) for kind in KINDS})
    for typed in (next(medium.text for medium in media if medium.kind == kind) for kind in ("phone", "email")):
        results: list[Any] = []
        await console.search.find(console.search.read(typed), results.append)
        assert sandbox.first_customer in [found.customer_id for found in results[-1].found], results[-1]
    await console.aclose()


# quirk, the settings that fix it, the system
FIXED: list[tuple[str, str, dict[str, Any]]] = [
    (
        "provisioning",
        "attributes-renamed",
        {
            "serviceOrder": {"attributes": {"serviceOrderItem": "orderItem", "priority": "importance"}},
            "productOrder": {"attributes": {"priority": "importance"}},
        },
    ),
    ("crm", "attributes-renamed", {"troubleTicket": {"attributes": {"priority": "importance"}}}),
    ("crm", "priority-numeric", {}),
    ("crm", "fields-unknown", {}),
    ("billing", "page-parameter", {"customerBill": {"limit_parameter": "pageLimit", "page_size": 7}}),
    ("provisioning", "empty-404", {name: {"empty_is_404": True} for name in ("product", "service", "serviceTest")}),
]


@pytest.mark.parametrize(("system", "quirk", "resources"), FIXED, ids=[f"{case[0]} {case[1]}" for case in FIXED])
async def test_a_setting_mends_what_a_server_does_in_its_own_way(
    sandbox: Control, system: str, quirk: str, resources: dict[str, Any]
) -> None:
    customer = await us_customer(sandbox)
    plain = await whole(sandbox.console(), customer)
    await sandbox.quirks(system, quirk)
    odd = await whole(sandbox.console(**{system: {"resources": resources}}), customer)
    assert not failures(odd)
    for name in ("tickets", "service_orders", "bills", "products"):
        assert told(getattr(odd, name).state.facts) == told(getattr(plain, name).state.facts)


async def test_a_servers_own_words_are_read_as_the_standards(sandbox: Control) -> None:
    words = {"customerBill": {"values": {"state": {"settled": "validated"}}}}
    view = await whole(sandbox.console(billing={"resources": words}), await us_customer(sandbox))
    assert "settled" not in {item.value.state for item in view.bills.state.facts or ()}
    assert "validated" in {item.value.state for item in view.bills.state.facts or ()}


async def test_where_nothing_can_be_selected_a_short_list_is_looked_through(sandbox: Control) -> None:
    customer = sandbox.first_customer
    plain = await whole(sandbox.console(), customer)
    await sandbox.quirks("provisioning", "filters-none")
    settings = {"record_limit": 3000, "resources": {"service": {"look_through": True}}}
    view = await whole(sandbox.console(provisioning=settings), customer)
    assert told(view.services.state.facts) == told(plain.services.state.facts)
    assert view.services.state.facts is not None
    assert view.services.state.facts.total is None


async def test_a_list_looked_through_in_part_says_that_it_is_not_whole(sandbox: Control) -> None:
    await sandbox.quirks("provisioning", "filters-none")
    settings = {"record_limit": 50, "resources": {"service": {"look_through": True}}}
    view = await whole(sandbox.console(provisioning=settings), sandbox.first_customer)
    assert view.services.state.facts is not None
    assert not view.services.state.facts.complete


@pytest.mark.parametrize(
    ("settings", "sent_as"),
    [({"served": False}, "does not serve that part"), ({"customer_filter": ""}, "cannot be asked for one customer's")],
)
async def test_what_a_server_lacks_costs_its_panel_alone_and_is_not_asked_for_again(
    sandbox: Control, settings: dict[str, Any], sent_as: str
) -> None:
    console = sandbox.console(billing={"resources": {"usage": settings}})
    view = await whole(console, sandbox.first_customer)
    assert len(failures(view)) == 1
    failure = view.usage.state.failure
    assert failure is not None
    assert isinstance(failure.error, NotServedError)
    assert sent_as in str(failure.error)
    assert failure.next_try_at is None


GRANTS = [{"grant": "client_credentials"}, {"grant": "password", "user": "desk", "password": "handed:billing"}]


@pytest.mark.parametrize("grant", GRANTS, ids=["client", "password"])
@pytest.mark.parametrize("client_in", ["header", "body"])
async def test_a_token_is_fetched_and_renewed_unseen(sandbox: Control, grant: dict[str, str], client_in: str) -> None:
    await sandbox.quirks("billing", "auth-oauth")
    auth = {
        "kind": "oauth2",
        "token_url": f"{sandbox.process.addresses['billing']}/oauth/token",
        "client": "desk",
        "client_in": client_in,
        "secret": "handed:billing",
        **grant,
    }
    console = sandbox.console(billing={"auth": auth})
    view = console.view_customer(CustomerId(sandbox.first_customer))
    view.open()
    await view.wait_idle()
    assert not failures(view)
    await sandbox.faults("billing", expired_token=True)  # every token issued so far expires
    view.bills.refresh()
    await view.wait_idle()
    assert isinstance(view.bills.state.failure.error if view.bills.state.failure else None, SignInRequiredError)
    await sandbox.faults("billing")
    view.bills.refresh()
    await view.wait_idle()
    view.close()
    await console.aclose()
    assert view.bills.state.failure is None


async def test_a_refused_client_is_said_once_and_in_words(sandbox: Control) -> None:
    await sandbox.quirks("billing", "auth-oauth")
    auth = {"kind": "oauth2", "client": "other", "secret": "handed:billing"}
    auth["token_url"] = f"{sandbox.process.addresses['billing']}/oauth/token"
    view = await whole(sandbox.console(billing={"auth": auth}), sandbox.first_customer)
    assert view.bills.state.failure is not None
    assert "sign-in service rejected this console (invalid_client)" in str(view.bills.state.failure.error)
    assert view.customer.state.facts is not None


async def test_a_rate_limit_is_kept_to_not_run_into(sandbox: Control) -> None:
    await sandbox.quirks("billing", "rate-limited")
    exchanges: list[Any] = []
    console = sandbox.console()
    async with asyncio.timeout(30):
        for customer in (await customers(sandbox, 12))[:12]:
            view = await opened(console, customer)
            exchanges += [loader.state.failure for loader in view.loaders if loader.state.failure]
            view.close()
    await console.aclose()
    assert not exchanges, [str(failure.error) for failure in exchanges]


async def opened(console: Any, customer: str) -> Any:
    view = console.view_customer(CustomerId(customer))
    view.open()
    await view.wait_idle()
    return view


@pytest.mark.parametrize("shape", ["errors-nested", "errors-in-list"])
async def test_vendors_error_bodies_carry_their_reason(sandbox: Control, shape: str) -> None:
    await sandbox.quirks("billing", shape)
    await sandbox.faults("billing", status=403)
    view = await whole(sandbox.console(), sandbox.first_customer)
    assert view.bills.state.failure is not None
    assert "This fault was switched on" in str(view.bills.state.failure.error)


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("kind", KINDS)
def test_every_profile_that_comes_along_is_usable_and_says_where_it_is_from(profile: str, kind: str) -> None:
    others = "\n".join(
        f'[systems.{other}]\nkind = "{other}"\nbase_url = "https://{other}.example.net"\n'
        + (f'profile = "{profile}"\n' if other == kind else "")
        for other in KINDS
    )
    deployment = parse_deployment(others, source="the test")
    about = load_profile(profile, None, place="the test")
    assert about.sources
    own = deployment.systems[kind].resources  # type: ignore[arg-type] # a kind from the table above
    assert own
    assert {name: resource for name, resource in own.items() if replace_default(resource)}


def replace_default(resource: Any) -> bool:
    return resource != type(resource)()


def test_a_deployments_own_settings_go_before_its_profile() -> None:
    text = "\n".join(
        f'[systems.{kind}]\nkind = "{kind}"\nbase_url = "https://{kind}.example.net"\nprofile = "servicenow"'
        for kind in KINDS
    )
    text += '\n[systems.provisioning.resources.product]\npath = "/mine"'
    product = parse_deployment(text, source="the test").systems["provisioning"].resources["product"]
    assert product.path == "/mine"
    assert product.customer_filter == "customer"
