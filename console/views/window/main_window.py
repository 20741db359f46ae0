"""The window's frame: menus, tab row, rail, pages and status bar. The workspace fills it later."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QColor,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.views.icons import ICON
from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.labels import Button, Label, Surface, paint_frame
from console.views.window.preferences import Preferences
from console.views.window.status_bar import ConsoleStatusBar

if TYPE_CHECKING:  # not needed for the first paint
    from console.views.widgets.fact import ShownFact
    from console.views.window.app_events import AppEvents

_FULL_FROM = 1400
_MEDIUM_FROM = 1200


class CustomerTabs(QTabBar):
    """The tab row of open customers, painted in the theme's colours."""

    def tabSizeHint(self, index: int) -> QSize:
        text = QFontMetrics(font("table", semibold=True)).horizontalAdvance(self.tabText(index).replace("&&", "&"))
        return QSize(max(110, min(250, text + 56)), 35)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return QSize(min(190, self.tabSizeHint(index).width()), 35)  # below the width of a name the row scrolls

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for i in range(self.count()):
                rect, chosen = self.tabRect(i), i == self.currentIndex()
                if chosen:
                    painter.fillRect(rect, THEME.colour("card"))
                    painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 2), THEME.colour("accent"))
                painter.setPen(THEME.colour("border"))
                painter.drawLine(rect.topRight(), rect.bottomRight())
                painter.setPen(THEME.colour("text" if chosen else "textSecondary"))
                painter.setFont(font("table", semibold=chosen))
                inner = rect.adjusted(10, 0, -30, 0)
                text = painter.fontMetrics().elidedText(
                    self.tabText(i).replace("&&", "&"), Qt.TextElideMode.ElideRight, inner.width()
                )
                painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
                if chosen and self.hasFocus():
                    paint_frame(
                        painter, rect.adjusted(0, 0, -1, 0), QColor(0, 0, 0, 0), THEME.colour("focusRing"), width=2
                    )


