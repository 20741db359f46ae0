"""What a panel says of its state in head, body and foot: the first rule that has something to say, says it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TypeVar

from console.errors import SystemCallError
from console.services.access.denial import Denial, DenialReason
from console.views import texts
from console.views.customer.panels.panel_state import PanelState
from console.views.message_words import in_words
from console.views.texts import tr

# Asking again shows in the head only when it takes longer than this, so that a quick answer does not flicker.
_SHOW_ASKING_AFTER = timedelta(seconds=1)
STOP_OFFER_AFTER = timedelta(seconds=4)
T = TypeVar("T")


class Offer(Enum):
    """What the foot's button does."""

    NOTHING = "nothing"
    ASK = "ask again"
    STOP = "stop waiting"
    MORE = "read on"


@dataclass(frozen=True, slots=True)
class HeadText:
    """The right side of a head: its text, whether it is a mark, a chip or muted, and its colour state."""

    text: str
    look: str
    state: str


@dataclass(frozen=True, slots=True)
class FootText:
    """The one thing that matters most about the facts, its colour state, and what the button offers."""

    text: str = ""
    state: str = "neutral"
    offer: Offer = Offer.NOTHING


@dataclass(frozen=True, slots=True)
class BodyText:
    """What stands in place of facts: an icon, a colour state, a title, a text, and whether asking again is offered."""

    icon: str
    state: str
    title: str
    text: str = ""
    ask: bool = False


def head_words(state: PanelState) -> HeadText:
    """Return what the head says of where the facts are from and how old they are."""
    return _first(_HEADS, state) or HeadText(state.systems.together, "mark", "neutral")


def foot_words(state: PanelState) -> FootText:
    """Return what the foot says."""
    return _first(_FEET, state) or FootText()


def missing_words(state: PanelState) -> BodyText | None:
    """Return what is said in place of facts that did not come; None while there is nothing to say yet."""
    return _first(_MISSING, state)


def how_to_see(denied: Denial) -> str:
    """Return what somebody can do who is refused something."""
    further = tr("Press {}.").format(texts.keys("Ctrl+Shift+V"))
    return tr("Ask somebody whose role shows it.") if denied.reason is DenialReason.ROLE else further


def _first(rules: Sequence[Callable[[PanelState], T | None]], state: PanelState) -> T | None:
    return next((said for rule in rules if (said := rule(state)) is not None), None)


# ------------------------------------------------------------------ the head


def _head_denied(state: PanelState) -> HeadText | None:
    if state.denied is None:
        return None
    by_role = state.denied.reason is DenialReason.ROLE
    return HeadText(tr("not for your role") if by_role else tr("verify further"), "mark", "neutral")


def _head_offline(state: PanelState) -> HeadText | None:
    return _as_at(state, "offline") if state.read_at and state.is_offline else None


def _head_asking(state: PanelState) -> HeadText | None:
    if state.asking_for is None or (state.read_at and state.asking_for <= _SHOW_ASKING_AFTER):
        return None
    seconds = int(state.asking_for.total_seconds())
    return HeadText(tr("{} · asking, {} s").format(state.systems.together, seconds), "mark", "info")


def _head_read(state: PanelState) -> HeadText | None:
    if not state.read_at:
        return None
    if not all(dataset.is_fresh(state.now) for dataset in state.came):
        return _as_at(state, "stale")
    age = texts.age(min(state.read_at), state.now)
    return HeadText(f"{state.systems.together} · {age}", "muted", "neutral")


def _head_not_served(state: PanelState) -> HeadText | None:
    words = tr("{} · not offered").format(state.systems.together)
    return HeadText(words, "mark", "neutral") if state.is_not_served else None


def _head_failed(state: PanelState) -> HeadText | None:
    if not state.failures:
        return None
    words = tr("{} · not understood") if state.is_not_understood else tr("{} · no answer")
    return HeadText(words.format(state.systems.together), "mark", "danger")


def _head_stopped(state: PanelState) -> HeadText | None:
    words = tr("{} · stopped").format(state.systems.together)
    return HeadText(words, "mark", "neutral") if state.is_stopped else None


def _as_at(state: PanelState, colour: str) -> HeadText:
    read = texts.clock(min(state.read_at))
    return HeadText(tr("{} · as at {}").format(state.systems.together, read), "chip", colour)


