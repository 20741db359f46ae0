import asyncio
from typing import Any

import pytest

from console.errors import SystemUnavailableError
from console.models.customer import ContactMedium, Customer, CustomerId
from console.models.search import Match, MatchedBy, SearchHit, SearchQuery, SearchResult, SystemSearchState
from console.ports.billing import BILLS
from console.ports.customers import CUSTOMERS
from console.ports.port import Port
from console.ports.provisioning import SERVICES
from console.ports.systems import ConnectedSystem, Systems
from console.services.access.permissions import REP, Permissions
from console.services.customer.contact import NotPossibleError, checked_contact
from console.services.search.customer_index import CustomerIndex
from console.services.search.customer_search import CustomerSearch
from console.services.search.phone import is_same_number, read_phone, show_phone, split_extension
from console.store.database import in_memory
from console.store.people import PersonRepository
from tests.support.factories import VirtualClock


class System:
    """One system of a search: returns hits, fails, or waits."""

    def __init__(self, name: str, hits: Any = (), wait: asyncio.Event | None = None) -> None:
        self.name = name
        self.hits = hits
        self.wait = wait
        self.queries: list[SearchQuery] = []

    def can_search(self, query: SearchQuery) -> bool:
        return self.name == "crm" or query.number is not None

    async def search_customers(self, query: SearchQuery, *, limit: int, names_alone: bool = False) -> Any:
        self.queries.append(query)
        if self.wait is not None:
            await self.wait.wait()
        if isinstance(self.hits, Exception):
            raise self.hits
        return self.hits[:limit]


class Nobody:
    """An empty customer index."""

    async def find(self, **_asked: Any) -> list[Any]:
        return []

    async def put(self, people: Any) -> None:
        raise AssertionError(people)

    async def count(self) -> int:
        return 0


def _found_in(system: Any, port: Port[Any]) -> ConnectedSystem:
    """Return a connected system that can only be searched."""
    return ConnectedSystem(
        name=system.name,
        label=system.name,
        address="",
        ports={port.capability: system},
        actions=system,
        checked=system,
        finder=system,
    )


def search(crm: Any, billing: Any, provisioning: Any) -> CustomerSearch:
    return CustomerSearch(
        systems=Systems((_found_in(crm, CUSTOMERS), _found_in(billing, BILLS), _found_in(provisioning, SERVICES))),
        permissions=Permissions(REP),
        people=CustomerIndex(Nobody()),
        clock=VirtualClock(),
        country="US",
    )


BY_NAME = Match(MatchedBy.NAME)


def hit(customer: str, system: str, matched: Match = BY_NAME, **more: Any) -> SearchHit:
    return SearchHit(CustomerId(customer), system, matched, **more)


@pytest.mark.parametrize(
    "typed",
    ["+19375550142", "937-555-0142", "(937) 555.0142", "937/555.01-42", " +1 937 555 0142 ", "tel:+1-937-555-0142", "0119375550142"[3:],
     "\uff19\uff13\uff17 555 0142", "9375550142", "001 937 555 0142"],
)  # fmt: skip
def test_a_phone_number_is_understood_in_whatever_form_it_is_pasted(typed: str) -> None:
    assert read_phone(typed, "US") == "+19375550142"


@pytest.mark.parametrize(
    ("typed", "extension"),
    [
        ("+1 703-555-0324 ext. 12", "12"),
        ("(703) 555-0324 x12", "12"),
        ("tel:+1-703-555-0324;ext=12", "12"),
        ("703-555-0324 #4", "4"),
        ("\u202a+1 703\u200b555 0324\u202c", None),
        ("sip:+17035550324@voice.example.com;user=phone", None),
        ("SIPS:+1-703-555-0324@example.com", None),
    ],
)
def test_a_number_is_read_without_its_extension_and_what_cannot_be_seen(typed: str, extension: str | None) -> None:
    assert read_phone(typed, "US") == "+17035550324"
    assert split_extension(typed)[1] == extension
    query = search(System("crm"), System("billing"), System("provisioning")).read(typed)
    assert (query.phone, query.email, query.name) == ("+17035550324", None, None)


