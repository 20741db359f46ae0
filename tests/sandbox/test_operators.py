"""Filters with operators, and sorting, as in TM Forum's design guidelines."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from console.sandbox.rules import matches, sort_records
from tests.sandbox.published import BASES
from tests.support.control import Control

BILLS = f"{BASES['TMF678']}/customerBill"


@pytest.mark.parametrize(
    ("name", "wanted", "holds"),
    [
        ("amountDue.value.gt", "9.5", True), ("amountDue.value.gt", "10", False), ("amountDue.value.gte", "10.00", True),
        ("amountDue.value.lt", "100", True), ("amountDue.value.lte", "9", False),
        ("billDate.gt", "2026-01-31T23:59:59Z", True), ("billDate.lt", "2026-02-01T01:00:00+01:00", False),
        ("billDate.lte", "2026-02-01T01:00:00+01:00", True), ("billDate.gt", "2026-01-31", True),
        ("state.ne", "sent", False), ("state.ne", "new", True), ("state.eq", "sent", True), ("billNo.gt", "B-1", True),
        ("unheard.gt", "1", False), ("unheard.ne", "1", True),
    ],
)  # fmt: skip
def test_operators_compare_numbers_as_numbers_and_times_as_times(name: str, wanted: str, holds: bool) -> None:
    record = {
        "amountDue": {"unit": "USD", "value": 10},
        "billDate": "2026-02-01T00:00:00Z",
        "state": "sent",
        "billNo": "B-2",
    }
    assert matches(record, {name: wanted}) is holds


def test_sorting_by_a_number_is_not_sorting_by_its_letters() -> None:
    rows = [{"id": str(i), "n": n} for i, n in enumerate((9, 10, 1.5))]
    assert [row["n"] for row in sort_records(rows, ("n",))] == [1.5, 9, 10]


async def test_operators_over_the_wire(sandbox: Control) -> None:
    mine = {"relatedParty.id": sandbox.first_customer, "limit": 100}
    async with sandbox.raw("billing") as client:

        async def bills(**more: str) -> list[dict]:
            return (await client.get(BILLS, params={**mine, **more})).json()

        everything = await bills()
        amounts = sorted(Decimal(str(bill["amountDue"]["value"])) for bill in everything)
        middle = amounts[len(amounts) // 2]
        above = await bills(**{"amountDue.value.gt": str(middle)})
        upto = await bills(**{"amountDue.value.lte": str(middle)})
        day = everything[3]["billDate"]
        older = await bills(**{"billDate.lt": day, "sort": "-amountDue.value"})
    assert len(above) + len(upto) == len(everything)
    assert all(Decimal(str(bill["amountDue"]["value"])) > middle for bill in above)
    assert all(bill["billDate"] < day for bill in older)
    values = [bill["amountDue"]["value"] for bill in older]
    assert values == sorted(values, reverse=True)


async def test_whole_lists_that_cannot_be_counted_say_no_total(sandbox: Control) -> None:
    async with sandbox.raw("crm") as client:
        first = await client.get(f"{BASES['TMF683']}/partyInteraction", params={"limit": 50})
        second = await client.get(f"{BASES['TMF683']}/partyInteraction", params={"limit": 50, "offset": 50})
    assert "x-total-count" not in first.headers
    assert len({record["id"] for record in first.json() + second.json()}) == 100


async def test_found_by_the_start_of_words_also_as_spelt_without_accents(sandbox: Control) -> None:
    async with sandbox.raw("crm") as client:
        customers = f"{BASES['TMF629']}/customer"
        pages = [await client.get(customers, params={"limit": 100, "offset": offset}) for offset in (0, 100, 200)]
        umlaut = next(
            one["name"]
            for page in pages
            for one in page.json()
            if "ü" in one["name"] and not set("öäåø").intersection(one["name"].lower())
        )
        for typed in (umlaut.replace("ü", "ue"), umlaut.replace("ü", "u"), umlaut.upper()):
            found = (await client.get(customers, params={"q": typed, "limit": 100})).json()
            assert umlaut in [one["name"] for one in found], typed


async def test_slots_on_offer_are_working_half_days_to_come(sandbox: Control) -> None:
    async with sandbox.raw("crm") as client:
        answer = await client.post(f"{BASES['TMF646']}/searchTimeSlot", json={"requestedTimeSlot": []})
    slots = [slot["validFor"] for slot in answer.json()["availableTimeSlot"]]
    assert len(slots) >= 5
    for slot in slots:
        day = date.fromisoformat(slot["startDateTime"][:10])
        assert day.weekday() < 5
        assert slot["startDateTime"] < slot["endDateTime"]


async def test_allowances_are_asked_for_by_customer(sandbox: Control) -> None:
    async with sandbox.raw("provisioning") as provisioning, sandbox.raw("billing") as billing:
        products = await provisioning.get(f"{BASES['TMF637']}/product", params={"limit": 100, "status": "active"})
        mobile = next(one for one in products.json() if one["name"].startswith("Mobile M"))
        customer = mobile["relatedParty"][0]["id"]
        asked = {"searchCriteria": {"relatedParty": [{"id": customer, "@referredType": "Customer"}]}}
        answer = await billing.post(f"{BASES['TMF677']}/queryUsageConsumption", json=asked)
        stored = await billing.get(f"{BASES['TMF677']}/queryUsageConsumption/{answer.json()['id']}")
    buckets = [bucket for use in answer.json()["usageConsumption"] for bucket in use["bucketRefOrValue"]]
    assert any(bucket["id"].startswith(mobile["id"]) for bucket in buckets)
    for bucket in buckets:
        counters = {part["counterType"]: part["value"]["amount"] for part in bucket["bucketCounter"]}
        if "allowed" in counters:
            assert bucket["remainingValue"]["amount"] == max(0, counters["allowed"] - counters["used"])
    assert stored.json() == answer.json()


async def test_a_bill_comes_as_a_pdf(sandbox: Control) -> None:
    import pypdfium2

    async with sandbox.raw("billing") as client:
        bill = (await client.get(BILLS, params={"relatedParty.id": sandbox.first_customer, "limit": 1})).json()[0]
        answer = await client.get(bill["billDocument"][0]["url"])
        missing = await client.get(bill["billDocument"][0]["url"].replace(bill["id"], "1"))
    async with httpx.AsyncClient(trust_env=False, verify=False) as stranger:
        assert (await stranger.get(bill["billDocument"][0]["url"])).status_code == 401
    assert missing.status_code == 404
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert bill["billNo"] in text
    assert f"{bill['amountDue']['value']:,.2f}" in text
