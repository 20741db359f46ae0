"""What several resources share when they are read: references, and one customer's list from an offset on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.wire import Reader
from console.models.customer import CustomerId
from console.models.provenance import Records
from console.models.reference import Reference

T = TypeVar("T")
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


async def fetch_of_customer(
    client: TmForumClient,
    resource: str,
    customer_id: CustomerId,
    translate: Callable[[Reader], T],
    *,
    after: int = 0,
    parameter: str = "relatedParty.id",
) -> Records[T]:
    """Return one customer's records of a resource, in the order the deployment asks for."""
    settings = client.settings(resource)
    parameters: list[tuple[str, str]] = [(settings.customer_filter or parameter, customer_id)]
    if settings.sort:
        parameters.append(("sort", settings.sort))
    return await client.fetch_many(resource, parameters, translate, owner=customer_id, after=after)


def references(reader: Reader, key: str) -> tuple[Reference, ...]:
    """Return the records named in a list of references; those without an identifier are left out."""
    return tuple(found for part in reader.parts(key) if (found := reference(part)) is not None)


def reference(part: Reader | None) -> Reference | None:
    """Return the record one reference names, or None where it names none."""
    identifier = part.text("id") if part is not None else None
    if part is None or identifier is None:
        return None
    return Reference(identifier, part.text("@referredType"), part.text("name"), part.text("role"))
