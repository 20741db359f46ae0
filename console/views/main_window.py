"""The window's frame: menus, tab row, rail, pages and status bar. What stands in it comes with the workspace."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.views import texts
from console.views.icons import ICON
from console.views.status_bar import DeskStatusBar
from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.fact import ShownFact

_FULL_FROM = 1400
_MEDIUM_FROM = 1200


class MainWindow(QMainWindow):
    """The frame, light enough to be painted before anything else is loaded.

    `painted` is emitted once, after the first paint; `closing` when the user closes the window; `search_wanted` by the
    search field and its key, `page_wanted` by the rail.
    """

    painted = Signal()
    closing = Signal()
    resized = Signal()
    search_wanted = Signal()
    page_wanted = Signal(str)
    origin_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._was_painted = False
        self.setObjectName("desk")
        self.setWindowTitle("OptiCom Agent Console")
        self.setMinimumSize(900, 560)
        self.resize(1440, 900)
        self.tabs = self._make_tabs()
        self.pages = QStackedWidget()
        self.start_page = StartPage()
        self.pages.addWidget(self.start_page)
        self.status = DeskStatusBar()
        self.setStatusBar(self.status)
        self.search_field = QPushButton(tr("Search"))
        self.rail_buttons: dict[str, QToolButton] = {}
        self._lay_out()
        search = QAction(tr("Find a customer"), self)
        search.setShortcuts([QKeySequence("Ctrl+K"), QKeySequence("Ctrl+T")])
        search.triggered.connect(self.search_wanted)
        self.search_action = search
        self.addAction(search)
        self.start_page.search.clicked.connect(self.search_wanted)
        ICON.loaded.connect(self._take_icons)
        THEME.changed.connect(self._take_icons)
        self._take_icons()

    def say(self, sentence: str) -> None:
        """Show a sentence where the user looks: on the start page and in the status bar."""
        self.start_page.say(sentence)
        self.status.say(sentence)

    def show_page(self, name: str, page: QWidget) -> None:
        """Bring a page forward and mark it in the rail."""
        self.pages.setCurrentWidget(page)
        self.rail_buttons[name].setChecked(True)

    def show_origin(self, fact: ShownFact) -> None:
        """Show where a value comes from; values find this on the window around them."""
        self.origin_wanted.emit(fact)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        rail = 76 if width >= _FULL_FROM else 66 if width >= _MEDIUM_FROM else 46
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if rail == 46 else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        self._rail.setFixedWidth(rail)
        for button in self.rail_buttons.values():
            button.setToolButtonStyle(style)
        self.resized.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide at once; the program ends when everything under way has been dropped."""
        event.ignore()
        self.hide()
        self.closing.emit()

    def _make_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("customers")
        tabs.setAccessibleName(tr("Open customers"))
        tabs.setTabsClosable(True)
        tabs.setMovable(True)
        tabs.setExpanding(False)
        tabs.setDrawBase(False)
        tabs.setUsesScrollButtons(True)
        tabs.setElideMode(Qt.TextElideMode.ElideRight)
        return tabs

    def _lay_out(self) -> None:
        strip = QWidget()
        strip.setObjectName("strip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(36)
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 10, 0)
        row.setSpacing(4)
        self.add_button = QToolButton()
        self.add_button.setObjectName("plain")
        self.add_button.setAccessibleName(tr("Find and open a customer"))
        self.add_button.setToolTip(tr("Find and open a customer"))
        self.add_button.clicked.connect(self.search_wanted)
        self.search_field.setObjectName("searchField")
        self.search_field.setAccessibleName(tr("Search"))
        self.search_field.setMinimumWidth(200)
        self.search_field.setText(tr("Search") + "      " + QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText))
        self.search_field.clicked.connect(self.search_wanted)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        row.addWidget(self.tabs)
        row.addWidget(self.add_button)
        row.addStretch()
        row.addWidget(self.search_field)
        self._rail = self._make_rail()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail)
        middle.addWidget(self.pages, 1)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addLayout(middle, 1)
        self.setCentralWidget(centre)

    def _make_rail(self) -> QWidget:
        rail = QWidget()
        rail.setObjectName("rail")
        rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rail.setAccessibleName(tr("Pages"))
        group = QButtonGroup(self)
        column = QVBoxLayout(rail)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(2)
        for name, text in (("customers", tr("Customers")), ("systems", tr("Systems"))):
            button = QToolButton()
            button.setObjectName("railButton")
            button.setText(text)
            button.setAccessibleName(text)
            button.setToolTip(text)
            button.setCheckable(True)
            button.setIconSize(QSize(20, 20))
            button.setFont(font("small"))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumHeight(48)
            button.clicked.connect(lambda _checked=False, wanted=name: self.page_wanted.emit(wanted))
            group.addButton(button)
            column.addWidget(button)
            self.rail_buttons[name] = button
        self.rail_buttons["customers"].setChecked(True)
        column.addStretch()
        return rail

    def _take_icons(self) -> None:
        self.search_field.setIcon(ICON.icon("search"))
        self.add_button.setIcon(ICON.icon("add"))
        self.setWindowIcon(ICON.icon("window", THEME.colour("accent")))
        for name, button in self.rail_buttons.items():
            button.setIcon(ICON.icon(name))


class StartPage(QWidget):
    """What stands where no customer is open."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel(tr("No customer is open"))
        title.setFont(font("page", semibold=True))
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._line = QLabel(tr("Starting…"))
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._line.setWordWrap(True)
        self._line.setProperty("tone", "secondary")
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self.search = QPushButton(texts.no_mnemonic(tr("Find a customer   {}").format(keys)))
        self.search.setAccessibleName(tr("Find a customer"))
        self.search.setProperty("main", "true")
        button = QHBoxLayout()
        button.addStretch()
        button.addWidget(self.search)
        button.addStretch()
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch()
        column.addWidget(title)
        column.addWidget(self._line)
        column.addLayout(button)
        column.addStretch()

    def say(self, sentence: str) -> None:
        self._line.setText(sentence)
