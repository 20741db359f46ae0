"""Tickets, interactions, appointments, payments, usage, tests and relations: the console reads the systems' values."""

from decimal import Decimal

import pytest

from console.errors import BadResponseError, ConsoleError, UnreadableDocumentError
from console.models.customer import CustomerId
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from tests.sandbox.published import BASES
from tests.support.control import Control


async def opened(console: Console, customer: str) -> CustomerView:
    view = console.view_customer(CustomerId(customer))
    view.load_all()
    await view.wait_idle()
    return view


async def customers(sandbox: Control) -> list[dict]:
    async with sandbox.raw("crm") as client:
        pages = [
            await client.get(f"{BASES['TMF629']}/customer", params={"limit": 100, "offset": n}) for n in (0, 100, 200)
        ]
    return [record for page in pages for record in page.json()]


@pytest.mark.parametrize(
    ("part", "system", "path", "filter_name"),
    [
        ("tickets", "crm", f"{BASES['TMF621']}/troubleTicket", "relatedParty.id"),
        ("interactions", "crm", f"{BASES['TMF683']}/partyInteraction", "relatedParty.id"),
        ("appointments", "crm", f"{BASES['TMF646']}/appointment", "relatedParty.id"),
        ("payments", "billing", f"{BASES['TMF676']}/payment", "payer.id"),
        ("refunds", "billing", f"{BASES['TMF676']}/refund", "requestor.id"),
        ("usage", "billing", f"{BASES['TMF635']}/usage", "relatedParty.id"),
        ("tests", "provisioning", f"{BASES['TMF653']}/serviceTest", "relatedParty.id"),
    ],
)
async def test_every_record_is_there_once(
    sandbox: Control, part: str, system: str, path: str, filter_name: str
) -> None:
    console = sandbox.console()
    checked = 0
    try:
        for customer in [record["id"] for record in await customers(sandbox)][:12]:
            view = await opened(console, customer)
            facts = getattr(view, part).state.facts
            async with sandbox.raw(system) as client:
                served = (await client.get(path, params={filter_name: customer, "limit": 100})).json()
                total = int((await client.get(path, params={filter_name: customer})).headers["x-total-count"])
            assert facts is not None, getattr(view, part).state.failure
            assert len(facts) == min(total, 100)
            assert facts.complete is (total <= 100)
            assert {record["id"] for record in served} <= {item.value.id for item in facts}
            checked += total
            view.close()
    finally:
        await console.aclose()
    assert checked or part == "refunds"


async def test_payments_say_which_bill_they_paid_and_to_the_cent(sandbox: Control) -> None:
    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    bills = {item.value.id: item.value for item in view.bills.state.facts or ()}
    paid = [item.value for item in view.payments.state.facts or () if not item.value.failed and item.value.bill_ids]
    assert paid
    for payment in paid:
        bill = bills[payment.bill_ids[0]]
        assert bill.amount_due is not None
        assert bill.remaining is not None
        assert payment.amount == bill.amount_due - bill.remaining
    view.close()
    await console.aclose()


async def test_a_failed_portal_payment_carries_the_very_words_the_customer_saw(sandbox: Control) -> None:
    console = sandbox.console()
    try:
        for record in await customers(sandbox):
            view = await opened(console, record["id"])
            failed = [item.value for item in view.payments.state.facts or () if item.value.failed]
            told = [item.value for item in view.interactions.state.facts or () if item.value.reason == "Payment failed"]
            view.close()
            if failed:
                assert told, "the portal told CRM"
                assert any(failed[0].description in (contact.description or "") for contact in told)
                assert {contact.way for contact in told} == {"portal"}
                return
    finally:
        await console.aclose()
    raise AssertionError("no customer's portal payment failed")


