"""The dialogs for the console's own store: the code that opens it, a new recovery code, and a broken store."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLineEdit, QMessageBox, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.models.passphrase import LEAST_CHARACTERS, LEAST_DIFFERENT, is_strong
from console.views.texts import tr
from console.views.widgets.fields import FramedDialog
from console.views.widgets.labels import Button, Label, button_row
from console.views.window.main_window import MainWindow

T = TypeVar("T")
_ON_CLIPBOARD_MS = 60_000


class CodeDialog(FramedDialog):
    """The dialog for a recovery code, or for a new passphrase. Esc continues without a store."""

    def __init__(self, sentence: str, window: QWidget, *, is_new: bool) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("Saved work"))
        self.setModal(True)
        self.setMinimumWidth(460)
        self.code = QLineEdit()
        self.code.setObjectName("code")
        self.code.setAccessibleName(tr("New passphrase") if is_new else tr("Recovery code"))
        self.again = QLineEdit()
        self.again.setObjectName("again")
        self.again.setAccessibleName(tr("Repeat new passphrase"))
        self.again.setPlaceholderText(tr("Repeat passphrase"))
        self.again.setEchoMode(QLineEdit.EchoMode.Password)
        self.again.setVisible(is_new)
        self.again.returnPressed.connect(self._take)
        self._is_new = is_new
        if is_new:
            self.code.setEchoMode(QLineEdit.EchoMode.Password)
            self.code.setPlaceholderText(tr("At least {} characters").format(LEAST_CHARACTERS))
        self.open_button = Button(tr("Save my work with this") if is_new else tr("Open"), "main")
        self.open_button.clicked.connect(self._take)
        without = Button(tr("Continue without"), "plain")
        without.clicked.connect(self.reject)
        # Enter in the field submits the typed text. It must never press "Continue without".
        without.setAutoDefault(False)
        self.open_button.setAutoDefault(False)
        self._message = Label("", "small", wrap=True)
        self._message.set_look("mark", "danger")
        row = button_row(without, self.open_button)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        more = tr("Choose a passphrase to save your work on this computer, encrypted. You enter it at each start.")
        column.addWidget(Label(f"{sentence} {more}" if is_new else sentence, wrap=True))
        column.addWidget(self.code)
        column.addWidget(self.again)
        column.addWidget(self._message)
        column.addLayout(row)
        self.code.returnPressed.connect(self.again.setFocus if is_new else self._take)

    def _take(self) -> None:
        if self._is_new and not is_strong(self.code.text()):
            weak = tr("Use at least {} characters, {} of them different.")
            self._message.set_words(weak.format(LEAST_CHARACTERS, LEAST_DIFFERENT))
        elif not self.code.text().strip():
            self._message.set_words(tr("Enter it first."))
        elif self._is_new and self.again.text() != self.code.text():
            self._message.set_words(tr("The two passphrases differ. Enter it again."))
            self.again.clear()
            self.again.setFocus()
        else:
            self.accept()


class RecoveryDialog(QDialog):
    """The dialog that shows a new recovery code once. Only its button closes it: Esc would lose the code."""

    def reject(self) -> None:
        """Ignore Esc."""

    def __init__(self, code: str, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("Recovery code"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = Label(code, "page", semibold=True)
        shown.setAccessibleName(tr("Recovery code {}").format(code))
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
        message = tr(
            "Your unsent work is encrypted on this computer with a key in the keyring. If the key is lost, "
            "this code opens your work. Write it down. The console shows a code at each start until you confirm."
        )
        self._code = code
        copy = Button(tr("Copy"), "plain")
        copy.clicked.connect(self._copy)
        self.finished.connect(lambda _result: _clear_clipboard(code))
        close = Button(tr("I have written it down"), "main")
        # A user who is still typing may press Enter. That may copy the code, but must never close the dialog.
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        row = button_row(copy, close)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(Label(message, wrap=True))
        column.addWidget(shown)
        column.addLayout(row)
        self.setMinimumWidth(460)
        copy.setFocus()

    def _copy(self) -> None:
        """Put the code on the clipboard for `_ON_CLIPBOARD_MS`, because other programs can read the clipboard."""
        QGuiApplication.clipboard().setText(self._code)
        QTimer.singleShot(_ON_CLIPBOARD_MS, functools.partial(_clear_clipboard, self._code))


def _clear_clipboard(code: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard.text() == code:
        clipboard.clear()


class RecoveryCode:
    """The menu entry for a new recovery code. The previous code works until the user has written this one down."""

    def __init__(self, window: MainWindow, bridge: Bridge) -> None:
        self._window, self._bridge = window, bridge
        self._make: Callable[[], Awaitable[str]] | None = None
        self._confirm: Callable[[], Awaitable[None]] | None = None

    def attach(self, make: Callable[[], Awaitable[str]] | None, confirm: Callable[[], Awaitable[None]] | None) -> None:
        """Set how to create a code and how to confirm that it is written down. Both are None without a store."""
        self._make, self._confirm = make, confirm

    def show(self, code: str) -> None:
        """Show a code until the user confirms that it is written down."""
        dialog = RecoveryDialog(code, self._window)
        dialog.accepted.connect(self._is_noted)
        dialog.open()

    def _is_noted(self) -> None:
        if self._confirm is not None:
            self._bridge.run_command(self._window, _await(self._confirm()), lambda _: None)

    def show_new(self) -> None:
        """Create a new code and show it. Without a store, show in the status bar that there is none."""
        if self._make is None:
            self._window.status.say(tr("This computer has no saved work, so there is no recovery code."))
            return
        self._bridge.run_command(self._window, _await(self._make()), self.show)


async def _await(doing: Awaitable[T]) -> T:
    return await doing


class ResetStoreDialog(FramedDialog):
    """The dialog that shows why the store can't be opened. The store is changed only if the user confirms it."""

    def __init__(self, sentence: str, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("Saved work"))
        self.setModal(True)
        self.setMinimumWidth(460)
        self.anew = Button(tr("Set it aside and start a new one"), "plain")
        self.anew.clicked.connect(self.accept)
        self.leave = Button(tr("Leave it, save nothing today"), "main")
        self.leave.setDefault(True)
        self.leave.clicked.connect(self.reject)
        more = tr(
            "You can set the old files aside in a folder for your administrator, and start a new store. "
            "Or leave them: the console works, but your work is lost when it closes."
        )
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(Label(sentence, wrap=True))
        column.addWidget(Label(more, wrap=True))
        end = Button(tr("Close the console"), "plain")
        end.clicked.connect(self.reject)
        end.clicked.connect(window.leave)
        column.addLayout(button_row(self.anew, end, self.leave))
        self.leave.setFocus()


