"""The explanation of a bill as a sentence to read aloud, and the words for its causes."""

import re
from datetime import datetime

from PySide6.QtCore import QDate, QLocale

from console.models.bill_explanation import BillExplanation, Cause, CauseKind
from console.models.money import Money
from console.views.customer.say_bill_words import ENGLISH, LANGUAGES, Words

_SAID = 5
# What some systems add to a name, and the sentence says by itself.
_PART = re.compile(r", (part month|given back)$", re.IGNORECASE)
# Whether a cause comes again with the next bill.
AGAIN = {
    CauseKind.ADDED: "monthly", CauseKind.REMOVED: "monthly", CauseKind.PRICE: "monthly",
    CauseKind.PROMOTION: "monthly", CauseKind.PART_MONTH: "once", CauseKind.USAGE: "maybe", CauseKind.ONE_OFF: "once",
    CauseKind.CREDIT: "once", CauseKind.LATE_PAYMENT: "once", CauseKind.TAX: "follows",
    CauseKind.ROUNDING: "", CauseKind.UNEXPLAINED: "",
}  # fmt: skip


def say(explanation: BillExplanation, language: str = "en") -> str:
    """Return what to read aloud: both bills, then the causes, the largest first.

    Names of lines are said as the bill prints them. A language there are no words for is said in English.
    """
    words = LANGUAGES.get(language, ENGLISH)
    locale = QLocale(words.locale)
    earlier, later = explanation.earlier, explanation.later
    total, difference = later.tax_included or later.amount_due, explanation.difference
    months = [_month(bill.billed_at, locale) if bill.billed_at else bill.label for bill in (later, earlier)]
    template = words.higher if difference.amount > 0 else words.lower if difference.amount else words.same
    told = template.format(
        month=months[0], before=months[1], total=_money(total, locale), difference=_money(difference, locale)
    )
    return " ".join([told, *(_sentence(cause, words, locale) for cause in _worth_saying(explanation))])


def _worth_saying(explanation: BillExplanation) -> list[Cause]:
    """Return the largest causes, and always what is unexplained."""
    causes = [cause for cause in explanation.causes if cause.kind is not CauseKind.UNEXPLAINED][:_SAID]
    return [*causes, *(cause for cause in explanation.causes if cause.kind is CauseKind.UNEXPLAINED)]


def _sentence(cause: Cause, words: Words, locale: QLocale) -> str:
    higher, lower = words.causes[cause.kind]
    template = higher if cause.amount.amount > 0 else lower
    return template.format(name=_PART.sub("", cause.name), amount=_money(cause.amount, locale))


def _month(at: datetime, locale: QLocale) -> str:
    return locale.toString(QDate(at.year, at.month, 1), "MMMM yyyy")


def _money(amount: Money | None, locale: QLocale) -> str:
    """Return the size of an amount, exact, as the language writes it."""
    if amount is None:
        return "?"
    figures = f"{abs(amount.amount):,.{amount.digits}f}"
    signs = {",": locale.groupSeparator(), ".": locale.decimalPoint()}
    text = "".join(signs.get(sign, sign) for sign in figures)
    symbol = {"USD": "$", "GBP": "£", "EUR": "€", "SEK": "kr"}.get(amount.currency, amount.currency)
    leads = symbol in {"$", "£"} or (symbol == "€" and locale.language() == QLocale.Language.English)
    return f"{symbol}{text}" if leads else f"{text} {symbol}"