class RailButton(QToolButton):
    """A page in the rail: an icon above its name. In a narrow window only the icon, with the name as a tooltip."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setFont(font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(54)
        self._compact = False
        self._count = 0

    def set_count(self, count: int) -> None:
        """Show how many items wait on this page. Zero shows nothing."""
        self._count = count
        self.setAccessibleDescription(tr("{} waiting").format(count) if count else "")
        self.update()

    def set_compact(self, *, compact: bool) -> None:
        self._compact = compact
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            rect = self.rect().adjusted(0, 0, -1, 0)
            if self.isChecked() or self.underMouse():
                painter.fillRect(rect, THEME.colour("accentSoft" if self.isChecked() else "hover"))
            if self.isChecked():
                painter.fillRect(QRect(0, 0, 3, rect.height()), THEME.colour("accent"))
            colour = THEME.colour("onAccentSoft" if self.isChecked() else "textSecondary")
            top = (rect.height() - 20) // 2 if self._compact else 8
            ICON.paint(painter, QRect((rect.width() - 20) // 2, top, 20, 20), self.objectName(), colour)
            if not self._compact:
                painter.setFont(font("micro"))
                painter.setPen(colour)
                painter.drawText(QRect(0, 30, rect.width(), 20), int(Qt.AlignmentFlag.AlignCenter), self.text())
            if self._count:
                badge = QRect(rect.width() // 2 + 4, max(2, top - 6), 20, 15)
                paint_frame(painter, badge, THEME.colour("textSecondary"), THEME.colour("textSecondary"))
                painter.setFont(font("micro"))
                painter.setPen(THEME.colour("panel"))
                painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), str(min(99, self._count)))
            if self.hasFocus():
                paint_frame(painter, rect, QColor(0, 0, 0, 0), THEME.colour("focusRing"), width=2)


class MainWindow(QMainWindow):
    """The frame. It is light, so that it is painted before anything else is loaded.

    `painted` is emitted once, after the first paint, and `closing` when the user closes the window. The search field
    and its keys emit `search_wanted`, the rail emits `page_wanted`.
    """

    painted = Signal()
    closing = Signal()
    resized = Signal()
    search_wanted = Signal()
    page_wanted = Signal(str)
    origin_wanted = Signal(object, object)

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self._preferences = preferences or Preferences()
        self._was_painted = False
        self._who, self._lead, self._title_is_locked = "", "", False
        self.is_closing = False
        self.before_leaving: Callable[[Callable[[], None]], None] | None = None
        self.setObjectName("desk")
        self.setWindowTitle("OptiCom Agent Console")
        self.setMinimumSize(640, 400)  # pixels; a screen of 1280x800 at 200 % has these
        self.tabs = self._make_tabs()
        self.pages = QStackedWidget()
        self.start_page = StartPage()
        self.pages.addWidget(self.start_page)
        self.status = ConsoleStatusBar()
        self.setStatusBar(self.status)
        self.search_field = Button(tr("Search"), "field")
        self.rail_buttons: dict[str, RailButton] = {}
        self._lay_out()
        kept = self._preferences.layout("window")
        if kept is None or not self.restoreGeometry(kept):
            frame = QSize(0, 40)  # pixels for the title bar; Qt knows the real height only after showing
            self.resize(QSize(1440, 900).boundedTo(self.screen().availableGeometry().size() - frame))
        self._fit_screen()
        search = QAction(tr("Find a customer"), self)
        search.setShortcuts([QKeySequence("Ctrl+K"), QKeySequence("Ctrl+T")])
        self._search_refusal = ""
        search.triggered.connect(self._want_search)
        self.search_action = search
        self.addAction(search)
        self.start_page.search.clicked.connect(self.search_wanted)
        ICON.loaded.connect(self._take_icons)
        THEME.changed.connect(self._take_icons)
        self._take_icons()

    @functools.cached_property
    def events(self) -> AppEvents:
        """User input in any window of the program. Created on first use, after the first paint."""
        from console.views.window.app_events import AppEvents  # noqa: PLC0415 - not needed for the first paint

        return AppEvents(self)

    def _fit_screen(self) -> None:
        """Fit the window into the screen. Its size may be from a larger screen or a smaller scale."""
        room = self.screen().availableGeometry()
        if room.width() < self.width() or room.height() < self.height():
            self.resize(self.size().boundedTo(room.size()))
        if not room.contains(self.geometry().topLeft()):
            self.move(room.topLeft())

    def set_signed_in(self, *, signed_in: bool) -> None:
        """Enable the search only while a user is signed in."""
        self.start_page.set_title(tr("No customer is open") if signed_in else tr("Not signed in"))
        self._offer_search("" if signed_in else tr("Sign in first, then search."))

    def set_failed(self) -> None:
        """Show that the console can't start, and disable the search. The caller shows the reason."""
        self.start_page.set_title(tr("The console can't start"))
        self._offer_search(tr("The console can't start, so the search is not available."))

    def _offer_search(self, refusal: str) -> None:
        """Enable the search. With a `refusal`, disable it; its keys then show that text."""
        self._search_refusal = refusal
        self.start_page.search.setVisible(not refusal)
        for button in (self.search_field, self.add_button):
            button.setEnabled(not refusal)

    def _want_search(self) -> None:
        if self._search_refusal:
            self.status.say(self._search_refusal)
        else:
            self.search_wanted.emit()

    def say(self, sentence: str) -> None:
        """Show a sentence on the start page and in the status bar."""
        self.start_page.say(sentence)
        self.status.say(sentence)

    def put_on_top(self, bar: QWidget) -> None:
        """Put a bar above everything else. It takes room only while it is visible."""
        self._column.insertWidget(0, bar)

    def show_person(self, name: str, role: str) -> None:
        """Show the user's name and role in the title."""
        self._who = name if role in name else f"{name}, {role}"
        self.show_title()

    def lock_title(self, *, locked: bool) -> None:
        """Show only the program's name in the title, or the full title again."""
        self._title_is_locked = locked
        self.show_title(self._lead)

    def show_title(self, lead: str = "") -> None:
        """Show the window's title: `lead` (the page in front), the user, and the program's name."""
        self._lead = lead
        if self._title_is_locked:
            self.setWindowTitle("OptiCom Agent Console")
            return
        who = f"{self._who} · " if self._who else ""
        self.setWindowTitle(f"{lead}{who}OptiCom Agent Console")  # the name comes last, else Qt adds it again

    def show_page(self, name: str, page: QWidget) -> None:
        """Bring a page forward and mark it in the rail."""
        self.pages.setCurrentWidget(page)
        self.rail_buttons[name].setChecked(True)

    def show_origin(self, fact: ShownFact, row: tuple[ShownFact, ...] = ()) -> None:
        """Show a value's origin, with all values of its row. Values call this on their window."""
        self.origin_wanted.emit(fact, row)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        narrow = 66 if width >= _MEDIUM_FROM else 46
        rail = 76 if width >= _FULL_FROM else narrow
        self.rail.setFixedWidth(rail)
        for button in self.rail_buttons.values():
            button.set_compact(compact=rail == 46)
        self.resized.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the window. If `before_leaving` is set, call it first: it asks the user about unsent work."""
        event.ignore()
        if self.before_leaving is None or self.is_closing:
            self.leave()
        else:
            self.before_leaving(self.leave)

    def leave(self) -> None:
        """Hide at once, without a question. The program ends after it cancelled all running tasks."""
        self._preferences.keep_layout("window", self.saveGeometry())
        self.hide()
        self.is_closing = True
        self.closing.emit()

    def _make_tabs(self) -> CustomerTabs:
        tabs = CustomerTabs()
        tabs.setAccessibleName(tr("Open customers"))
        tabs.setMovable(True)
        tabs.setExpanding(False)
        tabs.setDrawBase(False)
        tabs.setUsesScrollButtons(True)
        tabs.setElideMode(Qt.TextElideMode.ElideRight)
        return tabs

    def _lay_out(self) -> None:
        strip = Surface("panel", "b")
        strip.setFixedHeight(36)
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 10, 0)
        row.setSpacing(4)
        self.add_button = Button("+", "link")
        self.add_button.setAccessibleName(tr("Find and open a customer"))
        self.add_button.setToolTip(tr("Find and open a customer"))
        self.add_button.clicked.connect(self.search_wanted)
        self.search_field.setAccessibleName(tr("Search"))
        self.search_field.setMinimumWidth(200)
        self.search_field.setText(
            tr("Search") + "      " + QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        )
        self.search_field.clicked.connect(self.search_wanted)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        row.addWidget(self.tabs)
        row.addWidget(self.add_button)
        row.addStretch()
        row.addWidget(self.search_field)
        self.rail = self._make_rail()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.pages, 1)
        self.centre = QWidget()
        column = self._column = QVBoxLayout(self.centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addLayout(middle, 1)
        self.setCentralWidget(self.centre)

    def _make_rail(self) -> QWidget:
        rail = Surface("panel", "r")
        rail.setAccessibleName(tr("Pages"))
        group = QButtonGroup(self)
        column = QVBoxLayout(rail)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(2)
        names = (
            ("customers", tr("Customers")),
            ("systems", tr("Systems")),
            ("outbox", tr("Outbox")),
            ("audit", tr("Audit")),
        )
        for name, text in names:
            button = RailButton(text)
            button.setVisible(name != "audit")  # shown later, to roles that may read it
            button.setObjectName(name)
            button.setAccessibleName(text)
            button.setToolTip(text)
            button.clicked.connect(lambda _checked=False, wanted=name: self.page_wanted.emit(wanted))
            group.addButton(button)
            column.addWidget(button)
            self.rail_buttons[name] = button
        self.rail_buttons["customers"].setChecked(True)
        column.addStretch()
        return rail

    def _take_icons(self) -> None:
        self.search_field.setIcon(ICON.icon("search", THEME.colour("textSecondary")))
        self.setWindowIcon(ICON.icon("window", THEME.colour("accent")))
        for button in self.rail_buttons.values():
            button.update()
        self.tabs.update()


class StartPage(Surface):
    """The page shown while no customer is open."""

    def __init__(self) -> None:
        super().__init__("window")
        title = self._title = Label(tr("No customer is open"), "page", semibold=True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._line = Label(tr("Starting…"), look="secondary", wrap=True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self.search = Button(tr("Find a customer   {}").format(keys), "main")
        self.search.setAccessibleName(tr("Find a customer"))
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

    def set_title(self, words: str) -> None:
        """Show the title: the reason why no customer is shown."""
        self._title.set_words(words)

    def say(self, sentence: str) -> None:
        self._line.setText(sentence)
