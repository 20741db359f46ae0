"""Billing over TMF666 billingAccount and TMF678 customerBill."""

import asyncio
from collections.abc import Sequence
from datetime import date

from console.connectors.tmforum.money import TmForumMoney
from console.connectors.tmforum.numbers import complete_number
from console.connectors.tmforum.reading import customer_named
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records.bills import read_account, read_bill, read_rate
from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.models.customer_bill import AppliedBillingRate, BillDocument, CustomerBill, CustomerBillId
from console.models.provenance import Records
from console.models.search import Match, MatchedBy, SearchHit, SearchQuery

# Record limits for lists that are only useful complete; they replace a lower limit of the deployment.
_MOST_ACCOUNTS = 200
_MOST_LINES = 1_000


class TmForumBilling(TmForumMoney):
    """Implements the ports for accounts, bills, payments, charges and usage."""

    async def fetch_billing_accounts(self, customer_id: CustomerId) -> Records[BillingAccount]:
        return await self._client.fetch_of_customer("billingAccount", customer_id, read_account, whole=_MOST_ACCOUNTS)

    async def fetch_customer_bills(self, customer_id: CustomerId, *, after: int = 0) -> Records[CustomerBill]:
        bills = await self._client.fetch_of_customer("customerBill", customer_id, read_bill, after=after)
        return bills.sorted_by(lambda bill: bill.billed_on, missing=date.min)

    async def fetch_bill_document(self, document: BillDocument) -> bytes:
        return await self._client.fetch_document("customerBill", document.address)

    async def fetch_applied_billing_rates(self, bill_id: CustomerBillId) -> Records[AppliedBillingRate]:
        settings = self._client.settings("appliedCustomerBillingRate")
        parameters = () if settings.look_through else ((settings.bill_filter or "bill.id", bill_id),)

        def is_of_bill(reader: RecordReader) -> bool:
            bill = reader.part("bill")
            return bill is None or bill.text("id") in {None, bill_id}

        return await self._client.fetch_many(
            "appliedCustomerBillingRate",
            parameters,
            read_rate,
            is_asked_for=is_of_bill,
            drop_others=settings.look_through,
            whole=_MOST_LINES,
        )

    def can_search(self, query: SearchQuery) -> bool:
        prefixes = (self._client.settings(resource).number_prefix for resource in ("billingAccount", "customerBill"))
        return any(query.number and complete_number(query.number, prefix) for prefix in prefixes)

    async def search_customers(
        self,
        query: SearchQuery,
        *,
        limit: int,
        names_alone: bool = False,  # noqa: ARG002 - accounts, bills and orders name a customer and say no more
    ) -> Sequence[SearchHit]:
        if not query.number:
            return []
        found = await asyncio.gather(self._by_account(query.number), self._by_bill(query.number, limit))
        return [hit for hits in found for hit in hits][:limit]

    async def _by_account(self, typed: str) -> list[SearchHit]:
        number = complete_number(typed, self._client.settings("billingAccount").number_prefix)
        found = number and await self._client.fetch_one("billingAccount", number, customer_named)
        if not found or found.value is None:
            return []
        customer_id, name = found.value
        return [SearchHit(customer_id, self._client.name, Match(MatchedBy.ACCOUNT, found.origin.id), name)]

    async def _by_bill(self, typed: str, limit: int) -> list[SearchHit]:
        settings = self._client.settings("customerBill")
        number = complete_number(typed, settings.number_prefix)
        if number is None:
            return []
        parameter = (settings.search or {}).get("number")
        if parameter is None:
            one = await self._client.fetch_one("customerBill", number, customer_named)
            named = [one.value] if one and one.value else []
        else:
            many = await self._client.fetch_many("customerBill", ((parameter, number),), customer_named, most=limit)
            named = [item.value for item in many if item.value]
        match = Match(MatchedBy.BILL, number)
        return [SearchHit(customer_id, self._client.name, match, name) for customer_id, name in named]
