"""Readers for TMF676 payments and refunds."""

import re

from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import details
from console.models.payment import Payment

_NUMBERS = ("cardNumber", "lastFourDigits", "accountNumberBAN", "accountNumber", "walletId")
_LAST_DIGITS = 4


def read_payment(reader: RecordReader) -> Payment:
    """Translate a TMF676 payment; its bills are its payment items."""
    items = (part.part("item") for part in reader.parts("paymentItem"))
    bills = tuple(bill for item in items if item is not None and (bill := item.text("id")))
    return _money(reader, "paymentDate", bills, is_refund=False)


def read_refund(reader: RecordReader) -> Payment:
    """Translate a TMF676 refund."""
    return _money(reader, "refundDate", (), is_refund=True)


def _money(reader: RecordReader, date: str, bills: tuple[str, ...], *, is_refund: bool) -> Payment:
    account, channel = reader.part("account"), reader.part("channel")
    return Payment(
        id=reader.identifier(),
        status=reader.state("status"),
        paid_at=reader.when(date) or reader.when("statusDate"),
        amount=reader.money("totalAmount") or reader.money("amount"),
        method=_method(reader.part("paymentMethod")),
        channel=(channel.text("name") or channel.text("id")) if channel else None,
        description=reader.text("description"),
        account_id=account.text("id") if account else None,
        bill_ids=bills,
        is_refund=is_refund,
        details=details.read_details(reader, _PAYMENT),
    )


def _method(part: RecordReader | None) -> str | None:
    """Return the payment method, given by reference or by value: its name, else its kind, with the last digits.

    A method given by value may have a full card or account number. Only the last four digits are used.
    """
    if part is None:
        return None
    inner = part.part("details") or part
    named = part.text("name") or part.text("description") or inner.text("brand") or inner.text("type")
    kind = named or _method_by_type(part)
    number = next((text for key in _NUMBERS if (text := inner.text(key))), "")
    last = re.sub(r"[^0-9A-Za-z]", "", number)[-_LAST_DIGITS:]
    if kind is None or last in kind:  # true for an empty `last` too
        return kind
    return f"{kind} …{last}"


def _method_by_type(part: RecordReader) -> str | None:
    """Return the kind of a method without a name, from its types (without reference types) and id."""
    words = (part.text(key) for key in ("@referredType", "@type", "id"))
    return " ".join(word for word in words if word and "Ref" not in word) or None


# Further facts, shown when a user opens the record.
_PAYMENT = (
    details.rest("account", "id"),
    details.rest("paymentItem", "item.id"),
    details.rest("paymentMethod", "name", "description", "id", "details"),
    details.texts("name", "authorizationCode"),
    details.moments("statusDate"),
    details.amounts("amount", "taxAmount"),
    details.names("payment"),
)
