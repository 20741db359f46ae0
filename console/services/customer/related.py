"""Related customers (a household, a company's tree), found through the references in CRM's records."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from console.errors import ConsoleError
from console.models.customer import Customer, CustomerId
from console.models.provenance import Damage, Records, Sourced
from console.models.reference import Reference
from console.models.related import RelatedCustomer
from console.ports.customers import Customers

# Lookups. A company tree may be large, and faulty ones are circular.
_MOST_LOOKED_UP = 25
_NO_CUSTOMERS = {"individual", "organization", "contactperson"}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A reference to look up, the customer where it was found, and that customer's record."""

    reference: Reference
    through: CustomerId | None
    source: Sourced[Customer]


async def fetch_related(customers: Customers, customer: Sourced[Customer]) -> Records[RelatedCustomer]:
    """Return related customers: those the customer references, and the other subsidiaries of a parent company.

    Each is looked up once, at most 25 in all. References that cannot be resolved are returned with their problem.
    References back to the customer are left out.

    Raises:
        SystemCallError: CRM did not respond for any of them.

    Source: TMF629 v4 Customer, `relatedParty`.
    """
    found: dict[str, Sourced[RelatedCustomer]] = {}
    failures: list[ConsoleError] = []
    waiting = deque(_Waiting(reference, None, customer) for reference in customer.value.related)
    complete = True
    while waiting:
        one = waiting.popleft()
        record = one.reference.id
        if not _is_customer(one.reference) or record == customer.value.id or record in found:
            continue
        if len(found) == _MOST_LOOKED_UP:
            complete = False
            break
        try:
            other = await customers.fetch_customer(CustomerId(record))
        except ConsoleError as error:
            failures.append(error)
            found[record] = _not_found(one, str(error))
            continue
        if other is None:
            found[record] = _not_found(one, "CRM does not know this number.")
            continue
        found[record] = _found(one, other)
        waiting.extend(_below(one, other))
    if failures and len(failures) == len(found):
        raise failures[0]
    return _records(found.values(), customer, complete=complete)


def _found(one: _Waiting, other: Sourced[Customer]) -> Sourced[RelatedCustomer]:
    related = RelatedCustomer(
        CustomerId(one.reference.id),
        _role(one.reference, one.through),
        name=other.value.name,
        status=other.value.status,
        through=one.through,
        problem=None,
    )
    return Sourced(related, other.origin)


def _not_found(one: _Waiting, problem: str) -> Sourced[RelatedCustomer]:
    """Return a customer that could not be looked up, with the data of the reference."""
    related = RelatedCustomer(
        CustomerId(one.reference.id),
        _role(one.reference, one.through),
        name=one.reference.name,
        status=None,
        through=one.through,
        problem=problem,
    )
    return Sourced(related, one.source.origin)


def _below(one: _Waiting, other: Sourced[Customer]) -> list[_Waiting]:
    """Return the other subsidiaries of the customer's own parent company, to look up too."""
    if one.through is not None or not _is_parent(one.reference):
        return []
    return [_Waiting(further, other.value.id, other) for further in other.value.related if _is_child(further)]


def _records(
    found: Collection[Sourced[RelatedCustomer]], customer: Sourced[Customer], *, complete: bool
) -> Records[RelatedCustomer]:
    """Return the found customers as a list, as old as its oldest record; failed lookups are reported as damage."""
    read_at = min((item.origin.read_at for item in found), default=customer.origin.read_at)
    damaged = tuple(
        Damage("customer", item.value.customer_id, item.value.problem, lost=False)
        for item in found
        if item.value.problem
    )
    return Records(tuple(found), read_at, complete=complete, total=None, damaged=damaged)


def _is_customer(reference: Reference) -> bool:
    kind, role = (reference.kind or "").lower(), (reference.role or "").lower()
    return kind not in _NO_CUSTOMERS and role not in {"customer", "contactperson"}


def _is_parent(reference: Reference) -> bool:
    return "parent" in (reference.role or "").lower()


def _is_child(reference: Reference) -> bool:
    role = (reference.role or "").lower()
    return "subsidiary" in role or "child" in role


def _role(reference: Reference, through: CustomerId | None) -> str | None:
    """Return a customer's role; a subsidiary of one's own parent company is a sister company."""
    return "sisterCompany" if through is not None and not _is_parent(reference) else reference.role
