"""Customers who belong together, found through what CRM says about each: the household, the company's tree."""

from console.errors import ConsoleError
from console.models.customer import Customer, CustomerId
from console.models.provenance import Damage, Records, Sourced
from console.models.reference import Reference
from console.models.related import RelatedCustomer
from console.ports.customers import Customers

# A tree may be large, and badly kept ones go in circles.
_MOST_LOOKED_UP = 25
_NO_CUSTOMERS = {"individual", "organization", "contactperson"}


async def fetch_related(customers: Customers, customer: Sourced[Customer]) -> Records[RelatedCustomer]:
    """Return the customers related to one: those it names, and through a parent company the parent's others.

    Each is looked up once, at most 25 in all; references that lead nowhere stand there with their problem, those that
    lead back to the customer are left out. When CRM answers for none of them, its error is raised.

    Raises:
        SystemCallError: CRM did not answer for any of them.
    """
    found: dict[str, Sourced[RelatedCustomer]] = {}
    failures: list[ConsoleError] = []
    looked_up = 0
    waiting: list[tuple[Reference, CustomerId | None, Sourced[Customer]]] = [
        (reference, None, customer) for reference in customer.value.related
    ]
    complete = True
    while waiting:
        reference, through, source = waiting.pop(0)
        if not _is_customer(reference) or reference.id == customer.value.id or reference.id in found:
            continue
        if looked_up == _MOST_LOOKED_UP:
            complete = False
            break
        looked_up += 1
        other, problem = None, None
        try:
            other = await customers.fetch_customer(CustomerId(reference.id))
            problem = None if other is not None else "CRM does not know this number."
        except ConsoleError as error:
            failures.append(error)
            problem = str(error)
        value = other.value if other is not None else None
        found[reference.id] = Sourced(
            RelatedCustomer(
                CustomerId(reference.id),
                _role(reference, through),
                name=value.name if value else reference.name,
                status=value.status if value else None,
                through=through,
                problem=problem,
            ),
            other.origin if other is not None else source.origin,
        )
        if other is not None and through is None and _is_parent(reference):
            below = [further for further in other.value.related if _is_child(further)]
            waiting += [(further, other.value.id, other) for further in below]
    if failures and len(failures) == len(found):
        raise failures[0]
    read_at = min((item.origin.read_at for item in found.values()), default=customer.origin.read_at)
    damaged = tuple(
        Damage("customer", item.value.customer_id, item.value.problem or "", lost=False)
        for item in found.values()
        if item.value.problem
    )
    return Records(tuple(found.values()), read_at, complete=complete, total=None, damaged=damaged)


def _is_customer(reference: Reference) -> bool:
    kind, role = (reference.kind or "").lower(), (reference.role or "").lower()
    return kind not in _NO_CUSTOMERS and role not in {"customer", "contactperson"}


def _is_parent(reference: Reference) -> bool:
    return "parent" in (reference.role or "").lower()


def _is_child(reference: Reference) -> bool:
    role = (reference.role or "").lower()
    return "subsidiary" in role or "child" in role


def _role(reference: Reference, through: CustomerId | None) -> str | None:
    """Return the part a customer plays; what is below one's own parent stands beside one."""
    return "sisterCompany" if through is not None and not _is_parent(reference) else reference.role
