"""Readers for TMF666 accounts and TMF678 bills."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from console.connectors.tmforum.reading import customer_named, reference, references
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import details
from console.connectors.tmforum.records.customer import read_contact_media
from console.connectors.tmforum.values import plain_word
from console.models.billing_account import BillingAccount, BillingAccountId, OtherBalance, PaymentPlan
from console.models.customer_bill import AppliedBillingRate, BillDocument, CustomerBill, CustomerBillId
from console.models.detail import Detail
from console.models.money import Money

# Contact and party roles that servers use for the account holder, as plain words.
_HOLDERS = frozenset(
    {"accountholder", "holder", "accountowner", "owner", "customer", "payer", "billpayer", "billing", "primary"}
)


def read_account(reader: RecordReader) -> BillingAccount:
    """Translate a TMF666 billing account."""
    identifier = reader.identifier()
    structure = reader.part("billStructure")
    cycle = structure.part("cycleSpecification") if structure else None
    payment = reader.part("defaultPaymentMethod")
    contact = _contact(reader)
    owed, others = _balances(reader)
    return BillingAccount(
        id=BillingAccountId(identifier),
        name=reader.text("name") or identifier,
        account_type=reader.text("accountType"),
        state=reader.state("state"),
        payment_status=reader.state("paymentStatus"),
        balance=owed[0] if owed else None,
        credit_limit=reader.money("creditLimit"),
        parent_id=_parent(reader),
        bill_cycle=cycle.text("name") if cycle else None,
        payment_method=payment.text("name") if payment else None,
        last_modified_at=reader.when("lastModified") or reader.when("lastUpdate"),
        contact_media=read_contact_media(contact) if contact else (),
        payment_plans=tuple(_plan(part) for part in reader.parts("paymentPlan")),
        holder=_holder(reader, contact),
        payment_method_id=payment.text("id") if payment else None,
        also_owed=owed[1:],
        other_balances=others,
        details=details.read_details(reader, _ACCOUNT)
        + (details.read_details(structure, _STRUCTURE) if structure else ()),
    )


def _further_contact(part: RecordReader) -> Detail | None:
    name, role = part.text("contactName"), part.text("contactType") or part.text("partyRoleType")
    return Detail("contact", name, role or "") if name else None


def _exemption(part: RecordReader) -> Detail | None:
    name = part.text("certificateNumber") or part.text("reason")
    return Detail("taxExemption", name, part.text("issuingJurisdiction") or "") if name else None


def _tax(key: str, part: RecordReader) -> Detail | None:
    amount, category, rate = part.money("taxAmount"), part.text("taxCategory"), part.text("taxRate")
    return Detail(key, rate or "", category or "", amount) if amount or category else None


def _applied(part: RecordReader) -> Detail | None:
    """Return the amount of a payment that was applied to the bill; None if neither is given."""
    amount, payment = part.money("appliedAmount"), reference(part.part("payment"))
    if not amount and not payment:
        return None
    return Detail("appliedPayment", payment.label if payment else "", amount=amount)


def _contact(reader: RecordReader) -> RecordReader | None:
    """Return the account holder's contact: the first one with a holder role, else the first one; None if there is none.

    An ended contact is used only if all contacts have ended.
    """
    return min(reader.parts("contact"), key=contact_rank, default=None)


def contact_rank(contact: RecordReader) -> tuple[bool, bool]:
    """Return a contact's rank; the lowest rank is the account holder's contact."""
    return not contact.is_valid(), not _is_holder(contact)


def _is_holder(contact: RecordReader) -> bool:
    words = (contact.text("contactType"), contact.text("partyRoleType"))
    return any(plain_word(word) in _HOLDERS for word in words if word)


def _holder(reader: RecordReader, contact: RecordReader | None) -> str | None:
    """Return the customer's name in billing: of the related party with a customer or holder role, else of the contact.

    A contact without a holder role counts only if it is the only one.
    """
    named = customer_named(reader)
    if named is not None and named[1]:
        return named[1]
    for party in references(reader, "relatedParty"):
        if party.role and party.name and plain_word(party.role) in _HOLDERS:
            return party.name
    if contact is None or not (_is_holder(contact) or sum(1 for _ in reader.parts("contact")) == 1):
        return None
    return contact.text("contactName")


def _plan(part: RecordReader) -> PaymentPlan:
    period = part.part("validFor")
    ends = period.day("endDateTime") if period else None
    parts = part.number("numberOfPayments")
    return PaymentPlan(
        part.text("planType"),
        part.text("status"),
        amount=part.money("totalAmount"),
        due_on=ends,
        parts=int(parts) if parts else 1,
    )


def _balances(reader: RecordReader) -> tuple[tuple[Money, ...], tuple[OtherBalance, ...]]:
    """Return the amounts owed, one per currency, and the other balances; only balances that are valid now.

    A receivable is owed by the customer, a payable is owed to the customer. A balance without a type is owed only if it
    is the only one without a type in its currency. Several could be parts of a sum or duplicates.
    """
    owed: dict[str, Money] = {}
    others = []
    holding = [part for part in reader.parts("accountBalance") if part.is_valid()]
    balances = [(amount, part.text("balanceType") or "") for part in holding if (amount := part.money("amount"))]
    untyped = Counter(amount.currency for amount, word in balances if not word)
    for amount, word in balances:
        sign = _owed_sign(word, untyped[amount.currency])
        if sign is None:
            others.append(OtherBalance(word, amount))
            continue
        nothing = Money(Decimal(0), amount.currency)
        owed[amount.currency] = owed.get(amount.currency, nothing) + Money(sign * amount.amount, amount.currency)
    if any(not word and untyped[amount.currency] > 1 for amount, word in balances):
        reader.problems.append("accountBalance is there more than once without a balanceType")
    return tuple(owed.values()), tuple(others)


def _owed_sign(word: str, untyped: int) -> int | None:
    """Return 1 if the customer owes a balance of that type, -1 if the customer is owed it, None if neither."""
    if not word:
        return 1 if untyped == 1 else None
    kind = plain_word(word)
    if "payable" in kind:
        return -1
    return 1 if "receivable" in kind or not kind else None


def _parent(reader: RecordReader) -> str | None:
    for relation in reader.parts("accountRelationship"):
        account = relation.part("account")
        if account and "parent" in (relation.text("relationshipType") or "").lower():
            return account.text("id")
    return None


def read_bill(reader: RecordReader) -> CustomerBill:
    """Translate a TMF678 customer bill."""
    account, period = reader.part("billingAccount"), reader.part("billingPeriod")
    return CustomerBill(
        id=CustomerBillId(reader.identifier()),
        number=reader.text("billNo"),
        account_id=account.text("id") if account else None,
        state=reader.state("state") or reader.state("status"),
        billed_on=reader.day("billDate"),
        due_on=reader.day("paymentDueDate"),
        period_start=period.day("startDateTime") if period else None,
        period_end=period.day("endDateTime") if period else None,
        amount_due=reader.money("amountDue"),
        tax_excluded=reader.money("taxExcludedAmount"),
        tax_included=reader.money("taxIncludedAmount"),
        remaining=reader.money("remainingAmount"),
        documents=tuple(_documents(reader)),
        details=details.read_details(reader, _BILL),
    )


def _documents(reader: RecordReader) -> Iterator[BillDocument]:
    """Yield the documents of a bill that have an address; PDFs come first."""
    found = [
        BillDocument(_document_name(part), address, part.text("mimeType"))
        for part in reader.parts("billDocument")
        if (address := _document_address(part))
    ]
    yield from sorted(found, key=lambda document: "pdf" not in (document.mime_type or document.name).lower())


def _document_address(part: RecordReader) -> str | None:
    return part.text("url") or part.text("uri") or part.text("href")


def _document_name(part: RecordReader) -> str:
    return next(
        (text for key in ("name", "description", "id", "content", "attachmentType") if (text := part.text(key))), ""
    )


def read_rate(reader: RecordReader) -> AppliedBillingRate:
    """Translate a TMF678 applied customer billing rate."""
    period, product = reader.part("periodCoverage"), reader.part("product")
    identifier = reader.identifier()
    return AppliedBillingRate(
        id=identifier,
        name=reader.text("name") or reader.text("description") or identifier,
        type=reader.text("type") or reader.text("appliedBillingRateType"),
        period_start=period.day("startDateTime") if period else None,
        period_end=period.day("endDateTime") if period else None,
        tax_excluded=reader.money("taxExcludedAmount"),
        tax_included=reader.money("taxIncludedAmount"),
        product_id=product.text("id") if product else None,
        details=details.read_details(reader, _RATE),
    )


# Further facts, shown when a user opens the record.
_STRUCTURED_BY = (
    "cycleSpecification.name",
    "format.name",
    "format.id",
    "presentationMedia.name",
    "presentationMedia.id",
)
_ACCOUNT = (
    details.rest("accountBalance", "amount"),
    details.rest("billStructure", *_STRUCTURED_BY),
    details.rest("paymentPlan", "planType", "status", "totalAmount"),
    details.texts("description", "ratingType"),
    details.names("financialAccount"),
    details.parties("relatedParty"),
    details.listed("contact", _further_contact),
    details.listed("taxExemption", _exemption),
)
_STRUCTURE = (details.names("format", "presentationMedia"),)
_BILL = (
    details.unless(lambda part: bool(_document_address(part) and _document_name(part)), "billDocument"),
    details.rest("billingAccount", "id"),
    details.days("nextBillDate"),
    details.texts("category", "runType"),
    details.listed("taxItem", lambda part: _tax("taxItem", part)),
    details.listed("appliedPayment", _applied),
    details.names("financialAccount", "paymentMethod", "billCycle"),
    details.parties("relatedParty"),
)
_RATE = (
    details.texts("description"),
    details.days("date"),
    details.flags("isBilled"),
    details.listed("appliedTax", lambda part: _tax("appliedTax", part)),
    details.characteristics("characteristic"),
)