def code_asker(window: QWidget) -> Callable[..., Awaitable[str | None]]:
    """Return a function that shows a `CodeDialog` over a window and returns the typed code, or None."""

    async def prompt(sentence: str, *, is_new: bool) -> str | None:
        dialog = CodeDialog(sentence, window, is_new=is_new)
        return dialog.code.text() if await _answered(dialog) else None

    return prompt


def anew_asker(window: MainWindow) -> Callable[[str], Awaitable[bool]]:
    """Return a function that asks whether to set aside a store that can't be opened, and to start a new one."""

    async def prompt(sentence: str) -> bool:
        return await _answered(ResetStoreDialog(sentence, window))

    return prompt


class SecretDialog(FramedDialog):
    """The dialog for the key or password of a system, which is then saved in the encrypted store."""

    def __init__(self, sentence: str, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("A system's key"))
        self.setModal(True)
        self.setMinimumWidth(460)
        self.secret = QLineEdit()
        self.secret.setObjectName("secret")
        self.secret.setAccessibleName(tr("Key or password"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        keep = Button(tr("Keep"), "main")
        keep.clicked.connect(self.accept)
        leave = Button(tr("I don't know it"), "plain")
        leave.clicked.connect(self.reject)
        for button in (keep, leave):
            button.setAutoDefault(False)
        message = tr("Ask your administrator. It is saved encrypted on this computer and sent only to that system.")
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(Label(f"{sentence} {message}", wrap=True))
        column.addWidget(self.secret)
        column.addLayout(button_row(leave, keep))
        self.secret.returnPressed.connect(self.accept)
        self.secret.setFocus()


def secret_asker(window: QWidget) -> Callable[[str], Awaitable[str | None]]:
    """Return a function that asks over a window for a system's secret, and returns it or None."""

    async def prompt(sentence: str) -> str | None:
        dialog = SecretDialog(sentence, window)
        return dialog.secret.text() if await _answered(dialog) else None

    return prompt


async def _answered(dialog: QDialog) -> bool:
    """Open a dialog and return whether it was accepted. Its fields are readable until the next event loop turn."""
    answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda result: None if answered.done() else answered.set_result(bool(result)))
    dialog.open()
    try:
        return await answered
    finally:
        dialog.deleteLater()


def end_with(sentence: str, window: QWidget) -> None:
    """Show why this window can't work, then close it."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tr("The console is already open"))
    box.setText(sentence)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.addButton(tr("Close this window"), QMessageBox.ButtonRole.AcceptRole)
    box.finished.connect(lambda _result: window.close())
    box.open()
