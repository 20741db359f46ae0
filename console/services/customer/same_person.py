"""The same person under a second customer number: found by phone, separated from housemates by name and birthday."""

from console.errors import NotServedError
from console.messages import customer as say
from console.models.customer import Customer, CustomerId, Party
from console.models.name_words import fold
from console.models.provenance import Origin, Records, Sourced
from console.models.search import Match, MatchedBy, SearchHit, SearchQuery
from console.ports.customers import Customers

# Phone numbers searched, and hits per number.
_MOST_NUMBERS, _MOST_HITS = 3, 10


async def fetch_same_person(
    customers: Customers, customer: Sourced[Customer], party: Sourced[Party] | None
) -> Records[SearchHit]:
    """Return other customers in CRM with the same name and phone number, and the same birthday or home address.

    `matched` says which of the two is the same. Sends one request per phone number (at most 3), and two more per
    customer of the same name.

    Raises:
        SystemCallError: CRM did not respond, or cannot be searched by phone.
    """
    origin = customer.origin
    phones = list(dict.fromkeys(one.text for one in customer.value.contact_media if one.kind == "phone"))
    found: dict[CustomerId, SearchHit] = {}
    for phone in phones[:_MOST_NUMBERS]:
        query = SearchQuery(phone, phone=phone)
        if not customers.can_search(query):
            raise NotServedError(say.NO_SEARCH_BY_PHONE(), system=customers.name, code="CRM-NOT-SERVED")
        for hit in await customers.search_customers(query, limit=_MOST_HITS):
            if hit.customer_id != customer.value.id and _plain(hit.name) == _plain(customer.value.name):
                found.setdefault(hit.customer_id, hit)
    same: list[Sourced[SearchHit]] = []
    for hit in found.values():
        other = await customers.fetch_customer(hit.customer_id)
        if other is None:
            continue
        shared = _shared(customer.value, party, other.value, await customers.fetch_party(other.value))
        if shared is not None:
            hit_here = SearchHit(
                hit.customer_id,
                hit.system,
                matched=Match(shared),
                name=hit.name,
                kind=hit.kind,
                status=hit.status,
            )
            same.append(
                Sourced(
                    hit_here,
                    Origin(hit.system, "customer", id=hit.customer_id, version=None, read_at=other.origin.read_at),
                )
            )
    return Records(tuple(same), origin.read_at)


def _shared(
    ours: Customer, our_party: Sourced[Party] | None, other: Customer, party: Sourced[Party] | None
) -> MatchedBy | None:
    """Return what is the same besides name and phone; None if these are two people."""
    born = our_party.value.birth_on if our_party else None
    other_born = party.value.birth_on if party else None
    if born and other_born:
        return MatchedBy.PHONE_AND_BIRTHDAY if born == other_born else None
    homes = {_plain(one.text) for one in ours.contact_media if one.kind == "address"}
    others = {_plain(one.text) for one in other.contact_media if one.kind == "address"}
    return MatchedBy.PHONE_AND_ADDRESS if homes & others else None


def _plain(text: str | None) -> str:
    return fold(text or "").replace(" ", "")