_HEADS = (_head_denied, _head_offline, _head_asking, _head_read, _head_not_served, _head_failed, _head_stopped)


# ------------------------------------------------------------------ in place of facts


def _missing_stopped(state: PanelState) -> BodyText | None:
    if state.failures or not state.is_stopped:
        return None
    title = tr("You stopped waiting for {}.").format(state.names_of(state.datasets))
    return BodyText("stale", "neutral", title, ask=True)


def _missing_not_served(state: PanelState) -> BodyText | None:
    if not state.is_not_served:
        return None
    title = tr("{} does not offer this.").format(state.names_of(state.datasets))
    return BodyText("noPermission", "neutral", title, in_words(state.failures[0].error.message))


def _missing_offline(state: PanelState) -> BodyText | None:
    text = tr("Nothing about this is known here. It is asked as soon as the network is back.")
    title = tr("This computer has no network.")
    return BodyText("offline", "offline", title, text, ask=True) if state.is_offline else None


def _missing_failed(state: PanelState) -> BodyText | None:
    if not state.failures:
        return None
    failure = state.failures[0]
    tried = tr("Tried once.") if failure.tries == 1 else tr("Tried {} times.").format(failure.tries)
    said = (tr("Nothing about this is known here."), tried, _next_try(state), tr("This holds up no other panel."))
    return BodyText("down", "danger", in_words(failure.error.message), " ".join(filter(None, said)), ask=True)


def _next_try(state: PanelState) -> str:
    if state.asking_for is not None:
        return tr("It is being asked again.")
    at = state.failures[0].next_try_at
    return "" if at is None else tr("Next try in {} s.").format(max(0, int((at - state.now).total_seconds())))


_MISSING = (_missing_stopped, _missing_not_served, _missing_offline, _missing_failed)


# ------------------------------------------------------------------ the foot


def _foot_denied(state: PanelState) -> FootText | None:
    if state.denied is None:
        return None
    words = f"{in_words(state.denied.message)} {how_to_see(state.denied)}"
    return FootText(words if state.has_facts else "")


def _foot_offline(state: PanelState) -> FootText | None:
    said = FootText(tr("No network. Do not quote."), "offline", Offer.ASK)
    return said if state.has_facts and state.is_offline else None


def _foot_slow(state: PanelState) -> FootText | None:
    if state.asking_for is None or state.asking_for < STOP_OFFER_AFTER:
        return None
    return FootText(tr("Slow: {}.").format(state.asked_systems), "info", Offer.STOP)


def _foot_failed(state: PanelState) -> FootText | None:
    if state.failed is None:
        return None
    why = in_words(state.failed.error.message)
    if not state.has_facts:
        code = state.failed.code if isinstance(state.failed.error, SystemCallError) else ""
        return FootText(tr("{} at {}").format(code, texts.clock(state.failed.at, seconds=True)).strip())
    if state.absent:
        words = tr("{} did not come: {}").format(", ".join(state.absent), why)
        return FootText(words, "attention", Offer.ASK)
    return FootText(tr("Do not quote. {}").format(why), "stale", Offer.ASK)


def _foot_lost(state: PanelState) -> FootText | None:
    if not state.lost:
        return None
    everything = sum(len(records) for records in state.lists) + state.lost
    return FootText(tr("{} of {} could not be read.").format(state.lost, everything), "attention", Offer.ASK)


def _foot_cut(state: PanelState) -> FootText | None:
    records = state.cut.loader.state.facts if state.cut is not None else None
    if state.cut is None or records is None:
        return None
    more = state.cut.loader.has_more
    said = tr("{} of {} read; more come as you scroll.") if more else tr("The first {} of {} were read.")
    words = said.format(len(records), records.total or tr("more"))
    if len(state.sources) > 1:
        words = f"{state.cut.word}: {words}"
    return FootText(words, offer=Offer.MORE if more else Offer.NOTHING)


def _foot_old(state: PanelState) -> FootText | None:
    is_old = state.has_facts and not state.is_fresh and state.asking_for is None
    return FootText(tr("Old, do not quote."), "stale", Offer.ASK) if is_old else None


_FEET = (_foot_denied, _foot_offline, _foot_slow, _foot_failed, _foot_lost, _foot_cut, _foot_old)
