"""What is to be said of the parts of a panel: whether they failed, are not offered, hold nothing or are refused."""

from collections.abc import Sequence
from typing import Any

from console.errors import BadAnswerError, NotServedError
from console.models.provenance import Records, Sourced
from console.services.access.denial import Denial, DenialReason
from console.services.customer.part import Part
from console.views import texts
from console.views.texts import tr


def failed_head(parts: Sequence[Part[Any]]) -> str:
    """Return what a head says of parts that did not come: they were not answered, or not understandably."""
    bad = all(isinstance(part.failure.error, BadAnswerError) for part in parts if part.failure)
    return tr("{} · not understood") if bad else tr("{} · no answer")


def is_not_served(parts: Sequence[Part[Any]]) -> bool:
    """Return whether the system does not have what these parts ask for: nothing has failed then."""
    failures = [part.failure for part in parts if part.failure]
    return bool(failures) and all(isinstance(failure.error, NotServedError) for failure in failures)


def holds_nothing(facts: Any) -> bool:
    """Return whether a part came and holds nothing."""
    if isinstance(facts, Sourced):
        facts = facts.value
    if isinstance(facts, tuple):
        return not facts
    return isinstance(facts, Records) and not facts.items and not facts.damaged


def how_to_see(denied: Denial) -> str:
    """Return what somebody can do who is refused something."""
    further = tr("Press {}.").format(texts.keys("Ctrl+Shift+V"))
    return tr("Ask somebody whose role shows it.") if denied.reason is DenialReason.ROLE else further
