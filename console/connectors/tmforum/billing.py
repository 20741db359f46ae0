"""Billing over TMF666 billingAccount and TMF678 customerBill, version 4."""

import asyncio
from collections.abc import Iterator, Sequence

from console.connectors.tmforum.money import TmForumMoney
from console.connectors.tmforum.numbers import complete_number
from console.connectors.tmforum.reading import BEFORE_ALL, fetch_of_customer
from console.connectors.tmforum.wire import Reader
from console.models.billing_account import BillingAccount, BillingAccountId
from console.models.customer import CustomerId
from console.models.customer_bill import AppliedBillingRate, BillDocument, CustomerBill, CustomerBillId
from console.models.health import CheckResult
from console.models.money import Money
from console.models.provenance import Records
from console.models.search import SearchHit, SearchQuery

_RESOURCES = ("billingAccount", "customerBill", "appliedCustomerBillingRate", "payment", "refund", "usage")


class TmForumBilling(TmForumMoney):
    """Implements the billing port."""

    @property
    def name(self) -> str:
        return self._client.name

    async def fetch_billing_accounts(self, customer_id: CustomerId) -> Records[BillingAccount]:
        return await fetch_of_customer(self._client, "billingAccount", customer_id, read_account)

    async def fetch_customer_bills(self, customer_id: CustomerId, *, after: int = 0) -> Records[CustomerBill]:
        bills = await fetch_of_customer(self._client, "customerBill", customer_id, read_bill, after=after)
        return bills.sorted_by(lambda bill: bill.billed_at, missing=BEFORE_ALL)

    async def fetch_bill_document(self, document: BillDocument) -> bytes:
        return await self._client.fetch_document("customerBill", document.address)

    async def fetch_applied_billing_rates(self, bill_id: CustomerBillId) -> Records[AppliedBillingRate]:
        parameter = self._client.settings("appliedCustomerBillingRate").bill_filter or "bill.id"

        def read_own(reader: Reader) -> AppliedBillingRate:
            bill = reader.part("bill")
            if bill is not None and bill.text("id") not in {None, bill_id}:
                raise self._client.bad_answer("it ignores the filter for one bill's lines", "FILTER")
            return read_rate(reader)

        return await self._client.fetch_many("appliedCustomerBillingRate", ((parameter, bill_id),), read_own)

    def can_search(self, query: SearchQuery) -> bool:
        prefixes = (self._client.settings(resource).number_prefix for resource in ("billingAccount", "customerBill"))
        return any(query.number and complete_number(query.number, prefix) for prefix in prefixes)

    async def search_customers(self, query: SearchQuery, *, limit: int) -> Sequence[SearchHit]:
        if not query.number:
            return []
        found = await asyncio.gather(self._by_account(query.number), self._by_bill(query.number, limit))
        return [hit for hits in found for hit in hits][:limit]

    async def check(self) -> Sequence[CheckResult]:
        return await self._client.check(_RESOURCES)

    async def _by_account(self, typed: str) -> list[SearchHit]:
        number = complete_number(typed, self._client.settings("billingAccount").number_prefix)
        found = number and await self._client.fetch_one("billingAccount", number, customer_named)
        if not found or found.value is None:
            return []
        customer_id, name = found.value
        return [SearchHit(customer_id, self.name, f"Account {found.origin.id}", name)]

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
        return [SearchHit(customer_id, self.name, f"Bill {number}", name) for customer_id, name in named]


def customer_named(reader: Reader) -> tuple[CustomerId, str | None] | None:
    """Return the customer a record names, with the name it gives them."""
    for party in reader.parts("relatedParty"):
        identifier = party.text("id")
        if identifier and (party.text("role") or "customer").lower() == "customer":
            return CustomerId(identifier), party.text("name")
    return None


def read_account(reader: Reader) -> BillingAccount:
    """Translate a TMF666 billing account."""
    identifier = reader.identifier()
    structure = reader.part("billStructure")
    cycle = structure.part("cycleSpecification") if structure else None
    payment = reader.part("defaultPaymentMethod")
    return BillingAccount(
        id=BillingAccountId(identifier),
        name=reader.text("name") or identifier,
        account_type=reader.text("accountType"),
        state=reader.state("state"),
        payment_status=reader.state("paymentStatus"),
        balance=_balance(reader),
        credit_limit=reader.money("creditLimit"),
        parent_id=_parent(reader),
        bill_cycle=cycle.text("name") if cycle else None,
        payment_method=payment.text("name") if payment else None,
        last_modified_at=reader.when("lastModified"),
    )


def _balance(reader: Reader) -> Money | None:
    """Return what is owed: the receivable balance where several are given, else the first."""
    balances = list(reader.parts("accountBalance"))
    balances.sort(key=lambda part: "receivable" not in (part.text("balanceType") or "").lower())
    return balances[0].money("amount") if balances else None


def _parent(reader: Reader) -> str | None:
    for relation in reader.parts("accountRelationship"):
        account = relation.part("account")
        if account and "parent" in (relation.text("relationshipType") or "").lower():
            return account.text("id")
    return None


def read_bill(reader: Reader) -> CustomerBill:
    """Translate a TMF678 customer bill."""
    account, period = reader.part("billingAccount"), reader.part("billingPeriod")
    return CustomerBill(
        id=CustomerBillId(reader.identifier()),
        number=reader.text("billNo"),
        account_id=account.text("id") if account else None,
        state=reader.state("state"),
        billed_at=reader.when("billDate"),
        due_at=reader.when("paymentDueDate"),
        period_start=period.when("startDateTime") if period else None,
        period_end=period.when("endDateTime") if period else None,
        amount_due=reader.money("amountDue"),
        tax_excluded=reader.money("taxExcludedAmount"),
        tax_included=reader.money("taxIncludedAmount"),
        remaining=reader.money("remainingAmount"),
        documents=tuple(_documents(reader)),
    )


def _documents(reader: Reader) -> Iterator[BillDocument]:
    """Yield the documents of a bill that have an address; those in a format other than PDF come last."""
    found = [
        BillDocument(part.text("name") or "", address, part.text("mimeType"))
        for part in reader.parts("billDocument")
        if (address := part.text("url") or part.text("href"))
    ]
    yield from sorted(found, key=lambda document: "pdf" not in (document.mime_type or document.name).lower())


def read_rate(reader: Reader) -> AppliedBillingRate:
    """Translate a TMF678 applied customer billing rate."""
    period, product = reader.part("periodCoverage"), reader.part("product")
    identifier = reader.identifier()
    return AppliedBillingRate(
        id=identifier,
        name=reader.text("name") or reader.text("description") or identifier,
        type=reader.text("type"),
        period_start=period.when("startDateTime") if period else None,
        period_end=period.when("endDateTime") if period else None,
        tax_excluded=reader.money("taxExcludedAmount"),
        tax_included=reader.money("taxIncludedAmount"),
        product_id=product.text("id") if product else None,
    )
