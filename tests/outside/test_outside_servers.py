"""The console on third-party servers: their data is shown, and random values within the schema break nothing."""

import asyncio
import random
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from console.compose import Overrides, compose_check, compose_console
from console.connectors.tmforum.published import V5_PATHS
from console.connectors.tmforum.settings import TmForumSystem
from console.models.check_report import OperationGrade
from console.models.customer import CustomerId
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.settings.deployment import deployment_of
from tests.support import outside
from tests.support.described import DESCRIBED
from tests.support.kinds import PATHS

pytestmark = [
    pytest.mark.skipif(not outside.FOLDER, reason=outside.WHY_NOT),
    pytest.mark.skipif(
        not outside.DESCRIPTIONS, reason="OPTICOM_TMF_DIR does not name a folder with TM Forum's API descriptions"
    ),
]


class NoSecrets:
    def read(self, reference: str) -> str:
        raise AssertionError(reference)


def console_on(**systems: dict[str, Any]) -> Console:
    """Return a console on these addresses; a system without an address gets a port with no listener."""
    settings = {
        kind: {"kind": kind, "base_url": "http://127.0.0.1:9", "time_limit_s": 5.0, **systems.get(kind, {})}
        for kind in PATHS
    }
    deployment = deployment_of({"systems": settings}, source="the test")
    return compose_console(deployment, NoSecrets(), Overrides(rng=random.Random(1)))


async def opened(console: Console, customer: str) -> CustomerView:
    view = console.view_customer(CustomerId(customer))
    view.load_all()
    async with asyncio.timeout(60):
        await view.wait_idle()
    return view


# ------------------------------------------------------------------ tmf-mock


@pytest.fixture(scope="module")
def tmf_mock() -> Iterator[str]:
    with outside.tmf_mock() as address:
        yield address


@pytest.mark.expects_log("is down")
async def test_tmf_mock_is_understood_with_the_profile_the_check_proposes(tmf_mock: str) -> None:
    system = TmForumSystem(kind="provisioning", base_url=tmf_mock)
    report = await compose_check("provisioning", system, NoSecrets())
    assert not report.is_usable
    resources = tomllib.loads(report.profile)["system"]["resources"]
    assert resources["service"]["path"] == "/tmf-api/serviceInventoryManagement/v4"
    assert resources["serviceOrder"]["attributes"] == {"serviceOrderItem": "orderItem"}
    again = msgspec.convert({"kind": "provisioning", "base_url": tmf_mock, "resources": resources}, TmForumSystem)
    second = await compose_check("provisioning", again, NoSecrets())
    assert second.is_usable, [found for found in second.findings if found.verdict is OperationGrade.SETTING]
    console = console_on(provisioning={"base_url": tmf_mock, "resources": resources})
    try:
        # The customer of the services is unknown in advance: the server makes up its sample data at each start.
        client = console.view_customer(CustomerId("nobody"))
        client.services.refresh()
        await client.services.wait_idle()
        assert len(client.services.state.facts or ()) == 0
        client.close()
        owner = await owner_of_a_service(tmf_mock)
        view = await opened(console, owner)
        services = [item.value for item in view.services.state.facts or ()]
        orders = [item.value for item in view.service_orders.state.facts or ()]
        view.close()
    finally:
        await console.aclose()
    assert services
    assert all(service.name and service.state for service in services)
    assert all(order.items and order.items[0].name for order in orders)
    assert "does not serve" in str(view.products.state.failure.error if view.products.state.failure else "")


async def owner_of_a_service(address: str) -> str:
    import httpx

    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        records = (await client.get("/tmf-api/serviceInventoryManagement/v4/service")).json()
    return str(records[0]["relatedParty"][0]["id"])


# ------------------------------------------------------------------ a mock server made from the descriptions


CASES = [(kind, version, mode) for kind in PATHS for version in ("v4", "v5") for mode in ("static", "dynamic")]


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
@pytest.mark.expects_log("is damaged")
@pytest.mark.parametrize(("kind", "version", "mode"), CASES, ids=["-".join(case) for case in CASES])
async def test_whatever_is_within_the_schema_ends_in_facts_or_a_sentence(
    kind: Any, version: Any, mode: str, tmp_path: Any
) -> None:
    with outside.prism(kind, version, tmp_path, dynamic=mode == "dynamic") as address:
        resources = {name: {"version": "v5"} for name in PATHS[kind] if name in V5_PATHS} if version == "v5" else {}
        console = console_on(**{kind: {"base_url": address, "resources": resources, "record_limit": 5}})
        try:
            view = await opened(console, "42")
            mine = [part.state for part in view.loaders if part.state.system == kind and part.was_requested]
            view.close()
            assert all(part.facts is not None or part.failure is not None for part in mine)
            told = [str(part.failure.error) for part in mine if part.failure]
            assert not [text for text in told if "itself failed" in text], told
        finally:
            await console.aclose()
        if mode == "dynamic":  # made-up replies show nothing about a server, and return page after page
            return
        report = await compose_check(
            kind,
            msgspec.convert({"kind": kind, "base_url": address, "resources": resources}, TmForumSystem),
            NoSecrets(),
        )
        assert {found.resource for found in report.findings} == set(PATHS[kind]) & set(DESCRIBED)
        assert report.count(OperationGrade.GOOD) > 0
