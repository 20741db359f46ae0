"""The status bar: the focused value's origin, the systems' states, the Outbox, saved drafts, and the user's role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStatusBar

from console.messages import QT_TR_NOOP
from console.models.health import SystemHealth, SystemState
from console.views import texts
from console.views.texts import tr
from console.views.widgets.labels import Label

if TYPE_CHECKING:  # this module is loaded before the first paint; the services are not
    from console.services.console import Console
    from console.views.widgets.fact import ShownFact

# The colour state and the text for each state of a system.
STATE_LOOKS = {
    SystemState.NOT_ASKED: ("neutral", QT_TR_NOOP("not contacted yet")),
    SystemState.ANSWERING: ("ok", QT_TR_NOOP("answering")),
    SystemState.SLOW: ("attention", QT_TR_NOOP("slow")),
    SystemState.REFUSING: ("danger", QT_TR_NOOP("rejected the sign-in")),
    SystemState.UNREADABLE: ("danger", QT_TR_NOOP("sends unreadable replies")),
    SystemState.DOWN: ("danger", QT_TR_NOOP("is not responding")),
}


_MARGINS, _GAP = 24, 6


class ConsoleStatusBar(QStatusBar):
    """The status bar of the window. The origin and each system's state have texts for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.origin = Label("", "small", look="secondary", elide=True)
        self.origin.setContentsMargins(8, 0, 8, 0)
        self.origin.setAccessibleName(tr("Origin of the focused value"))
        self.addWidget(self.origin, 1)
        self._systems: dict[str, Label] = {}
        self._beside: list[Label] = []
        self._is_said = False
        self._console: Console | None = None
        self._outbox: Label | None = None
        self._kept: Label | None = None

    def attach(self, console: Console) -> None:
        """Show the systems and the user of this console."""
        self._console = console
        for info in console.systems:
            label = self._add()
            self._systems[info.name] = label
            self.show_health(console.health.health(info.name))
        self._outbox, self._kept = self._add(), self._add()
        self.show_outbox(0, 0)
        self.show_kept(console)
        self._add().setText(tr("Signed in as {}").format(console.user.role))

    def show_outbox(self, waiting: int, asked: int) -> None:
        """Show how many actions wait to be sent, and how many of them need the user."""
        if self._outbox is not None:
            words = tr("Outbox {}").format(waiting) if waiting else tr("Nothing to send")
            words += tr(", {} for you").format(asked) if asked else ""
            self._outbox.set_words(words)
            unasked = "info" if waiting else "neutral"
            self._outbox.set_look("mark", "attention" if asked else unasked)

    def show_kept(self, console: Console) -> None:
        """Show when drafts were last saved, or that they or the audit log can't be saved."""
        if self._kept is None:
            return
        drafts = console.drafts
        if console.audit.failure is not None:
            words, look = tr("The audit log can't be saved: {} waiting").format(console.audit.waiting), "danger"
        elif drafts.failure is not None:
            words, look = tr("Drafts can't be saved"), "danger"
        elif not console.is_saved:
            words, look = tr("Not saved on this computer"), "attention"
        elif drafts.kept_at is None:
            words, look = tr("No drafts"), "neutral"
        else:
            words, look = tr("Saved {}").format(texts.clock(drafts.kept_at, seconds=True)), "ok"
        self._kept.set_words(words)
        self._kept.set_look("mark", look)

    def show_fact(self, fact: ShownFact | None) -> None:
        """Show a value's origin. Show nothing if the value is None or has no origin."""
        text = f"{fact.label}   {fact.describe()}" if fact is not None and fact.origin is not None else ""
        self._show(text)

    def show_health(self, health: SystemHealth) -> None:
        """Show one system's name, state, and last response time in seconds."""
        if self._console is None or health.system not in self._systems:
            return
        look, word = STATE_LOOKS[health.state]
        label, name = self._systems[health.system], self._console.label(health.system)
        if health.state in {SystemState.ANSWERING, SystemState.SLOW}:
            text = f"✓ {name} {(health.last_ms or 0) / 1000:.1f} s"
        elif health.state is SystemState.NOT_ASKED:
            text = f"○ {name}"
        else:
            since = tr(" since {}").format(texts.clock(health.since)) if health.since else ""
            words = {SystemState.DOWN: tr("down"), SystemState.UNREADABLE: tr("unreadable")}
            state_words = words.get(health.state, tr("refuses"))
            text = f"✕ {name} {state_words}{since}"
        label.set_words(text)
        label.setAccessibleName(f"{name}: {tr(word)}")
        label.set_look("mark", look)

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the origin until the focus moves."""
        self._show(sentence, whole=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show(self.origin.text(), whole=self._is_said)

    def _show(self, text: str, *, whole: bool = False) -> None:
        """Show a text at the left. With `whole`, labels beside it are hidden until the text fits."""
        self._is_said = whole
        self.origin.set_words(text)
        self.origin.setToolTip(texts.tooltip(text))
        needed = self.origin.fontMetrics().horizontalAdvance(text) + _MARGINS
        taken = sum(label.sizeHint().width() + _GAP for label in self._beside)
        for label in reversed(self._beside):  # hide the systems' states last
            fits = (needed if whole else 0) + taken <= self.width()
            label.setVisible(fits)
            taken -= 0 if fits else label.sizeHint().width() + _GAP

    def _add(self) -> Label:
        label = Label("", "small")
        label.setContentsMargins(8, 0, 8, 0)
        self.addPermanentWidget(label)
        self._beside.append(label)
        return label
