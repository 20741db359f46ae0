"""The bar that shows a supervisor the flagged audit entries of all consoles, until they are marked as seen."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from console.bridge import Bridge
from console.models.audit import AuditEntry
from console.services.console import Console
from console.views import texts
from console.views.texts import tr
from console.views.widgets.labels import Button, Label, StateSurface
from console.views.window.main_window import MainWindow


class FlagBar(StateSurface):
    """The bar above the window, visible while there is an unseen flag. It does not take the focus."""

    def __init__(self, window: MainWindow, console: Console, bridge: Bridge, show: Callable[[str], None]) -> None:
        super().__init__()
        self._console, self._show = console, show
        self._flags: list[AuditEntry] = []
        self.set_state("danger")
        self.setAccessibleName(tr("Flagged"))
        self.message = Label("", wrap=True)
        self.message.set_look("mark", "danger")
        self.look_button = Button(tr("Show in the audit"), "plain", "small")
        self.look_button.clicked.connect(self._look)
        self.seen_button = Button(tr("Mark as seen"), "plain", "small")
        self.seen_button.clicked.connect(self._seen)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(10)
        row.addWidget(self.message, 1)
        row.addWidget(self.look_button)
        row.addWidget(self.seen_button)
        self.hide()
        window.put_on_top(self)
        bridge.run_query(self, console.audit_search.watch(self._on_flag), lambda _end: None)

    def _on_flag(self, entry: AuditEntry) -> None:
        self._flags.append(entry)
        self._tell()

    def _tell(self) -> None:
        self.setVisible(bool(self._flags))
        if self._flags:
            first, more = self._flags[0], len(self._flags) - 1
            others = tr(" {} more.").format(more) if more else ""
            message, who = tr("{} ({}), {}: {}.{}"), first.who or tr("not signed in")
            self.message.set_words(message.format(who, first.role, texts.moment(first.at), first.words, others))

    def _look(self) -> None:
        self._show(f"{self._flags[0].who} opened".strip() if self._flags else "")

    def _seen(self) -> None:
        self._console.audit_search.note_seen(self._flags.pop(0))
        self._tell()
