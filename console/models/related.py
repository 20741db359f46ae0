"""Related customers: a household, or a company and its parts."""

from dataclasses import dataclass

from console.models.customer import CustomerId


@dataclass(frozen=True, slots=True)
class RelatedCustomer:
    """One related customer, with its role in CRM's own word (`householdMember`, `parentCompany`).

    `through` is the customer that names it, if that is not the requested one: a sister company comes through the
    parent. `problem` says why nothing more is known, for example that CRM does not know the number.
    """

    customer_id: CustomerId
    role: str | None
    name: str | None = None
    status: str | None = None
    through: CustomerId | None = None
    problem: str | None = None
