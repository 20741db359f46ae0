"""TMF666 accounts and TMF678 bills, version 4."""

from collections.abc import Iterator

from console.connectors.tmforum.reading import customer_named
from console.connectors.tmforum.v4.customer import read_contact_media
from console.connectors.tmforum.wire import Reader
from console.models.billing_account import BillingAccount, BillingAccountId, PaymentPlan
from console.models.customer_bill import AppliedBillingRate, BillDocument, CustomerBill, CustomerBillId
from console.models.money import Money


def read_account(reader: Reader) -> BillingAccount:
    """Translate a TMF666 billing account."""
    identifier = reader.identifier()
    structure = reader.part("billStructure")
    cycle = structure.part("cycleSpecification") if structure else None
    payment = reader.part("defaultPaymentMethod")
    contact = reader.part("contact")
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
        contact_media=read_contact_media(contact) if contact else (),
        payment_plans=tuple(_plan(part) for part in reader.parts("paymentPlan")),
        holder=_holder(reader, contact),
        payment_method_id=payment.text("id") if payment else None,
    )


def _holder(reader: Reader, contact: Reader | None) -> str | None:
    """Return whom billing names as the customer: the related party of that role, else its contact."""
    named = customer_named(reader)
    return (named[1] if named else None) or (contact.text("contactName") if contact else None)


def _plan(part: Reader) -> PaymentPlan:
    period = part.part("validFor")
    ends = period.day("endDateTime") if period else None
    parts = part.number("numberOfPayments")
    return PaymentPlan(
        part.text("planType"),
        part.text("status"),
        part.money("totalAmount"),
        ends,
        int(parts) if parts else 1,
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
        billed_on=reader.day("billDate"),
        due_on=reader.day("paymentDueDate"),
        period_start=period.day("startDateTime") if period else None,
        period_end=period.day("endDateTime") if period else None,
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
        period_start=period.day("startDateTime") if period else None,
        period_end=period.day("endDateTime") if period else None,
        tax_excluded=reader.money("taxExcludedAmount"),
        tax_included=reader.money("taxIncludedAmount"),
        product_id=product.text("id") if product else None,
    )
