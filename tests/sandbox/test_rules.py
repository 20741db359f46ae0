"""The sandbox's own rules, checked with a plain client."""

import httpx
import pytest

from tests.support.control import Control

CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
BILLS = "/tmf-api/customerBillManagement/v4/customerBill"


async def test_pages_have_counts_and_join_without_gap_or_overlap(sandbox: Control) -> None:
    async with sandbox.raw("billing") as client:
        seen: list[str] = []
        for offset in range(0, 330, 33):
            page = await client.get(BILLS, params={"offset": offset, "limit": 33})
            assert page.headers["x-result-count"] == "33"
            seen += [bill["id"] for bill in page.json()]
        total = int(page.headers["x-total-count"])
        assert len(set(seen)) == 330
        last = await client.get(BILLS, params={"offset": total - 1, "limit": 100})
        assert len(last.json()) == 1
        assert (await client.get(BILLS, params={"offset": total})).json() == []


async def test_the_page_size_has_a_default_and_a_maximum(sandbox: Control) -> None:
    async with sandbox.raw("crm") as client:
        assert len((await client.get(CUSTOMERS)).json()) == 20
        assert len((await client.get(CUSTOMERS, params={"limit": 5000})).json()) == 100
        assert (await client.get(CUSTOMERS, params={"limit": 0})).json() == []


@pytest.mark.parametrize("value", ["-1", "ten", "1.5", "", "٣"])
async def test_a_page_that_makes_no_sense_is_a_bad_request(sandbox: Control, value: str) -> None:
    async with sandbox.raw("crm") as client:
        answer = await client.get(CUSTOMERS, params={"limit": value})
    assert answer.status_code == 400
    assert {"code", "reason"} <= answer.json().keys()


async def test_equality_filters_with_dotted_names_alternatives_and_fields(sandbox: Control) -> None:
    async with sandbox.raw("billing") as client:
        one = (await client.get(BILLS, params={"relatedParty.id": sandbox.first_customer})).json()
        settled = (
            await client.get(
                BILLS, params={"relatedParty.id": sandbox.first_customer, "state": "settled,sent", "fields": "billNo"}
            )
        ).json()
        nothing = (
            await client.get(BILLS, params={"relatedParty.id": sandbox.first_customer, "state": "unheard"})
        ).json()
    assert {bill["relatedParty"][0]["id"] for bill in one} == {sandbox.first_customer}
    assert settled
    assert set(settled[0]) == {"id", "href", "billNo"}
    assert nothing == []


async def test_sorting_goes_both_ways(sandbox: Control) -> None:
    async with sandbox.raw("billing") as client:
        parameters = {"relatedParty.id": sandbox.first_customer, "limit": 100}
        up = [bill["billDate"] for bill in (await client.get(BILLS, params={**parameters, "sort": "billDate"})).json()]
        down = [
            bill["billDate"] for bill in (await client.get(BILLS, params={**parameters, "sort": "-billDate"})).json()
        ]
    assert up == sorted(up)
    assert down == up[::-1]


async def test_an_unchanged_answer_is_a_304(sandbox: Control) -> None:
    async with sandbox.raw("crm") as client:
        first = await client.get(CUSTOMERS)
        again = await client.get(CUSTOMERS, headers={"If-None-Match": first.headers["etag"]})
        other = await client.get(CUSTOMERS, headers={"If-None-Match": '"else"'})
    assert again.status_code == 304
    assert again.content == b""
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", f"{CUSTOMERS}/CU-0000000", 404), ("GET", "/nothing/here", 404), ("DELETE", CUSTOMERS, 405)],
)
async def test_errors_have_the_published_body(sandbox: Control, method: str, path: str, status: int) -> None:
    async with sandbox.raw("crm") as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["code"] == str(status)
    assert all(isinstance(value, str) for value in answer.json().values())


async def test_without_the_token_nothing_is_served(sandbox: Control) -> None:
    async with httpx.AsyncClient(base_url=sandbox.process.addresses["crm"], trust_env=False) as client:
        assert (await client.get(CUSTOMERS)).status_code == 401
        wrong = {"Authorization": f"Bearer {sandbox.process.tokens['billing']}"}
        assert (await client.get(CUSTOMERS, headers=wrong)).status_code == 401
    async with httpx.AsyncClient(base_url=sandbox.process.control, trust_env=False) as client:
        assert (await client.put("/faults/crm", json={"status": 500})).status_code == 401


@pytest.mark.parametrize("faults", [{"latency": 5}, {"latency_ms": "5"}, {"body": "rubbish"}, {"status": 200}, [1]])
async def test_a_fault_that_does_not_exist_is_refused_with_a_sentence(sandbox: Control, faults: object) -> None:
    headers = {"Authorization": f"Bearer {sandbox.process.control_token}"}
    async with httpx.AsyncClient(base_url=sandbox.process.control, headers=headers, trust_env=False) as client:
        answer = await client.put("/faults/crm", json=faults)
    assert answer.status_code == 400
    assert answer.json()["message"]


async def test_links_lead_to_what_they_name(sandbox: Control) -> None:
    """A client that only follows hrefs gets from a customer to the lines of a bill and to the service behind them."""
    async with (
        sandbox.raw("crm") as crm,
        sandbox.raw("billing") as billing,
        sandbox.raw("provisioning") as provisioning,
    ):
        customer = (await crm.get(f"{CUSTOMERS}/{sandbox.first_customer}")).json()
        party = await crm.get(customer["engagedParty"]["href"])
        account = await billing.get(customer["account"][0]["href"])
        assert (party.status_code, account.status_code) == (200, 200)
        bill = (await billing.get(BILLS, params={"billingAccount.id": account.json()["id"]})).json()[0]
        rates = (
            await billing.get(
                "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate", params={"bill.id": bill["id"]}
            )
        ).json()
        product = await provisioning.get(next(rate["product"]["href"] for rate in rates if "product" in rate))
        service = await provisioning.get(product.json()["realizingService"][0]["href"])
    assert service.status_code == 200
    assert service.json()["relatedParty"][0]["id"] == sandbox.first_customer