@pytest.mark.parametrize("typed", ["555-0142", "2041877", "555 0142"])
def test_a_local_number_is_searched_by_its_digits_and_never_completed(typed: str) -> None:
    assert read_phone(typed, "US") is None
    query = search(System("crm"), System("billing"), System("provisioning")).read(typed)
    assert (query.phone, query.number) == (None, typed)
    with pytest.raises(NotPossibleError, match="not a valid phone number"):
        checked_contact("phone", typed, "US")


def test_a_number_with_an_extension_is_not_written_without_a_word() -> None:
    with pytest.raises(NotPossibleError, match="extension"):
        checked_contact("phone", "+1 703 555 0324 x12", "US")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("(937) 555-0142", "+19375550142", True),
        ("030 23125123", "+49 30 23125123", True),
        ("+1 937 555 0142 ext. 3", "+19375550142", True),
        ("+19375550142", "+19375550143", False),
        ("+4930231251", "+19375550142", False),
        ("", "+19375550142", False),
    ],
)
def test_a_number_is_the_same_with_its_country_code_and_without(one: str, other: str, same: bool) -> None:
    assert is_same_number(one, other) is is_same_number(other, one) is same


async def test_a_number_kept_without_its_country_code_is_found_with_it() -> None:
    people = CustomerIndex(PersonRepository(database := in_memory()))
    await people.prime([Customer(CustomerId("CU-1"), "Ann", contact_media=(ContactMedium("phone", "(937) 555-0142"),))])
    for text in ("+19375550142", "937-555-0142", "555-0142"):
        query = search(System("crm"), System("billing"), System("provisioning")).read(text)
        assert [hit.customer_id for hit in await people.find(query, limit=5)] == ["CU-1"], text
    await database.aclose()


@pytest.mark.parametrize("typed", ["(030) 23125903", "(030)23125903", "030 23125903", "(030) 231-25903"])
async def test_a_number_of_another_country_is_found_as_it_is_dialled_there(typed: str) -> None:
    people = CustomerIndex(PersonRepository(database := in_memory()))
    await people.prime([Customer(CustomerId("CU-1"), "Ann", contact_media=(ContactMedium("phone", "+493023125903"),))])
    query = search(System("crm"), System("billing"), System("provisioning")).read(typed)
    assert [hit.customer_id for hit in await people.find(query, limit=5)] == ["CU-1"]
    await database.aclose()


@pytest.mark.parametrize(
    ("typed", "country"), [("030 23125 123", "DE"), ("+49 (0)30 23125123", "US"), ("0049 30 23125-123", "DE")]
)
def test_numbers_of_other_countries(typed: str, country: str) -> None:
    assert read_phone(typed, country) == "+493023125123"


@pytest.mark.parametrize("typed", ["Lindqvist", "CU-2041877", "12", "a@example.com", "", "1" * 60])
def test_what_is_no_phone_number(typed: str) -> None:
    assert read_phone(typed, "US") is None


def test_a_text_that_is_no_number_is_shown_as_it_is() -> None:
    assert show_phone("ask reception") == "ask reception"


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("Marta Lindqvist", {"name": "Marta Lindqvist"}),
        ("CU-204 1877", {"number": "CU-204 1877"}),
        ("#B-2611-0448", {"number": "B-2611-0448"}),
        ("Marta@Example.com", {"email": "marta@example.com"}),
        ("937-555-0142", {"number": "937-555-0142", "phone": "+19375550142"}),
        ("liam.kowalski22", {"number": "liam.kowalski22", "name": "liam.kowalski22"}),
        ("+1 937 555 0142", {"phone": "+19375550142"}),
        ("2nd Street Books", {"name": "2nd Street Books"}),
        ("م", {}),
        ("", {}),
        ("x\x00\x1b[2J", {"number": "x 2J"}),
        ("4111 1111 1111 1111", {}),  # a card number is not sent to any system
        ("••••1111", {}),  # nor is a masked one
    ],
)
def test_typed_text_is_read(typed: str, reading: dict[str, str]) -> None:
    query = search(System("crm"), System("billing"), System("provisioning")).read(typed)
    found = {key: getattr(query, key) for key in ("name", "number", "email", "phone") if getattr(query, key)}
    assert found == reading or (typed.startswith("x") and "\x00" not in str(found))


