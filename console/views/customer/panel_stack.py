"""The slots of the page: each shows one panel, or several behind tabs."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from console.views.customer.panels.catalogue import PANELS
from console.views.customer.panels.panel import Panel
from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.labels import paint_frame


class PanelTabs(QTabBar):
    """The tabs of the panels in one slot, painted in the theme's colours."""

    def __init__(self) -> None:
        super().__init__()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(tr("Panels"))

    def tabSizeHint(self, index: int) -> QSize:
        metrics = QFontMetrics(font("small", semibold=True))
        return QSize(metrics.horizontalAdvance(self.tabText(index)) + 18, max(24, metrics.height() + 8))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return QSize(40, self.tabSizeHint(index).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for i in range(self.count()):
                rect, chosen = self.tabRect(i), i == self.currentIndex()
                painter.setFont(font("small", semibold=chosen))
                painter.setPen(THEME.colour("text" if chosen else "textSecondary"))
                text = painter.fontMetrics().elidedText(self.tabText(i), Qt.TextElideMode.ElideRight, rect.width() - 8)
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
                if chosen:
                    painter.fillRect(
                        QRect(rect.left() + 6, rect.bottom() - 1, rect.width() - 12, 2), THEME.colour("accent")
                    )
                if chosen and self.hasFocus():
                    inner = rect.adjusted(1, 1, -1, -3)
                    paint_frame(painter, inner, QColor(0, 0, 0, 0), THEME.colour("focusRing"), width=2)


class PanelStack(QWidget):
    """One slot; its panels are created when first shown. `shown` carries the name of the panel now in front."""

    shown = Signal(str)

    def __init__(self, names: Sequence[str], panel: Callable[[str], Panel]) -> None:
        super().__init__()
        self.names = tuple(names)
        self._panel = panel
        self._tabs = PanelTabs()
        self._stack = QStackedWidget()
        for name in self.names:
            self._tabs.addTab(tr(PANELS[name].title))
        if len(self.names) == 1:
            self._tabs.hide()
        self._tabs.currentChanged.connect(self._on_tab)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self._tabs)
        layout.addWidget(self._stack, 1)

    @property
    def current(self) -> str:
        return self.names[max(0, self._tabs.currentIndex())]

    @property
    def is_filled(self) -> bool:
        """Whether this slot has a panel yet."""
        return self._stack.count() > 0

    def bring(self, name: str) -> None:
        """Bring a panel to the front by name."""
        stack = self.names.index(name)
        if self._tabs.currentIndex() != stack:
            self._tabs.setCurrentIndex(stack)  # calls _on_tab
        else:
            self._on_tab(stack)

    def release(self, to: QWidget) -> None:
        """Remove the panels for use in another slot. Until then, they are hidden children of `to`.

        Each widget needs a parent at all times. Python's garbage collector may destroy a widget without one on another
        thread, and this crashes Qt.
        """
        for widget in [self._stack.widget(i) for i in range(self._stack.count())]:
            if widget is not None:
                self._stack.removeWidget(widget)
                widget.hide()
                widget.setParent(to)

    def _on_tab(self, index: int) -> None:
        panel = self._panel(self.names[index])
        if self._stack.indexOf(panel) < 0:
            self._stack.addWidget(panel)
        self._stack.setCurrentWidget(panel)
        panel.load_if_stale()
        self.shown.emit(self.names[index])
