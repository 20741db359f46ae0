"""Customers who belong together: a household, a company and its parts."""

from dataclasses import dataclass

from console.models.customer import CustomerId


@dataclass(frozen=True, slots=True)
class RelatedCustomer:
    """One customer related to another, with the part it plays as CRM says it (`householdMember`, `parentCompany`).

    `through` is the customer that names it, where that is not the one asked about: a sister company stands through the
    parent. `problem` says why no more is known, such as a number CRM does not know.
    """

    customer_id: CustomerId
    role: str | None
    name: str | None = None
    status: str | None = None
    through: CustomerId | None = None
    problem: str | None = None