async def test_each_system_shows_as_it_answers_and_one_failure_leaves_the_others() -> None:
    slow = asyncio.Event()
    down = SystemUnavailableError("Billing cannot be reached.", system="billing", code="BILLING-X")
    crm, provisioning = (
        System("crm", [hit("CU-1", "crm", "Customer CU-1", name="Marta")]),
        System("provisioning", [], wait=slow),
    )
    results: list[SearchResult] = []
    finding = asyncio.create_task(
        search(crm, System("billing", down), provisioning).find(SearchQuery("1", number="1"), results.append)
    )
    async with asyncio.timeout(5):
        while not results or not results[-1].found:
            await asyncio.sleep(0)
    states = {progress.system: progress.state for progress in results[-1].systems}
    assert states["provisioning"] is SystemSearchState.ASKING
    assert not results[-1].is_complete
    slow.set()
    await finding
    assert {progress.system: progress.state for progress in results[-1].systems} == {
        "crm": SystemSearchState.ANSWERED,
        "billing": SystemSearchState.FAILED,
        "provisioning": SystemSearchState.ANSWERED,
    }
    assert [found.name for found in results[-1].found] == ["Marta"]


async def test_one_customer_found_by_several_systems_is_one_entry_with_all_reasons() -> None:
    crm = System("crm", [hit("CU-1", "crm", "Customer CU-1", name="Marta Lindqvist", details=("1418 Alder St",))])
    billing = System("billing", [hit("CU-1", "billing", Match(MatchedBy.BILL, "B-1"), name="M. Lindqvist")])
    results: list[SearchResult] = []
    await search(crm, billing, System("provisioning")).find(SearchQuery("1", number="1"), results.append)
    (found,) = results[-1].found
    assert found.details == ("1418 Alder St",)
    assert ("billing", Match(MatchedBy.BILL, "B-1")) in found.reasons


async def test_a_customer_only_billing_found_is_looked_up_in_crm_to_tell_it_apart() -> None:
    class Crm(System):
        async def search_customers(self, query: SearchQuery, *, limit: int, names_alone: bool = False) -> Any:
            self.queries.append(query)
            return (
                [hit("CU-9", "crm", "Customer CU-9", name="Marta", details=("Alder St",))]
                if query.number == "CU-9"
                else []
            )

    crm = Crm("crm")
    results: list[SearchResult] = []
    billing = System("billing", [hit("CU-9", "billing", Match(MatchedBy.BILL, "B-1"))])
    await search(crm, billing, System("provisioning")).find(SearchQuery("B-1", number="B-1"), results.append)
    (found,) = results[-1].found
    assert (found.name, found.details) == ("Marta", ("Alder St",))
    assert found.reasons == (("billing", Match(MatchedBy.BILL, "B-1")),)


async def test_more_than_can_be_shown_is_said() -> None:
    crm = System("crm", [hit(f"CU-{i}", "crm") for i in range(40)])
    results: list[SearchResult] = []
    await search(crm, System("billing"), System("provisioning")).find(
        SearchQuery("smith", name="smith"), results.append
    )
    assert len(results[-1].found) == 25
    assert next(progress for progress in results[-1].systems if progress.system == "crm").has_more


async def test_a_name_is_asked_of_crm_alone() -> None:
    billing = System("billing")
    await search(System("crm"), billing, System("provisioning")).find(
        SearchQuery("smith", name="smith"), lambda _result: None
    )
    assert not billing.queries
