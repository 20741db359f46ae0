"""The base class of panels: a head with title and origin, a body for each state, and a foot with an offer."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from console.services.customer.dataset_loader import DatasetState
from console.views import texts
from console.views.customer.panels.panel_state import PanelState
from console.views.customer.panels.panel_type import PanelType
from console.views.customer.panels.panel_words import (
    BodyText,
    FootText,
    Offer,
    foot_words,
    head_words,
    how_to_see,
    missing_words,
)
from console.views.customer.panels.source import Source, each_system
from console.views.customer.panels.system_words import SystemNames
from console.views.icons import ICON
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.find import FindBar
from console.views.widgets.labels import Button, Card, Label, StateSurface, Surface
from console.views.widgets.message import PanelMessage, Skeleton
from console.views.widgets.rows import FactList, FactTable

SKELETON_AFTER_MS = 300
_COLOURED_FEET = frozenset({"stale", "attention", "offline"})


class Panel(Card):
    """A panel of one or more datasets; a subclass fills `content` in `show_facts`.

    A change of state repaints only what changed. It never changes size, scroll position, selection or focus.
    """

    def __init__(self, declared: PanelType, systems: SystemNames, sources: Sequence[Source], content: QWidget) -> None:
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
        self._blank, self._skeleton, self._message = QWidget(), Skeleton(), PanelMessage()
        for widget in (content, self._blank, self._skeleton, self._message):
            self._body.addWidget(widget)
        self._message.button.clicked.connect(self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self._make_head())
        layout.addWidget(self._body, 1)
        self._layout = layout
        layout.addWidget(self._make_foot())
        self._unsubscribe = [source.loader.subscribe(self._on_dataset) for source in self.sources]
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.timeout.connect(lambda: self.tick(datetime.now(UTC)))
        ICON.loaded.connect(self._take_icon)
        THEME.changed.connect(self._take_icon)
        self._take_icon()
        self.tick(datetime.now(UTC))

    def load_if_stale(self) -> None:
        """Load the datasets that are not loaded yet or stale. Called when the panel comes to the front."""
        for source in self.sources:
            source.loader.load_if_stale()

    def open_find(self, focused: QWidget | None) -> None:
        """Open the find bar for the list with the focus, else for the first list with rows."""
        views: list[FactList | FactTable] = [*self.findChildren(FactList), *self.findChildren(FactTable)]
        shown = [view for view in views if view.isVisible() and view.rows_model.rowCount()]
        view = next((view for view in shown if view is focused), next(iter(shown), None))
        if view is not None:
            if self._find is None:
                self._find = FindBar()
                self._layout.insertWidget(1, self._find)
            self._find.open(view)

    def page_in(self, view: FactList | FactTable) -> None:
        """Load more records when the user scrolls near the end of a list or table."""
        view.near_end.connect(self.load_more)

    def load_more(self) -> None:
        """Load the next page of each dataset."""
        for source in self.sources:
            source.loader.load_more()

    def show_facts(self) -> None:
        """Show the facts of the datasets. Called when facts arrive or become stale."""
        raise TypeError(f"{type(self).__name__} does not say how it shows its facts")

    def empty_words(self) -> str:
        """Return the title of an empty panel, such as "No bills."."""
        return tr(self._empty)

    def count_words(self) -> str:
        """Return the count beside the title, such as "24" or "2 open"."""
        return ""

    def has_facts(self) -> bool:
        return any(source.loader.state.facts is not None for source in self.sources)

    def is_empty(self) -> bool:
        """Return whether all datasets are loaded and have no records."""
        return PanelState(self.sources, self.systems, is_online=True, now=datetime.now(UTC)).is_empty

    def refresh(self) -> None:
        """Refresh all datasets of this panel."""
        for source in self.sources:
            source.loader.refresh()

    def close_panel(self) -> None:
        """Unsubscribe from the datasets."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def is_fresh(self, now: datetime) -> bool:
        return all(source.loader.state.is_fresh(now) for source in self.sources)

    def tick(self, now: datetime) -> None:
        """Update head, body and foot from the datasets as of `now` (aware UTC)."""
        state = PanelState(self.sources, self.systems, self.is_online(), now)
        if state.is_fresh != self._was_fresh:  # facts become stale without an event
            self._was_fresh = state.is_fresh
            if state.has_facts:
                self.show_facts()
        if any(dataset.is_past for dataset in state.datasets):
            self._show_past(state)
            return
        self._show_head(state)
        self._show_body(state)
        self._show_foot(foot_words(state))

    def _show_past(self, state: PanelState) -> None:
        """Show the data of a past view. No system is called, so the foot offers nothing."""
        read = texts.moment(min(state.read_at)) if state.read_at else ""
        known = tr("{} · as of {}").format(self.system_label, read) if read else self.system_label
        self._count_label.set_words(self.count_words() if self.has_facts() else "")
        self._loaded_label.hide()
        self._origin_label.set_look("chip", "stale")
        self._origin_label.set_words(self._fitting(known))
        self._origin_label.setAccessibleName(f"{self.title}, {known}")
        if self.has_facts() and not self.is_empty():
            self._body.setCurrentWidget(self.content)
        else:
            message = self.empty_words() if self.has_facts() else tr("No data from that time.")
            self._message.show_words("stale", "neutral", message, "", can_refresh=False)
            self._body.setCurrentWidget(self._message)
        self._show_foot(FootText())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tick(datetime.now(UTC))

    def _on_dataset(self, dataset: DatasetState[Any]) -> None:
        if dataset.facts is not None and dataset.loading_since is None:
            self.show_facts()
        now = datetime.now(UTC)
        self.tick(now)
        if dataset.loading_since is not None:
            self._refresh.start(SKELETON_AFTER_MS + 20)

    def _make_head(self) -> QWidget:
        head = Surface("cardHead", "b")
        head.setFixedHeight(30)
        head.setMinimumWidth(120)  # texts in head and foot never widen the panel
        self._icon_label = QLabel()
        self._count_label = Label("", "small", look="muted", elide=True)
        self._loaded_label, self._origin_label = Label("", "small"), Label("", "small")
        self._loaded_label.set_look("chip", "attention")
        self._loaded_label.hide()
        layout = QHBoxLayout(head)
        layout.setContentsMargins(10, 0, 10, 0)
        layout.setSpacing(6)
        layout.addWidget(self._icon_label)
        self._title_label = Label(self.title, "body", semibold=True)
        layout.addWidget(self._title_label)
        layout.addWidget(self._count_label)
        layout.addStretch()
        for chip in (self._loaded_label, self._origin_label):
            layout.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _make_foot(self) -> QWidget:
        self._foot = StateSurface()
        self._foot.setMinimumWidth(120)
        self._foot_label = Label("", "small", elide=True)
        self._foot_button = Button(tr("Refresh"), "link", "small")
        self._offer = Offer.NOTHING
        self._foot_button.clicked.connect(self._do_offer)
        layout = QHBoxLayout(self._foot)
        layout.setContentsMargins(10, 2, 6, 2)
        layout.addWidget(self._foot_label, 1)
        layout.addWidget(self._foot_button)
        return self._foot

    def _take_icon(self) -> None:
        self._icon_label.setPixmap(ICON.pixmap(self.icon, 16, THEME.colour("text")))
        self.update()

    def _show_head(self, state: PanelState) -> None:
        self._count_label.set_words(self.count_words() if state.has_facts else "")
        missing = any(dataset.failure or dataset.denied for dataset in state.datasets if dataset.facts is None)
        self._loaded_label.set_words(tr("{} of {} loaded").format(len(state.came), len(state.datasets)))
        self._loaded_label.setVisible(0 < len(state.came) < len(state.datasets) and missing)
        said = head_words(state)
        self._origin_label.setAccessibleName(f"{self.title}, {said.text}")
        self._origin_label.setToolTip(texts.tooltip(said.text))
        self._origin_label.set_look(said.look, said.state)
        self._origin_label.set_words(self._fitting(said.text))

    def _fitting(self, text: str) -> str:
        """Return the origin text; without the system names if they do not fit, because the age matters more."""
        room = self.width() - self._title_label.sizeHint().width() - 80
        advance = self._origin_label.fontMetrics().horizontalAdvance
        fits = advance(text) <= room
        self._count_label.setVisible(fits)
        if fits:
            return text
        age = text.removeprefix(f"{self.system_label} · ")
        counted = tr("{} systems · {}").format(self.systems.count, age)
        return counted if self.systems.count > 1 and advance(counted) <= room else age

    def _show_body(self, state: PanelState) -> None:
        if state.denied is not None and not state.has_facts:
            self._say(BodyText("noPermission", "neutral", in_words(state.denied.message), how_to_see(state.denied)))
        elif state.has_facts:
            self._show_content(state)
        elif state.asking_for is not None and not state.failures:
            waited_ms = state.asking_for.total_seconds() * 1000
            self._body.setCurrentWidget(self._skeleton if waited_ms >= SKELETON_AFTER_MS else self._blank)
        elif (said := missing_words(state)) is not None:
            self._say(said)

    def _show_content(self, state: PanelState) -> None:
        if not self.is_empty():
            self._body.setCurrentWidget(self.content)
            return
        age = texts.age(max(state.read_at), state.now)
        text = tr("{} replied {} ago: no records for this customer.").format(self.system_label, age)
        self._say(BodyText("empty", "neutral", self.empty_words(), text))

    def _say(self, said: BodyText) -> None:
        """Show a message in place of the facts."""
        self._message.show_words(said.icon, said.state, said.title, said.text, can_refresh=said.can_refresh)
        self._body.setCurrentWidget(self._message)

    def _show_foot(self, said: FootText) -> None:
        """Show the most important message about the facts, and the button that helps."""
        self._offer = said.offer
        button = _offer_words(said.offer)
        self._foot.setVisible(bool(said.text or button))
        self._foot_label.set_words(said.text)
        self._foot_label.set_look("mark", said.state)
        self._foot_button.setVisible(bool(button))
        if button and self._foot_button.text() != button:
            self._foot_button.setText(button)
            self._foot_button.setAccessibleName(tr("{}: {}").format(self.title, button))
        self._foot.set_state(said.state if said.state in _COLOURED_FEET else "")

    def _do_offer(self) -> None:
        {Offer.STOP: self._stop_waiting, Offer.MORE: self.load_more}.get(self._offer, self.refresh)()

    def _stop_waiting(self) -> None:
        for source in self.sources:
            source.loader.stop_loading()


def _offer_words(offer: Offer) -> str:
    words = {Offer.ASK: tr("Refresh"), Offer.STOP: tr("Stop waiting"), Offer.MORE: tr("Load more")}
    return words.get(offer, "")
