"""Reads typed amounts."""

import re
from decimal import Decimal

from console.messages import actions as say
from console.models.money import Money, minor_digits
from console.services.customer.contact import NotPossibleError

# The sign that people write before or after an amount, by currency.
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def read_positive(text: str, currency: str) -> Money:
    """Return a typed amount above zero, exact, in a currency.

    Raises:
        NotPossibleError: It is not a valid amount above zero.
    """
    money = read_amount(text, currency)
    if money.amount <= 0:
        raise NotPossibleError(say.AMOUNT_NOT_POSITIVE())
    return money


def _without_currency(text: str, currency: str) -> str:
    """Return a typed amount without spaces, and without the currency's sign or code.

    Raises:
        NotPossibleError: It has the code of another currency.
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "").strip(_SIGNS.get(currency, ""))
    parts = re.fullmatch(r"([A-Za-z]{3})?([\d.,]+)([A-Za-z]{3})?", plain)
    if parts is None:
        return plain
    named = (parts[1] or parts[3] or currency).upper()
    if named != currency:
        raise NotPossibleError(say.OTHER_CURRENCY(currency=currency, named=named))
    return parts[2]


def _with_point(plain: str) -> str:
    """Return a number with a decimal point and without thousands separators.

    Raises:
        NotPossibleError: It has two meanings.
    """
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", plain) and not plain.startswith("0"):
        whole, part = re.sub(r"[.,]", "", plain), plain.replace(",", ".")
        raise NotPossibleError(say.AMOUNT_AMBIGUOUS(plain=plain, whole=whole, part=part))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        return plain.replace(",", "")
    return plain.replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", plain) else plain


def read_amount(text: str, currency: str) -> Money:
    """Return a typed amount, exact, in a currency; it may have this currency's code.

    One separator before three digits (`1,250`) is rejected in every currency. Some people read it as a thousand, others
    as a fraction, and the amount moves money.

    Raises:
        NotPossibleError: It is not a valid amount, has too many decimals or another currency, or has two meanings.
    """
    plain = _with_point(_without_currency(text, currency))
    if not re.fullmatch(r"\d{1,9}(?:\.\d+)?", plain):
        typed = text.strip()[:30]
        raise NotPossibleError(say.NOT_AN_AMOUNT(typed=typed) if typed else say.AMOUNT_MISSING())
    amount = Decimal(plain)
    digits = minor_digits(currency)
    if amount != round(amount, digits):
        raise NotPossibleError(say.TOO_MANY_DECIMALS(currency=currency, digits=digits))
    return Money(round(amount, digits), currency)