async def test_rated_usage_adds_up_to_the_usage_lines_of_the_bills(sandbox: Control) -> None:
    checked = 0
    async with sandbox.raw("billing") as client:

        async def everything(path: str, **filters: str) -> list[dict]:
            found: list[dict] = []
            while True:
                page = (await client.get(path, params={**filters, "limit": 100, "offset": len(found)})).json()
                found += page
                if len(page) < 100:
                    return found

        for record in (await customers(sandbox))[:40]:
            mine = {"relatedParty.id": record["id"]}
            usage = await everything(f"{BASES['TMF635']}/usage", **mine)
            bills = await everything(f"{BASES['TMF678']}/customerBill", **mine)
            for bill in bills[:1]:
                for line in await everything(
                    f"{BASES['TMF678']}/appliedCustomerBillingRate", **{"bill.id": bill["id"]}
                ):
                    if line["type"] != "usage" or "product" not in line:
                        continue
                    period = line["periodCoverage"]
                    rated = [
                        Decimal(str(part["taxExcludedRatingAmount"]["value"]))
                        for use in usage
                        for part in use["ratedProductUsage"]
                        if part["isBilled"]
                        and part["productRef"]["id"] == line["product"]["id"]
                        and period["startDateTime"] <= use["usageDate"] < period["endDateTime"]
                    ]
                    assert sum(rated) == Decimal(str(line["taxExcludedAmount"]["value"]))
                    checked += 1
    assert checked >= 5


async def test_tickets_carry_their_history_oldest_first(sandbox: Control) -> None:
    console = sandbox.console()
    seen = 0
    for record in (await customers(sandbox))[:30]:
        view = await opened(console, record["id"])
        for item in view.tickets.state.facts or ():
            times = [change.at for change in item.value.changes]
            assert times == sorted(times)
            assert item.value.changes[-1].status == item.value.status
            seen += 1
        view.close()
    await console.aclose()
    assert seen > 10


async def test_households_and_company_trees_are_found_both_ways(sandbox: Control) -> None:
    console = sandbox.console()
    households = sisters = 0
    for record in await customers(sandbox):
        if "relatedParty" not in record:
            continue
        view = await opened(console, record["id"])
        found = {item.value.customer_id: item.value for item in view.related.state.facts or ()}
        view.close()
        assert record["id"] not in found
        assert all(related.name and related.problem is None for related in found.values())
        for related in found.values():
            other = await opened(console, related.customer_id)
            back = {item.value.customer_id for item in other.related.state.facts or ()}
            other.close()
            assert record["id"] in back
        households += any(related.role == "householdMember" for related in found.values())
        sisters += any(related.role == "sisterCompany" for related in found.values())
    await console.aclose()
    assert households
    assert sisters


@pytest.mark.parametrize("quirk", ["references-dangling", "references-circular"])
async def test_references_that_lead_nowhere_or_in_circles_end(sandbox: Control, quirk: str) -> None:
    record = next(record for record in await customers(sandbox) if "relatedParty" in record)
    await sandbox.quirks("crm", quirk)
    console = sandbox.console()
    view = await opened(console, record["id"])
    found = [item.value for item in view.related.state.facts or ()]
    assert view.tickets.state.facts is not None
    assert view.related.state.failure is None
    if quirk == "references-dangling":
        assert [related.problem for related in found] == ["CRM does not know this number."]
    else:
        assert found == []
    view.close()
    await console.aclose()


@pytest.mark.parametrize("system", ["crm", "billing", "provisioning"])
async def test_two_records_with_one_id_are_one(sandbox: Control, system: str) -> None:
    await sandbox.quirks(system, "ids-repeated")
    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    for part in view.loaders:
        facts = part.state.facts
        items = getattr(facts, "items", ())
        identifiers = [item.origin.id for item in items]
        assert len(identifiers) == len(set(identifiers))
        assert part.state.failure is None
    view.close()
    await console.aclose()


@pytest.mark.parametrize("resource", ["billingAccount", "customerBill", "appliedCustomerBillingRate"])
async def test_what_has_nothing_is_empty_and_no_failure(sandbox: Control, resource: str) -> None:
    await sandbox.faults("billing", empty_list=resource)
    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    assert not [part.state.failure for part in view.loaders if part.state.failure]
    for item in list(view.bills.state.facts or ())[:1]:
        lines = await view.bill_lines(item.value.id).wait_idle()
        assert lines.facts is not None
    view.close()
    await console.aclose()


