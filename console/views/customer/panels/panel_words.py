"""The texts for the state of a panel in head, body and foot. For each, the first rule that returns a text wins."""

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

# A refresh shows in the head only if it takes longer than this, so that quick replies do not flicker.
_SHOW_ASKING_AFTER = timedelta(seconds=1)
STOP_OFFER_AFTER = timedelta(seconds=4)
T = TypeVar("T")


class Offer(Enum):
    """The function of the button in the foot."""

    NOTHING = "nothing"
    ASK = "refresh"
    STOP = "stop waiting"
    MORE = "load more"


@dataclass(frozen=True, slots=True)
class HeadText:
    """The right side of a head: its text, its look (mark, chip or muted), and its colour state."""

    text: str
    look: str
    state: str


@dataclass(frozen=True, slots=True)
class FootText:
    """The foot: the most important message about the facts, its colour state, and the button."""

    text: str = ""
    state: str = "neutral"
    offer: Offer = Offer.NOTHING


@dataclass(frozen=True, slots=True)
class BodyText:
    """The message in place of facts: icon, colour state, title, text, and whether it has a refresh button."""

    icon: str
    state: str
    title: str
    text: str = ""
    can_refresh: bool = False


def head_words(state: PanelState) -> HeadText:
    """Return the head text: the systems and the age of the facts."""
    return _first(_HEADS, state) or HeadText(state.systems.together, "mark", "neutral")


def foot_words(state: PanelState) -> FootText:
    """Return the foot text; empty if no rule applies."""
    return _first(_FEET, state) or FootText()


def missing_words(state: PanelState) -> BodyText | None:
    """Return the message in place of facts that are not loaded; None if no rule applies."""
    return _first(_MISSING, state)


def how_to_see(denied: Denial) -> str:
    """Return the next step for a rep who is denied access."""
    further = tr("Press {}.").format(texts.keys("Ctrl+Shift+V"))
    return tr("Ask a colleague whose role can see it.") if denied.reason is DenialReason.ROLE else further


def _first(rules: Sequence[Callable[[PanelState], T | None]], state: PanelState) -> T | None:
    return next((said for rule in rules if (said := rule(state)) is not None), None)


# ------------------------------------------------------------------ the head


def _head_denied(state: PanelState) -> HeadText | None:
    if state.denied is None:
        return None
    by_role = state.denied.reason is DenialReason.ROLE
    return HeadText(tr("not for your role") if by_role else tr("stronger verification needed"), "mark", "neutral")


def _head_offline(state: PanelState) -> HeadText | None:
    return _as_at(state, "offline") if state.read_at and state.is_offline else None


def _head_asking(state: PanelState) -> HeadText | None:
    if state.asking_for is None or (state.read_at and state.asking_for <= _SHOW_ASKING_AFTER):
        return None
    seconds = int(state.asking_for.total_seconds())
    return HeadText(tr("{} · loading, {} s").format(state.systems.together, seconds), "mark", "info")


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
    words = tr("{} · unreadable reply") if state.is_not_understood else tr("{} · no reply")
    return HeadText(words.format(state.systems.together), "mark", "danger")


def _head_stopped(state: PanelState) -> HeadText | None:
    words = tr("{} · stopped").format(state.systems.together)
    return HeadText(words, "mark", "neutral") if state.is_stopped else None


def _as_at(state: PanelState, colour: str) -> HeadText:
    read = texts.clock(min(state.read_at))
    return HeadText(tr("{} · as of {}").format(state.systems.together, read), "chip", colour)


_HEADS = (_head_denied, _head_offline, _head_asking, _head_read, _head_not_served, _head_failed, _head_stopped)


# ------------------------------------------------------------------ the body without facts


def _missing_stopped(state: PanelState) -> BodyText | None:
    if state.failures or not state.is_stopped:
        return None
    title = tr("You stopped waiting for {}.").format(state.names_of(state.datasets))
    return BodyText("stale", "neutral", title, can_refresh=True)


def _missing_not_served(state: PanelState) -> BodyText | None:
    if not state.is_not_served:
        return None
    title = tr("{} does not offer this.").format(state.names_of(state.datasets))
    return BodyText("noPermission", "neutral", title, in_words(state.failures[0].error.message))


def _missing_offline(state: PanelState) -> BodyText | None:
    text = tr("No saved data. It will load when the network is back.")
    title = tr("This computer has no network.")
    return BodyText("offline", "offline", title, text, can_refresh=True) if state.is_offline else None


def _missing_failed(state: PanelState) -> BodyText | None:
    if not state.failures:
        return None
    failure = state.failures[0]
    tried = tr("Tried once.") if failure.tries == 1 else tr("Tried {} times.").format(failure.tries)
    said = (tr("No saved data."), tried, _next_try(state), tr("Everything else works."))
    return BodyText("down", "danger", in_words(failure.error.message), " ".join(filter(None, said)), can_refresh=True)


def _next_try(state: PanelState) -> str:
    if state.asking_for is not None:
        return tr("Trying again.")
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
        words = tr("{} not loaded: {}").format(", ".join(state.absent), why)
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
    said = tr("Loaded {} of {}. Scroll for more.") if more else tr("Loaded the first {} of {}.")
    words = said.format(len(records), records.total or tr("more"))
    if len(state.sources) > 1:
        words = f"{state.cut.word}: {words}"
    return FootText(words, offer=Offer.MORE if more else Offer.NOTHING)


def _foot_old(state: PanelState) -> FootText | None:
    is_old = state.has_facts and not state.is_fresh and state.asking_for is None
    return FootText(tr("Old data, do not quote."), "stale", Offer.ASK) if is_old else None


_FEET = (_foot_denied, _foot_offline, _foot_slow, _foot_failed, _foot_lost, _foot_cut, _foot_old)
