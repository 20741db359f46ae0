"""The columns of a customer page: their sizes, and the panel in front of each slot."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from console.views.customer.panel_stack import PanelStack
from console.views.customer.panels.panel_type import Layout
from console.views.window.preferences import Preferences

# Width of the outer columns in logical pixels; the middle column takes the rest.
_LEFT = {Layout.FULL: 288, Layout.MEDIUM: 240, Layout.SMALL: 252}
_RIGHT = {Layout.FULL: 352, Layout.MEDIUM: 300}


def give_room(columns: QSplitter, layout: Layout, width: int, preferences: Preferences) -> None:
    """Set the saved widths and heights of the columns, else the defaults."""
    left, right = _LEFT[layout], _RIGHT.get(layout, 0)
    columns.setSizes([left, width - left - right, *([right] if right else [])])
    for i in range(columns.count()):
        columns.setStretchFactor(i, 1 if i == 1 else 0)
    for column in columns.findChildren(QSplitter):
        sizes = {2: [64, 36], 3: [32, 36, 32]}.get(column.count())
        if sizes and column.objectName().startswith(layout.value):
            column.setSizes([part * 10 for part in sizes])
    for one in (columns, *columns.findChildren(QSplitter)):
        kept = preferences.layout(one.objectName()) if one.objectName().startswith(layout.value) else None
        if kept is not None:
            one.restoreState(kept)


def in_front(stack: PanelStack, front: Sequence[str]) -> str:
    """Return the panel to show in a slot: the one with the focus, else the one in front before, else the first.

    A name at the start of `front` that occurs again in it is the panel with the focus.
    """
    if front and front[0] in stack.names and front.count(front[0]) > 1:
        return front[0]
    stood = [name for name in stack.names if name in front]
    return stood[0] if stood else stack.names[0]


def splitter(orientation: Qt.Orientation) -> QSplitter:
    """Return a splitter whose children cannot be collapsed."""
    made = QSplitter(orientation)
    made.setHandleWidth(8)
    made.setChildrenCollapsible(False)
    return made
