"""The explanation of a bill as a sentence to read aloud, and the words for its causes."""

import re

from console.models.bill_explanation import BillExplanation, Cause, CauseKind
from console.models.money import Money
from console.views import texts
from console.views.texts import tr

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
# How a cause is said that makes the bill higher, and one that makes it lower.
_SENTENCES = {
    CauseKind.ADDED: ("{name} is new, {amount} each month.", "{name} is new, {amount} less each month."),
    CauseKind.REMOVED: ("{name} has ended, that is {amount} more.", "{name} has ended, that is {amount} less."),
    CauseKind.PRICE: ("{name} costs {amount} more each month.", "{name} costs {amount} less each month."),
    CauseKind.PROMOTION: ("A promotion of {amount} has ended.", "A promotion takes off {amount}."),
    CauseKind.PART_MONTH: ("Once, {amount} more for part of a month: {name}.", "Once, {amount} less: {name}."),
    CauseKind.USAGE: ("{name} came to {amount} more.", "{name} came to {amount} less."),
    CauseKind.ONE_OFF: ("Once, {amount}: {name}.", "{name}, {amount}, was only on the bill before."),
    CauseKind.CREDIT: ("A credit of {amount} was only on the bill before.", "We took off {amount}: {name}."),
    CauseKind.LATE_PAYMENT: ("{amount} is for late payment.", "There is no fee for late payment this time, {amount}."),
    CauseKind.TAX: ("Taxes add {amount}.", "Taxes are {amount} less."),
    CauseKind.ROUNDING: ("{amount} is rounding.", "{amount} less is rounding."),
    CauseKind.UNEXPLAINED: ("{amount} more I cannot explain yet.", "{amount} less I cannot explain yet."),
}


def say(explanation: BillExplanation) -> str:
    """Return what to read aloud: both bills, then the causes, the largest first."""
    earlier, later = explanation.earlier, explanation.later
    total, difference = later.tax_included or later.amount_due, explanation.difference
    months = [texts.month(bill.billed_at) if bill.billed_at else bill.label for bill in (later, earlier)]
    if difference.amount == 0:
        told = tr("Your bill of {} is {}, the same as that of {}.").format(months[0], texts.money(total), months[1])
    else:
        template = tr("Your bill of {} is {}, {} {} than that of {}.")
        word = tr("more") if difference.amount > 0 else tr("less")
        told = template.format(months[0], texts.money(total), texts.money(_size(difference)), word, months[1])
    return " ".join([told, *(_sentence(cause) for cause in _worth_saying(explanation))])


def _worth_saying(explanation: BillExplanation) -> list[Cause]:
    """Return the largest causes, and always what is unexplained."""
    causes = [cause for cause in explanation.causes if cause.kind is not CauseKind.UNEXPLAINED][:_SAID]
    return [*causes, *(cause for cause in explanation.causes if cause.kind is CauseKind.UNEXPLAINED)]


def _sentence(cause: Cause) -> str:
    higher, lower = _SENTENCES[cause.kind]
    words = tr(higher if cause.amount.amount > 0 else lower)
    return words.format(name=_PART.sub("", cause.name), amount=texts.money(_size(cause.amount)))


def _size(amount: Money) -> Money:
    return Money(abs(amount.amount), amount.currency)
