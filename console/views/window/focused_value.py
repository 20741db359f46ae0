"""The value with the focus: shows it in the status bar, copies it, and shows its origin."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from console.views.widgets.fact import ShownFact, copy_text
from console.views.widgets.origin import OriginDialog
from console.views.window.main_window import MainWindow


class FocusedValue(QObject):
    """The value with the focus inside the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.origin_wanted.connect(self._show_origin)

    @staticmethod
    def fact() -> ShownFact | None:
        """Return the value with the focus. Return None if the focus is not on a value."""
        found = getattr(QApplication.focusWidget(), "focused_fact", None)
        return found() if found is not None else None

    def follow(self, widget: QWidget) -> None:
        """Show the focused value in the status bar, and update it while the cursor moves inside the widget."""
        self._say()
        moved = getattr(widget, "focus_moved", None)
        if moved is not None:
            moved.connect(self._say, Qt.ConnectionType.UniqueConnection)

    def _say(self) -> None:
        self._window.status.show_fact(self.fact())

    def _show_origin(self, fact: ShownFact, row: tuple[ShownFact, ...] = ()) -> None:
        OriginDialog(fact, self._window, row).open()

    def show_origin(self) -> None:
        """Show where the focused value comes from."""
        fact, record = self.fact(), getattr(QApplication.focusWidget(), "focused_record", tuple)
        if fact is not None:
            self._show_origin(fact, record())

    def copy(self) -> None:
        """Copy the selection, or the focused value."""
        widget = QApplication.focusWidget()
        copy = getattr(widget, "copy_current", None) or getattr(widget, "copy", None)
        fact = self.fact()
        if copy is not None:
            copy()
        elif fact is not None:
            copy_text(fact.text)
