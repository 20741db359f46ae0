"""The dialog about unsent work before the window closes: a list, the effect of closing, and the choices."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from console.bridge import Bridge
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.services.outbox.unsent_work import UnsentSummary
from console.views.message_words import in_words
from console.views.store.unsent_file_dialog import UnsentFileDialog
from console.views.texts import tr
from console.views.widgets.fields import FramedDialog
from console.views.widgets.labels import Button, Label, button_row
from console.views.window.main_window import MainWindow

_MOST_NAMED = 6


class UnsentDialog(FramedDialog):
    """The dialog. It stays open until the user decides, or until all waiting actions are sent. Esc returns to work."""

    def __init__(
        self, console: Console, bridge: Bridge, found: UnsentSummary, window: MainWindow, leave: Callable[[], None]
    ) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Not sent yet"))
        self.setModal(True)
        self._console, self._bridge, self._window, self._leave = console, bridge, window, leave
        self._waits = self._has_saved = False
        self.meaning = Label("", semibold=True, wrap=True)
        self.meaning.setMinimumWidth(500)
        self.names = Label("", wrap=True)
        self.message = Label("", "small", look="secondary", wrap=True)
        self.stay = self._button(tr("Keep working"), self.reject)
        self.export = self._button(tr("Save to a file…"), self._export)
        self.wait = self._button(tr("Close when it's sent"), self._wait)
        self.go = self._button("", self._go)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)  # so that buttons are never cut off
        for widget in (self.meaning, self.names, self.message):
            column.addWidget(widget)
        column.addLayout(button_row(self.stay, self.export, self.go, self.wait))
        self._unsubscribe = [
            console.outbox.subscribe(lambda _action: self._again()),
            console.drafts.subscribe(self._again),
        ]
        self.finished.connect(lambda _result: self._end())
        self._asking = False
        self.show_unsent(found)
        (self.wait if self.wait.isVisibleTo(self) else self.stay).setFocus()

    def _button(self, text: str, do: Callable[[], None]) -> Button:
        button = Button(text, "plain")
        button.setAutoDefault(False)
        button.clicked.connect(do)
        return button

    def show_unsent(self, found: UnsentSummary) -> None:
        """Show the unsent work: at most `_MOST_NAMED` names, then a count."""
        if found.survives:
            self.meaning.set_words(tr("These are saved on this computer. They're sent the next time you start."))
        elif self._has_saved:
            self.meaning.set_words(tr("These are in the file you saved. Closing loses nothing that was in it."))
        else:
            self.meaning.set_words(tr("Closing now loses this. It isn't saved on this computer."))
        self.meaning.set_look("mark", "info" if found.survives or self._has_saved else "danger")
        actions = found.going if found.survives else found.actions
        names = [
            f"{self._console.title_of(action)}, {action.customer_name or action.customer_id}" for action in actions
        ]
        if not found.survives:
            names += [tr("Typed text: {}").format(draft_key) for draft_key in map(_draft_label, found.drafts)]
        names = list(dict.fromkeys(names))
        more = len(names) - _MOST_NAMED
        shown = [f"•  {name}" for name in names[:_MOST_NAMED]]
        self.names.set_words("\n".join([*shown, tr("and {} more").format(more)] if more > 0 else shown))
        self.export.setVisible(not found.survives)
        self.wait.setVisible(bool(found.going))
        words = tr("Close now") if found.survives or self._has_saved else tr("Discard and close")
        self.go.setText(words)
        self.go.setAccessibleName(words)

    def _again(self) -> None:
        """Load the unsent work again. If the user waits for it, close the window when nothing is left."""
        if not self._asking:
            self._asking = True
            self._bridge.run_query(self, self._console.unsent_work.unsent(), self._looked)

    def _looked(self, found: UnsentSummary) -> None:
        self._asking = False
        self.show_unsent(found)
        if self._waits and not found.going:
            if found.is_worth_asking:
                self._waits = False
                self.message.set_words(tr("Everything that could be sent is sent. This is left:"))
            else:
                self._go()

    def _wait(self) -> None:
        self._waits = True
        self.message.set_words(
            tr("Waiting for the systems. The console closes when everything is sent and no typed text is left.")
        )
        self._again()

    def _go(self) -> None:
        self.accept()
        self._leave()

    def _export(self) -> None:
        dialog = UnsentFileDialog(self._console, self._bridge, self, saves=True)
        dialog.ended.connect(self._exported)
        dialog.start()

    def _exported(self, words: str) -> None:
        self._has_saved = True
        self.message.set_words(words)
        self._again()
        self.go.setFocus()

    def _end(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()


def _draft_label(draft_key: str) -> str:
    """Return the name of a draft: the kind of form and the customer number."""
    kind, _, rest = draft_key.partition("/")
    customer, _, form = rest.partition("/")
    words = {"note": tr("note"), "contact": tr("contact details"), "promise": tr("promise to pay")}
    name = form.partition("/")[0]
    if kind == "act" and name in ACTIONS:
        return tr("{} form, {}").format(in_words(ACTIONS[name].title), customer)
    form = words.get(kind, tr("form"))
    return f"{form}, {customer}"


class CloseGuard:
    """The check for unsent work before the window closes."""

    def __init__(self, console: Console, bridge: Bridge, window: MainWindow) -> None:
        self._console, self._bridge, self._window = console, bridge, window
        self._dialog: UnsentDialog | None = None

    def confirm(self, leave: Callable[[], None]) -> None:
        """Call `leave`, which closes the window. If there is unsent work, let the user decide first."""
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        self._bridge.run_query(
            self._window,
            self._console.unsent_work.unsent(),
            lambda found: self._decide(found, leave),
            lambda _error: leave(),
        )

    def _decide(self, found: UnsentSummary, leave: Callable[[], None]) -> None:
        if not found.is_worth_asking:
            leave()
        elif self._dialog is None:
            self._dialog = UnsentDialog(self._console, self._bridge, found, self._window, leave)
            self._dialog.finished.connect(lambda _result: self._forget())
            self._dialog.open()

    def _forget(self) -> None:
        self._dialog = None
