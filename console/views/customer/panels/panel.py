"""The frame every panel stands in: head with title and origin, body in one of its states, foot with what to do."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from console.errors import NotServedError, SystemCallError
from console.models.provenance import Records
from console.services.access.denial import DenialReason
from console.services.customer.part import Part
from console.views import texts
from console.views.customer.panels.panel_type import PanelType
from console.views.customer.panels.part_words import failed_head, holds_nothing, how_to_see, is_not_served
from console.views.customer.panels.source import Source, each_system
from console.views.customer.panels.system_words import SystemWords
from console.views.icons import ICON
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.find import FindBar
from console.views.widgets.labels import Button, Card, Label, StateSurface, Surface
from console.views.widgets.message import Message, Skeleton
from console.views.widgets.rows import FactList, FactTable

SKELETON_AFTER_MS = 300
STOP_OFFER_AFTER_S = 4
# Asking again shows in the head only when it takes longer than this, so that a quick answer does not flicker.
_SHOW_ASKING_AFTER = timedelta(seconds=1)


class Panel(Card):
    """A panel of one or more parts of one system; a subclass fills `content` in `show_facts`.

    A change of state repaints marked parts only; it never changes size, scroll, selection or focus.
    """

    def __init__(self, declared: PanelType, systems: SystemWords, sources: Sequence[Source], content: QWidget) -> None:
        super().__init__()
        self.title, self.icon, self._empty = tr(declared.title), declared.icon, declared.empty
        self.systems, self.system_label = systems, systems.together
        self.sources = each_system(sources, systems)
        self.setObjectName(declared.name)
        self.setAccessibleName(self.title)
        self.content = content
        self.is_online: Callable[[], bool] = lambda: True
        self._was_fresh = False
        self._find: FindBar | None = None
        self._body = QStackedWidget()
        self._blank, self._skeleton, self._message = QWidget(), Skeleton(), Message()
        for widget in (content, self._blank, self._skeleton, self._message):
            self._body.addWidget(widget)
        self._message.button.clicked.connect(self.ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self._make_head())
        layout.addWidget(self._body, 1)
        self._layout = layout
        layout.addWidget(self._make_foot())
        self._unsubscribe = [source.coordinator.subscribe(self._on_part) for source in self.sources]
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.timeout.connect(lambda: self.tick(datetime.now(UTC)))
        ICON.loaded.connect(self._take_icon)
        THEME.changed.connect(self._take_icon)
        self._take_icon()
        self.tick(datetime.now(UTC))

    def want(self) -> None:
        """The panel is looked at: ask for what nobody has asked for yet."""
        for source in self.sources:
            source.coordinator.want()

    def open_find(self, focused: QWidget | None) -> None:
        """Open the line that finds in the list with the focus, or in the panel's first."""
        views: list[FactList | FactTable] = [*self.findChildren(FactList), *self.findChildren(FactTable)]
        shown = [view for view in views if view.isVisible() and view.rows_model.rowCount()]
        view = next((view for view in shown if view is focused), next(iter(shown), None))
        if view is not None:
            if self._find is None:
                self._find = FindBar()
                self._layout.insertWidget(1, self._find)
            self._find.open(view)

    def page_in(self, view: FactList | FactTable) -> None:
        """Ask for more of long lists when the end of a list or table comes into reach."""
        view.near_end.connect(self.ask_more)

    def ask_more(self) -> None:
        """Ask for what follows what was read so far."""
        for source in self.sources:
            source.coordinator.ask_more()

    def show_facts(self) -> None:
        """Show the facts of the parts; called when some came."""
        raise TypeError(f"{type(self).__name__} does not say how it shows its facts")

    def empty_words(self) -> str:
        """Return the title for "asked, and there is nothing", such as "No bills."."""
        return tr(self._empty)

    def count_words(self) -> str:
        """Return what stands beside the title, such as "24" or "2 open"."""
        return ""

    def has_facts(self) -> bool:
        return any(source.coordinator.part.facts is not None for source in self.sources)

    def is_empty(self) -> bool:
        """Return whether all parts came and hold nothing."""
        found = [source.coordinator.part.facts for source in self.sources]
        return all(holds_nothing(facts) for facts in found)

    def ask(self) -> None:
        """Ask this panel's system again."""
        for source in self.sources:
            source.coordinator.ask()

    def close_panel(self) -> None:
        """Stop listening to the parts."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def is_fresh(self, now: datetime) -> bool:
        return all(source.coordinator.part.is_fresh(now) for source in self.sources)

    def tick(self, now: datetime) -> None:
        """Bring head, body and foot up to date with the parts and the time."""
        parts = [source.coordinator.part for source in self.sources]
        fresh = self.is_fresh(now)
        if fresh != self._was_fresh:  # facts grow old without anything being told
            self._was_fresh = fresh
            if self.has_facts():
                self.show_facts()
        if any(part.is_past for part in parts):
            self._show_past(parts)
            return
        self._show_head(parts, now)
        self._show_body(parts, now)
        self._show_foot(parts, now)

    def _show_past(self, parts: list[Part[Any]]) -> None:
        """Show what was known at the moment the view is of; nobody is asked, so there is nothing to offer."""
        read = [part.read_at for part in parts if part.read_at]
        known = tr("{} · as at {}").format(self.system_label, texts.moment(min(read))) if read else self.system_label
        self._count_label.set_words(self.count_words() if self.has_facts() else "")
        self._part_label.hide()
        self._origin_label.set_look("chip", "stale")
        self._origin_label.set_words(self._fitting(known))
        self._origin_label.setAccessibleName(f"{self.title}, {known}")
        if self.has_facts() and not self.is_empty():
            self._body.setCurrentWidget(self.content)
        else:
            told = self.empty_words() if self.has_facts() else tr("Nothing of this was known then.")
            self._message.show_words("stale", "neutral", told, "", ask=False)
            self._body.setCurrentWidget(self._message)
        self._foot_says("", "neutral", "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tick(datetime.now(UTC))

    def _on_part(self, part: Part[Any]) -> None:
        if part.facts is not None and part.asking_since is None:
            self.show_facts()
        now = datetime.now(UTC)
        self.tick(now)
        if part.asking_since is not None:
            self._refresh.start(SKELETON_AFTER_MS + 20)

    def _make_head(self) -> QWidget:
        head = Surface("cardHead", "b")
        head.setFixedHeight(30)
        head.setMinimumWidth(120)  # what is said in head and foot never makes the panel wider
        self._icon_label = QLabel()
        self._count_label = Label("", "small", look="muted", elide=True)
        self._part_label, self._origin_label = Label("", "small"), Label("", "small")
        self._part_label.set_look("chip", "attention")
        self._part_label.hide()
        layout = QHBoxLayout(head)
        layout.setContentsMargins(10, 0, 10, 0)
        layout.setSpacing(6)
        layout.addWidget(self._icon_label)
        self._title_label = Label(self.title, "body", semibold=True)
        layout.addWidget(self._title_label)
        layout.addWidget(self._count_label)
        layout.addStretch()
        for chip in (self._part_label, self._origin_label):
            layout.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _make_foot(self) -> QWidget:
        self._foot = StateSurface()
        self._foot.setMinimumWidth(120)
        self._foot_label = Label("", "small", elide=True)
        self._foot_button = Button(tr("Ask again"), "link", "small")
        self._foot_act: Callable[[], None] = self.ask
        self._foot_button.clicked.connect(self._do_foot_act)
        layout = QHBoxLayout(self._foot)
        layout.setContentsMargins(10, 2, 6, 2)
        layout.addWidget(self._foot_label, 1)
        layout.addWidget(self._foot_button)
        return self._foot

    def _take_icon(self) -> None:
        self._icon_label.setPixmap(ICON.pixmap(self.icon, 16, THEME.colour("text")))
        self.update()

    def _show_head(self, parts: list[Part[Any]], now: datetime) -> None:
        self._count_label.set_words(self.count_words() if self.has_facts() else "")
        came = sum(part.facts is not None for part in parts)
        missing = any(part.failure or part.denied for part in parts if part.facts is None)
        self._part_label.set_words(tr("{} of {} parts").format(came, len(parts)))
        self._part_label.setVisible(0 < came < len(parts) and missing)
        text, kind, state = self._origin_words(parts, now)
        self._origin_label.setAccessibleName(f"{self.title}, {text}")
        self._origin_label.setToolTip(texts.tooltip(text))
        self._origin_label.set_look(kind, state)
        self._origin_label.set_words(self._fitting(text))

    def _fitting(self, text: str) -> str:
        """Return the origin without its system where there is no room for both; the age is what matters more."""
        room = self.width() - self._title_label.sizeHint().width() - 80
        fits = self._origin_label.fontMetrics().horizontalAdvance(text) <= room
        self._count_label.setVisible(fits)
        return text if fits else text.removeprefix(f"{self.system_label} · ")

    def _names_of(self, parts: Iterable[Part[Any]]) -> str:
        """Return the systems of some parts by name."""
        names = dict.fromkeys(self.systems.each.get(part.system, self.system_label) for part in parts)
        return ", ".join(names)

    def _is_offline(self, parts: list[Part[Any]]) -> bool:
        """Return whether nothing newer can come because this computer has no network."""
        return not self.is_online() and any(part.failure for part in parts)

    def _origin_words(self, parts: list[Part[Any]], now: datetime) -> tuple[str, str, str]:
        """Return the head's right side: its text, whether it is a mark or a chip, and its colour state."""
        system = self.system_label
        asking = [part.asking_since for part in parts if part.asking_since]
        refusals = [part.denied for part in parts if part.denied]
        if refusals:
            by_role = refusals[0].reason is DenialReason.ROLE
            return tr("not for your role") if by_role else tr("verify further"), "mark", "neutral"
        read = [part.read_at for part in parts if part.read_at]
        if read and self._is_offline(parts):
            return tr("{} · as at {}").format(system, texts.clock(min(read))), "chip", "offline"
        if asking and (not read or now - min(asking) > _SHOW_ASKING_AFTER):
            return tr("{} · asking, {} s").format(system, int((now - min(asking)).total_seconds())), "mark", "info"
        if not read:
            return self._words_without_facts(parts)
        oldest = min(read)
        if all(part.is_fresh(now) for part in parts if part.facts is not None):
            return f"{system} · {texts.age(oldest, now)}", "muted", "neutral"
        return tr("{} · as at {}").format(system, texts.clock(oldest)), "chip", "stale"

    def _words_without_facts(self, parts: list[Part[Any]]) -> tuple[str, str, str]:
        """Return the head's right side while nothing was read: whether it failed, was stopped or is not offered."""
        system = self.system_label
        if is_not_served(parts):
            return tr("{} · not offered").format(system), "mark", "neutral"
        if any(part.failure for part in parts):
            return failed_head(parts).format(system), "mark", "danger"
        stopped = any(part.stopped for part in parts)
        return tr("{} · stopped").format(system) if stopped else system, "mark", "neutral"

    def _show_body(self, parts: list[Part[Any]], now: datetime) -> None:
        denied = next((part.denied for part in parts if part.denied), None)
        if denied and not any(part.facts is not None for part in parts):
            self._message.show_words("noPermission", "neutral", in_words(denied.message), how_to_see(denied), ask=False)
            self._body.setCurrentWidget(self._message)
        elif self.has_facts() and not self.is_empty():
            self._body.setCurrentWidget(self.content)
        elif self.has_facts():
            read = max(part.read_at for part in parts if part.read_at)
            text = tr("{} answered {} ago: nothing for this customer.").format(self.system_label, texts.age(read, now))
            self._message.show_words("empty", "neutral", self.empty_words(), text, ask=False)
            self._body.setCurrentWidget(self._message)
        elif any(part.asking_since for part in parts) and not any(part.failure for part in parts):
            begun = min(part.asking_since for part in parts if part.asking_since)
            waited = (now - begun).total_seconds() * 1000 >= SKELETON_AFTER_MS
            self._body.setCurrentWidget(self._skeleton if waited else self._blank)
        else:
            self._show_failure(parts, now)

    def _show_failure(self, parts: list[Part[Any]], now: datetime) -> None:
        failure = next((part.failure for part in parts if part.failure), None)
        if failure is None:
            if any(part.stopped for part in parts):
                title = tr("You stopped waiting for {}.").format(self._names_of(parts))
                self._message.show_words("stale", "neutral", title, "", ask=True)
                self._body.setCurrentWidget(self._message)
            return
        if is_not_served(parts):
            title = tr("{} does not offer this.").format(self._names_of(parts))
            self._message.show_words("noPermission", "neutral", title, str(failure.error), ask=False)
            self._body.setCurrentWidget(self._message)
            return
        if self._is_offline(parts):
            text = tr("Nothing about this is known here. It is asked as soon as the network is back.")
            self._message.show_words("offline", "offline", tr("This computer has no network."), text, ask=True)
            self._body.setCurrentWidget(self._message)
            return
        tried = tr("Tried once.") if failure.tries == 1 else tr("Tried {} times.").format(failure.tries)
        text = tr("Nothing about this is known here.") + " " + tried
        if any(part.asking_since for part in parts):
            text += " " + tr("It is being asked again.")
        elif failure.next_try_at is not None:
            text += " " + tr("Next try in {} s.").format(max(0, int((failure.next_try_at - now).total_seconds())))
        text += " " + tr("This holds up no other panel.")
        self._message.show_words("down", "danger", str(failure.error), text, ask=True)
        self._body.setCurrentWidget(self._message)

    def _show_foot(self, parts: list[Part[Any]], now: datetime) -> None:
        """Say the one thing that matters most about these facts, and offer what helps."""
        self._foot_act = self.ask
        denied = next((part.denied for part in parts if part.denied), None)
        if denied is None:
            self._show_state_of(parts, now)
        else:
            self._foot_says(
                f"{in_words(denied.message)} {how_to_see(denied)}" if self.has_facts() else "", "neutral", ""
            )

    def _show_state_of(self, parts: list[Part[Any]], now: datetime) -> None:
        failures = [part.failure for part in parts if part.failure]
        failed = [one for one in failures if not isinstance(one.error, NotServedError)]
        failure = next(iter(failed), None)
        asking = [part.asking_since for part in parts if part.asking_since]
        lost = sum(part.facts.lost for part in parts if isinstance(part.facts, Records))
        cut = next((part.facts for part in parts if isinstance(part.facts, Records) and not part.facts.complete), None)
        absent = [
            source.word
            for source, part in zip(self.sources, parts, strict=True)
            if part.facts is None and part.failure in failed
        ]
        if self.has_facts() and self._is_offline(parts):
            self._foot_says(tr("No network. Do not quote."), "offline", tr("Ask again"))
        elif asking and (now - min(asking)).total_seconds() >= STOP_OFFER_AFTER_S:
            self._foot_act = self._stop_waiting
            slow = self._names_of(part for part in parts if part.asking_since)
            self._foot_says(tr("Slow: {}.").format(slow), "info", tr("Stop waiting"))
        elif failure is not None and absent and self.has_facts():
            self._foot_says(
                tr("{} did not come: {}").format(", ".join(absent), failure.error), "attention", tr("Ask again")
            )
        elif failure is not None and self.has_facts():
            quote = tr("Do not quote. {}").format(failure.error)
            self._foot_says(quote, "stale", tr("Ask again"))
        elif failure is not None:
            code = failure.code if isinstance(failure.error, SystemCallError) else ""
            self._foot_says(tr("{} at {}").format(code, texts.clock(failure.at, seconds=True)).strip(), "neutral", "")
        elif lost:
            everything = sum(len(part.facts) for part in parts if isinstance(part.facts, Records)) + lost
            self._foot_says(tr("{} of {} could not be read.").format(lost, everything), "attention", tr("Ask again"))
        elif cut is not None:
            total = cut.total or tr("more")
            more = any(source.coordinator.has_more for source in self.sources if source.coordinator.part.facts is cut)
            self._foot_act = self.ask_more
            told = tr("{} of {} read; more come as you scroll.") if more else tr("The first {} of {} were read.")
            text = told.format(len(cut), total)
            if len(parts) > 1:
                word = next(source.word for source, part in zip(self.sources, parts, strict=True) if part.facts is cut)
                text = f"{word}: {text}"
            self._foot_says(text, "neutral", tr("Read on") if more else "")
        elif self.has_facts() and not self.is_fresh(now) and not asking:
            self._foot_says(tr("Old, do not quote."), "stale", tr("Ask again"))
        else:
            self._foot_says("", "neutral", "")

    def _do_foot_act(self) -> None:
        self._foot_act()

    def _stop_waiting(self) -> None:
        for source in self.sources:
            source.coordinator.stop_asking()

    def _foot_says(self, text: str, state: str, button: str) -> None:
        self._foot.setVisible(bool(text or button))
        self._foot_label.set_words(text)
        self._foot_label.set_look("mark", state)
        self._foot_button.setVisible(bool(button))
        if button and self._foot_button.text() != button:
            self._foot_button.setText(button)
            self._foot_button.setAccessibleName(tr("{}: {}").format(self.title, button))
        self._foot.set_state(state if state in {"stale", "attention", "offline"} else "")
