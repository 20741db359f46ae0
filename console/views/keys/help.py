"""The list of keys: menu keys, the letters after Ctrl+J, and keys that work in every list and value."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from console.messages import QT_TR_NOOP
from console.views.texts import tr
from console.views.widgets.labels import Label
from console.views.widgets.live_page import PlainScroll

# Keys that belong to widgets and are not in a menu.
EVERYWHERE = (
    ("F6, Shift+F6", QT_TR_NOOP("Next, previous region")),
    ("Tab, arrows", QT_TR_NOOP("Between controls; inside a list, table or row of tabs")),
    ("Ctrl+1 … Ctrl+9", QT_TR_NOOP("Customer 1 to 9")),
    ("Ctrl+C", QT_TR_NOOP("Copy the selection or the value")),
    ("Ctrl+A, Shift+arrows", QT_TR_NOOP("Select all, select more rows")),
    (QT_TR_NOOP("Enter"), QT_TR_NOOP("Open: related customer, bill of a payment, bill PDF")),
    ("Shift+F10, Menu", QT_TR_NOOP("Menu of the value")),
    ("Left, Right", QT_TR_NOOP("Next chip or tab")),
    (QT_TR_NOOP("Esc"), QT_TR_NOOP("Close or go back. Drafts are saved.")),
)


class KeysDialog(QDialog):
    """Two columns: keys and what they do. Use `open`, not `exec`, so that the console stays responsive."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keys"))
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(16, 8, 16, 8)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(3)
        row = 0
        for name, keys in groups:
            title = Label(name, "body", semibold=True)
            title.setContentsMargins(0, 8, 0, 2)
            grid.addWidget(title, row, 0, 1, 2)
            row += 1
            for key, text in keys:
                grid.addWidget(Label(key, "table", look="secondary"), row, 0)
                grid.addWidget(Label(text, "table"), row, 1)
                row += 1
        grid.setRowStretch(row, 1)
        scroll = PlainScroll(inner)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(tr("Keys"))
        scroll.setAccessibleDescription("; ".join(f"{key}: {text}" for _, keys in groups for key, text in keys))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(Label(tr("Keys"), "page", semibold=True))
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
        self.resize(720, 620)
        scroll.setFocus()
