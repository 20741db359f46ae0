"""Customers who belong together: trees that end, for any references."""

import pytest

from console.errors import SystemUnavailableError
from console.models.customer import Customer, CustomerId
from console.models.provenance import Sourced
from console.models.reference import Reference
from console.services.customer.related import fetch_related
from tests.support.factories import origin


class Crm:
    """A CRM that has some customers; for others it fails or returns None."""

    def __init__(self, *customers: Customer, down: tuple[str, ...] = ()) -> None:
        self.known = {customer.id: customer for customer in customers}
        self.down = down
        self.asked: list[str] = []

    async def fetch_customer(self, customer_id: CustomerId) -> Sourced[Customer] | None:
        self.asked.append(customer_id)
        if customer_id in self.down:
            raise SystemUnavailableError("CRM is not responding.", system="crm", code="CRM-1")
        found = self.known.get(customer_id)
        return None if found is None else Sourced(found, origin(system="crm", id=customer_id))


def customer(number: str, **related: str) -> Customer:
    references = tuple(Reference(other.upper(), "Customer", None, role) for other, role in related.items())
    return Customer(CustomerId(number), f"Name {number}", related=references)


def sourced(value: Customer) -> Sourced[Customer]:
    return Sourced(value, origin(system="crm", id=value.id))


async def test_a_part_of_a_company_finds_its_parent_and_its_sisters() -> None:
    mine = customer("B", a="parentCompany")
    parent = customer("A", b="subsidiary", c="subsidiary", h="householdMember")
    crm = Crm(mine, parent, customer("C", a="parentCompany"), customer("H"))
    found = await fetch_related(crm, sourced(mine))
    assert {item.value.customer_id: item.value.role for item in found} == {"A": "parentCompany", "C": "sisterCompany"}
    assert found.complete
    assert next(item.value.through for item in found if item.value.customer_id == "C") == "A"


async def test_circles_end_and_nobody_is_asked_twice() -> None:
    mine = customer("A", b="parentCompany", a="householdMember")
    crm = Crm(mine, customer("B", a="parentCompany", b="subsidiary", c="subsidiary"), customer("C", b="parentCompany"))
    found = await fetch_related(crm, sourced(mine))
    assert sorted(item.value.customer_id for item in found) == ["B", "C"]
    assert sorted(crm.asked) == ["B", "C"]


async def test_what_leads_nowhere_says_so_and_costs_nothing_else() -> None:
    mine = customer("A", b="householdMember", c="householdMember", d="householdMember")
    found = await fetch_related(Crm(mine, customer("B"), down=("C",)), sourced(mine))
    problems = {item.value.customer_id: item.value.problem for item in found}
    assert problems == {"B": None, "C": "CRM is not responding.", "D": "CRM does not know this number."}
    assert len(found.damaged) == 2


async def test_when_crm_answers_for_none_its_error_is_raised() -> None:
    mine = customer("A", b="householdMember")
    with pytest.raises(SystemUnavailableError):
        await fetch_related(Crm(mine, down=("B",)), sourced(mine))


async def test_a_tree_of_hundreds_is_cut_and_says_so() -> None:
    many = {f"n{i}": "subsidiary" for i in range(300)}
    mine = customer("A", **many)
    crm = Crm(mine, *(customer(f"N{i}") for i in range(300)))
    found = await fetch_related(crm, sourced(mine))
    assert len(found) == len(crm.asked) == 25
    assert not found.complete


async def test_people_and_the_customer_itself_are_no_related_customers() -> None:
    mine = Customer(
        CustomerId("A"),
        "A",
        related=(Reference("A", "Customer", None, "customer"), Reference("P1", "Individual", "X", "contactPerson")),
    )
    assert list(await fetch_related(Crm(mine), sourced(mine))) == []
