"""Billing besides bills: TMF676 payments and refunds, TMF637 charges, TMF635 usage and TMF677 allowances."""

from collections.abc import Sequence
from datetime import timedelta

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.reading import BEFORE_ALL
from console.connectors.tmforum.records.inventory import read_product
from console.connectors.tmforum.records.money import read_payment, read_refund
from console.connectors.tmforum.records.usage import read_buckets, read_usage
from console.errors import BadResponseError
from console.models.customer import CustomerId
from console.models.inventory import Product
from console.models.payment import Payment
from console.models.provenance import Records, Sourced
from console.models.usage import Bucket, Usage

# Record limit for a list that is only useful complete; it replaces a lower limit of the deployment.
_MOST_CHARGES = 1_000


class TmForumMoney:
    """Implements the ports for payments, charges and usage."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    async def fetch_payments(self, customer_id: CustomerId, *, after: int = 0) -> Records[Payment]:
        found = await self._client.fetch_of_customer(
            "payment", customer_id, read_payment, after=after, parameter="payer.id"
        )
        return found.sorted_by(lambda payment: payment.paid_at, missing=BEFORE_ALL)

    async def fetch_refunds(self, customer_id: CustomerId, *, after: int = 0) -> Records[Payment]:
        found = await self._client.fetch_of_customer(
            "refund", customer_id, read_refund, after=after, parameter="requestor.id"
        )
        return found.sorted_by(lambda payment: payment.paid_at, missing=BEFORE_ALL)

    async def fetch_recent_refunds(self, customer_id: CustomerId, *, within: timedelta) -> Sequence[Payment]:
        found = await self.fetch_refunds(customer_id)
        while found.next_offset is not None:
            found = found.joined_or_ended(await self.fetch_refunds(customer_id, after=found.next_offset))
        if found.damaged:
            message = f"{self._client.label}: a refund of this customer cannot be read, so what was given is not known."
            raise BadResponseError(message, system=self._client.name, code=f"{self._client.name.upper()}-REFUNDS")
        since = self._client.system_now() - within
        refunds = (item.value for item in found)
        return [one for one in refunds if not one.failed and (one.paid_at is None or one.paid_at >= since)]

    async def fetch_charges(self, customer_id: CustomerId) -> Records[Product]:
        return await self._client.fetch_of_customer("product", customer_id, read_product, whole=_MOST_CHARGES)

    async def fetch_usage(self, customer_id: CustomerId, *, after: int = 0) -> Records[Usage]:
        found = await self._client.fetch_of_customer("usage", customer_id, read_usage, after=after)
        return found.sorted_by(lambda usage: usage.at, missing=BEFORE_ALL)

    async def fetch_usage_consumption(self, customer_id: CustomerId) -> Records[Bucket]:
        party = [{"id": customer_id, "role": "customer", "@referredType": "Customer"}]
        criteria = {"searchCriteria": {"relatedParty": party}, "relatedParty": party}
        found = await self._client.query("queryUsageConsumption", criteria, read_buckets)
        return Records(tuple(Sourced(bucket, found.origin) for bucket in found.value), found.origin.read_at)
