"""Every text that a window shows or reports: texts, tooltips, titles, screen reader texts, and the clipboard."""

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTabBar, QWidget

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_PROPERTIES = (
    "text", "toPlainText", "placeholderText", "toolTip", "statusTip", "whatsThis", "windowTitle", "title",
    "accessibleName", "accessibleDescription", "currentText",
)  # fmt: skip
_SPOKEN = (
    QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help,
)  # fmt: skip


def reported_by(window: QWidget) -> Iterator[tuple[str, str]]:
    """Yield place and text for the window, every other top-level widget, and the clipboard."""
    tops = [window, *(top for top in QApplication.topLevelWidgets() if top is not window)]
    for top in tops:
        for widget in (top, *top.findChildren(QWidget)):
            yield from _of_widget(widget)
        for action in top.findChildren(QAction):
            yield "action", f"{action.text()} {action.toolTip()}"
        interface = QAccessible.queryAccessibleInterface(top)
        if interface is not None:
            yield from _spoken(interface)
    yield "clipboard", QGuiApplication.clipboard().text()


def _of_widget(widget: QWidget) -> Iterator[tuple[str, str]]:
    where = f"{type(widget).__name__} {widget.objectName()}"
    for name in _PROPERTIES:
        read = getattr(widget, name, None)
        if callable(read):
            try:
                value = read()
            except TypeError:  # this method needs an argument here
                continue
            if isinstance(value, str) and value:
                yield f"{where}.{name}", value
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _of_model(where, widget.model())
    if isinstance(widget, QTabBar):
        for place in range(widget.count()):
            yield f"{where} tab", f"{widget.tabText(place)} {widget.tabToolTip(place)}"


def _of_model(where: str, model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            for role in _ROLES:
                value = model.data(model.index(row, column), role)
                if isinstance(value, str) and value:
                    yield f"{where} row", value


def _spoken(interface: QAccessibleInterface, depth: int = 0) -> Iterator[tuple[str, str]]:
    if not interface.isValid() or depth > 40:
        return
    for kind in _SPOKEN:
        text = interface.text(kind)
        if text:
            yield f"spoken {kind.name}", text
    for place in range(interface.childCount()):
        child = interface.child(place)
        if child is not None:
            yield from _spoken(child, depth + 1)