async def test_a_list_of_50_000_is_read_in_pieces_and_goes_on(sandbox: Control) -> None:
    await sandbox.faults("crm", repeat_to=50_000)
    console = sandbox.console()
    view = console.view_customer(CustomerId(sandbox.first_customer))
    view.interactions.refresh()
    first = (await view.interactions.wait_idle()).facts
    assert first is not None
    assert (len(first), first.complete, first.total) == (100, False, 50_000)
    view.interactions.load_more()
    more = (await view.interactions.wait_idle()).facts
    assert more is not None
    assert len(more) == 200
    assert [item.origin.id for item in more][:100] == [item.origin.id for item in first]
    view.interactions.refresh()
    again = (await view.interactions.wait_idle()).facts
    assert again is not None
    assert len(again) == 200, "asking again keeps what was read"
    view.close()
    await console.aclose()


# ------------------------------------------------------------------ the bill's document


async def test_the_document_of_a_bill_opens_and_its_pages_are_rendered(sandbox: Control) -> None:
    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    bill = next(iter(view.bills.state.facts or ())).value
    document = await console.documents.open(view.customer_id, bill)
    image = await document.render(0, scale=1.0)
    assert len(document.page_sizes) == 1
    assert (image.width, image.height) == tuple(round(length) for length in document.page_sizes[0])
    assert len(image.pixels) == image.stride * image.height
    assert len(set(image.pixels[: image.stride * 100])) > 5, "something is written on it"
    assert bill.label in await document.text(0)
    await document.aclose()
    view.close()
    await console.aclose()


@pytest.mark.parametrize(
    ("faults", "error", "words"),
    [
        ({"body": "html"}, UnreadableDocumentError, "not a PDF"),
        ({"body": "empty"}, BadResponseError, "not where"),
    ],
)
async def test_a_document_that_is_none_is_one_sentence(
    sandbox: Control, faults: dict, error: type[ConsoleError], words: str
) -> None:
    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    bill = next(iter(view.bills.state.facts or ())).value
    await sandbox.faults("billing", **faults)
    with pytest.raises(error, match=words):
        await console.documents.open(view.customer_id, bill)
    view.close()
    await console.aclose()


async def test_a_document_of_300_pages_opens_at_once_and_renders_what_is_looked_at(sandbox: Control) -> None:
    await sandbox.faults("billing", document_pages=300)
    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    bill = next(iter(view.bills.state.facts or ())).value
    document = await console.documents.open(view.customer_id, bill)
    assert len(document.page_sizes) == 300
    assert (await document.render(299, scale=0.5)).width > 100
    await document.aclose()
    view.close()
    await console.aclose()


async def test_a_document_cut_off_in_the_middle_shows_what_can_be_or_says_so(sandbox: Control) -> None:
    """PDFium repairs some files; half a file gives either a page or a message."""
    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    bill = next(iter(view.bills.state.facts or ())).value
    await sandbox.faults("billing", body="truncated")
    outcome = ""
    try:
        document = await console.documents.open(view.customer_id, bill)
        outcome = f"{(await document.render(0, scale=0.2)).width} pixels"
        await document.aclose()
    except UnreadableDocumentError as error:
        outcome = str(error)
    assert outcome.endswith(("pixels", "damaged.", "shown."))
    view.close()
    await console.aclose()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/steal.pdf", "https://example.net/a.pdf", "http://[", "//x/y"])
async def test_our_sign_in_never_goes_to_another_server(sandbox: Control, address: str) -> None:
    from dataclasses import replace

    console = sandbox.console()
    view = await opened(console, sandbox.first_customer)
    bill = next(iter(view.bills.state.facts or ())).value
    foreign = replace(bill, documents=(replace(bill.documents[0], address=address),))
    with pytest.raises(BadResponseError):
        await console.documents.open(view.customer_id, foreign)
    view.close()
    await console.aclose()
