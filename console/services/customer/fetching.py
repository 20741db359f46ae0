"""Requests for the datasets of a customer that are not simple lists, or that need another dataset first."""

from typing import Protocol

from console.errors import ConsoleError, UnknownCustomerError
from console.messages import customer as say
from console.models.customer import Customer, CustomerId, Party
from console.models.provenance import Records, Sourced
from console.models.related import RelatedCustomer
from console.models.search import SearchHit
from console.ports.customers import Customers
from console.services.customer.dataset_loader import DatasetLoader
from console.services.customer.related import fetch_related
from console.services.customer.same_person import fetch_same_person


class FetchContext(Protocol):
    """The parts of a customer's view that these requests need."""

    customer_id: CustomerId
    customer: DatasetLoader[Sourced[Customer]]
    party: DatasetLoader[Sourced[Party] | None]


async def fetch_customer(customers: Customers, asking: FetchContext) -> Sourced[Customer]:
    found = await customers.fetch_customer(asking.customer_id)
    if found is None:
        raise UnknownCustomerError(say.UNKNOWN_CUSTOMER(customer_id=asking.customer_id))
    return found


async def fetch_party(customers: Customers, asking: FetchContext) -> Sourced[Party] | None:
    customer = asking.customer.unmasked
    return None if customer is None else await customers.fetch_party(customer.value)


async def fetch_related_of(customers: Customers, asking: FetchContext) -> Records[RelatedCustomer]:
    await asking.customer.wait_idle()
    customer, failure = asking.customer.unmasked, asking.customer.state.failure
    if failure is not None:
        raise failure.error
    if customer is None:
        raise ConsoleError(say.CUSTOMER_NOT_KNOWN_YET())
    return await fetch_related(customers, customer)


async def fetch_same_person_of(customers: Customers, asking: FetchContext) -> Records[SearchHit]:
    await asking.customer.wait_idle()
    await asking.party.wait_idle()
    customer, party = asking.customer.unmasked, asking.party.unmasked
    if customer is None:
        raise ConsoleError(say.CUSTOMER_NOT_KNOWN_YET())
    return await fetch_same_person(customers, customer, party)
