"""The explanation of a bill as sentences to read aloud, with its main causes."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from PySide6.QtCore import QDate, QLocale

from console.messages import QT_TR_NOOP
from console.models.bill_explanation import BillExplanation, Cause, CauseKind
from console.models.money import Money
from console.views.customer.bill.say_bill_words import ENGLISH, LANGUAGES, BillPhrases

# So many causes are said, the largest first, unless fewer are nearly all of it.
_MOST_SAID = 5
_NEARLY_ALL = Decimal("0.9")
# A month within this time is clear without its year.
_WITHOUT_YEAR = timedelta(days=330)
# Some systems add this to a name; the sentence says it already.
_PART = re.compile(r", (part month|partial month|given back|refund for unused days)$", re.IGNORECASE)
# Whether a cause comes again with the next bill.
AGAIN = {
    CauseKind.ADDED: QT_TR_NOOP("every month"), CauseKind.REMOVED: QT_TR_NOOP("every month"),
    CauseKind.PRICE: QT_TR_NOOP("every month"), CauseKind.PROMOTION: QT_TR_NOOP("every month"),
    CauseKind.PART_MONTH: QT_TR_NOOP("one time"), CauseKind.ONE_OFF: QT_TR_NOOP("one time"),
    CauseKind.CREDIT: QT_TR_NOOP("one time"), CauseKind.LATE_PAYMENT: QT_TR_NOOP("one time"),
    CauseKind.USAGE: QT_TR_NOOP("depends on usage"), CauseKind.TAX: QT_TR_NOOP("changes with the total"),
    CauseKind.ROUNDING: "", CauseKind.UNEXPLAINED: "",
}  # fmt: skip


def say(explanation: BillExplanation, language: str = "en") -> str:
    """Return the text to read aloud: both bills, then the causes, the largest first.

    Names of bill lines stay as the bill prints them. An unknown language falls back to English.
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
    """Return the causes to name and the sum of all others. Together they are the exact difference of the bills.

    The unexplained cause is always named. The largest others follow, at most 5, until 90 % of the change is covered.
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


def _templates(cause: Cause, words: BillPhrases) -> tuple[str, str]:
    """Return the templates for a higher and a lower amount.

    A part of a month is a charge or a refund of the later bill, or one of the earlier bill that is gone. If both bills
    have it, only its change is certain.
    """
    if cause.kind is not CauseKind.PART_MONTH or not cause.lines:
        return words.causes[cause.kind]
    if all(line.after is None for line in cause.lines):
        return words.gone
    is_new = all(line.before is None for line in cause.lines)
    return words.causes[CauseKind.PART_MONTH if is_new else CauseKind.USAGE]


def _sentence(cause: Cause, words: BillPhrases, locale: QLocale) -> str:
    higher, lower = _templates(cause, words)
    template = higher if cause.amount.amount > 0 else lower
    return template.format(name=_PART.sub("", cause.name), amount=_money(cause.amount, locale))


def _month(at: date, locale: QLocale) -> str:
    is_recent = datetime.now(UTC).date() - at < _WITHOUT_YEAR
    return locale.toString(QDate(at.year, at.month, 1), "MMMM" if is_recent else "MMMM yyyy")


def _money(amount: Money | None, locale: QLocale) -> str:
    """Return the exact amount without its sign, formatted for the locale."""
    if amount is None:
        return "?"
    figures = f"{abs(amount.amount):,.{amount.digits}f}"
    signs = {",": locale.groupSeparator(), ".": locale.decimalPoint()}
    text = "".join(signs.get(sign, sign) for sign in figures)
    symbol = {"USD": "$", "GBP": "£", "EUR": "€", "SEK": "kr"}.get(amount.currency, amount.currency)
    leads = symbol in {"$", "£"} or (symbol == "€" and locale.language() == QLocale.Language.English)
    return f"{symbol}{text}" if leads else f"{text} {symbol}"
