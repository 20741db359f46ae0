"""The explanation of a bill as a sentence to read aloud, and the words for its causes."""

import re
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QDate, QLocale

from console.models.bill_explanation import BillExplanation, Cause, CauseKind
from console.models.money import Money
from console.views.customer.bill.say_bill_words import ENGLISH, LANGUAGES, BillPhrases

# So many causes are said, the largest first, unless fewer are nearly all of it.
_MOST_SAID = 5
_NEARLY_ALL = Decimal("0.9")
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
    months = [_month(bill.billed_on, locale) if bill.billed_on else bill.label for bill in (later, earlier)]
    not_higher = words.lower if difference.amount else words.same
    template = words.higher if difference.amount > 0 else not_higher
    message = template.format(
        month=months[0], before=months[1], total=_money(total, locale), difference=_money(difference, locale)
    )
    causes, other = said_causes(explanation)
    sentences = [message, *(_sentence(cause, words, locale) for cause in causes)]
    if other.amount:
        sentences.append(words.other[other.amount < 0].format(amount=_money(other, locale)))
    return " ".join(sentences)


def said_causes(explanation: BillExplanation) -> tuple[list[Cause], Money]:
    """Return the causes that are said, and what all others add up to: together the difference, to the cent.

    Said are the largest, until they make up nine tenths of all that changed or are five, and what is unexplained.
    """
    nothing = Money(Decimal(0), explanation.difference.currency)
    explained = [cause for cause in explanation.causes if cause.kind is not CauseKind.UNEXPLAINED]
    explained.sort(key=lambda cause: -abs(cause.amount.amount))
    whole = sum(abs(cause.amount.amount) for cause in explanation.causes)
    said = [cause for cause in explanation.causes if cause.kind is CauseKind.UNEXPLAINED]
    for cause in explained[:_MOST_SAID]:
        if sum(abs(one.amount.amount) for one in said) >= _NEARLY_ALL * whole:
            break
        said.append(cause)
    said.sort(key=lambda cause: (cause.kind is CauseKind.UNEXPLAINED, -abs(cause.amount.amount)))
    return said, explanation.difference - sum((cause.amount for cause in said), start=nothing)


def _sentence(cause: Cause, words: BillPhrases, locale: QLocale) -> str:
    higher, lower = words.causes[cause.kind]
    template = higher if cause.amount.amount > 0 else lower
    return template.format(name=_PART.sub("", cause.name), amount=_money(cause.amount, locale))


def _month(at: date, locale: QLocale) -> str:
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
