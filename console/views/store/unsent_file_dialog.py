"""The dialog for unsent work in a file. It asks for the file, then for its passphrase."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.messages import QT_TR_NOOP
from console.services.console import Console
from console.services.outbox.unsent_work import SHORTEST_PASSPHRASE
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.fields import FramedDialog
from console.views.widgets.labels import Button, Label, button_row

_FILES = QT_TR_NOOP("Unsent work (*.opticom)")


class UnsentFileDialog(FramedDialog):
    """The dialog that saves unsent work to a file, or loads it. It emits `ended` with a sentence about the result."""

    ended = Signal(str)

    def __init__(self, console: Console, bridge: Bridge, window: QWidget, *, saves: bool) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setMinimumWidth(440)
        self.setWindowTitle(tr("Save unsent work") if saves else tr("Load unsent work"))
        self._console, self._bridge, self._saves, self._path = console, bridge, saves, Path()
        self.path_label = Label("", look="secondary", wrap=True)
        self.passphrase, self.again = self._field(tr("Passphrase")), self._field(tr("Repeat passphrase"))
        self.again.setVisible(saves)
        if saves:
            self.passphrase.setPlaceholderText(tr("Passphrase, at least {} characters").format(SHORTEST_PASSPHRASE))
            self.again.setPlaceholderText(tr("Repeat passphrase"))
        else:
            self.passphrase.setPlaceholderText(tr("Passphrase"))
        self.message = Label("", "small", wrap=True)
        self.message.set_look("mark", "danger")
        self.go = Button(tr("Save") if saves else tr("Load"), "main")
        self.go.clicked.connect(self._go)
        cancel = Button(tr("Cancel"), "plain")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        for widget in (self.path_label, self.passphrase, self.again, self.message):
            column.addWidget(widget)
        column.addLayout(button_row(cancel, self.go))

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        return field

    def start(self) -> None:
        """Let the user choose the file, then open this dialog."""
        chooser = QFileDialog(self.parentWidget(), self.windowTitle(), str(Path.home()), tr(_FILES))
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._saves:
            chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            chooser.setDefaultSuffix("opticom")
            chooser.selectFile("unsent-work.opticom")
        else:
            chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda path: self.ask_passphrase(Path(path)))
        chooser.rejected.connect(self.deleteLater)
        chooser.open()

    def ask_passphrase(self, path: Path) -> None:
        """Open this dialog for the chosen file."""
        self._path = path
        self.path_label.set_words(str(path))
        self.open()
        self.passphrase.setFocus()

    def _go(self) -> None:
        typed = self.passphrase.text()
        if self._saves and len(typed) < SHORTEST_PASSPHRASE:
            self.message.set_words(tr("Use at least {} characters.").format(SHORTEST_PASSPHRASE))
            return
        if self._saves and typed != self.again.text():
            self.message.set_words(tr("The two passphrases differ. Type them again."))
            return
        unsent_work = self._console.unsent_work
        doing = unsent_work.export(self._path, typed) if self._saves else unsent_work.load(self._path, typed)
        self.go.setEnabled(False)
        self._bridge.run_command(self, doing, self._ended, self._failed)

    def _ended(self, counts: tuple[int, int]) -> None:
        words = tr("Saved to {}: {} actions, {} typed texts.")
        if not self._saves:
            words = tr("New from {}: {} actions, see the Outbox; {} typed texts, see their customers.")
        self.ended.emit(words.format(self._path.name, *counts))
        self.accept()

    def _failed(self, error: ConsoleError) -> None:
        self.go.setEnabled(True)
        self.message.set_words(in_words(error.message))
