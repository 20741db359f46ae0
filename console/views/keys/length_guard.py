"""The guard that limits every field of the program, typed or pasted, and shows a message if text was cut off."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from console.views.texts import tr
from console.views.widgets.limited_text import LimitedText
from console.views.window.main_window import MainWindow

_LONGEST_LINE = 1_000
# Qt's default limit of a line, in characters. The layout of such a long text freezes the window.
_UNLIMITED = 32_767


class LengthGuard(QObject):
    """The guard for all fields of the program. It checks each field from its first focus on."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if not isinstance(now, QLineEdit | LimitedText) or now.property("lengthGuard"):
            return
        now.setProperty("lengthGuard", True)  # noqa: FBT003 - Qt's own
        if isinstance(now, LimitedText):
            now.was_cut.connect(self._say)
            return
        if now.maxLength() == _UNLIMITED:
            now.setMaxLength(_LONGEST_LINE)
        now.inputRejected.connect(lambda: self._on_rejected(now))

    def _on_rejected(self, field: QLineEdit) -> None:
        if len(field.text()) >= field.maxLength():
            self._say(field.maxLength())

    def _say(self, longest: int) -> None:
        self._window.status.say(tr("This field takes {} characters. The rest was cut off.").format(f"{longest:,}"))
