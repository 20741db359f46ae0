"""Colours and type: the tokens of resources/theme.json put into Qt's palette and one style sheet."""

import functools
import json
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from console.resources_folder import RESOURCES

# Points, so that text follows the screen's scale.
SIZES = {"micro": 8.25, "small": 9.0, "table": 9.4, "body": 9.75, "read": 11.25, "page": 12.0, "name": 13.5, "figure": 15.0}


@dataclass(frozen=True, slots=True)
class StateColours:
    """The colours of one state, such as ok, attention or danger."""

    text: QColor
    back: QColor
    border: QColor
    solid: QColor


@functools.cache
def _tokens() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((RESOURCES / "theme.json").read_text(encoding="utf-8"))
    return loaded


class Theme(QObject):
    """The colours in force. `changed` is emitted after they have been applied."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._name = "light"
        self._follow = True

    @property
    def name(self) -> str:
        return self._name

    def colour(self, token: str) -> QColor:
        return QColor(_tokens()["themes"][self._name]["colours"][token])

    def state(self, state: str) -> StateColours:
        found = _tokens()["themes"][self._name]["states"][state]
        return StateColours(*(QColor(found[key]) for key in ("text", "back", "border", "solid")))

    def start(self, app: QApplication) -> None:
        """Apply the theme the operating system asks for, and follow it when it changes."""
        app.setStyle("Fusion")
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._on_scheme)
        self._apply("dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light")

    def choose(self, name: str | None) -> None:
        """Fix a theme by name, or with None follow the operating system."""
        self._follow = name is None
        if name is None:
            self._on_scheme(QApplication.styleHints().colorScheme())
        else:
            self._apply(name)

    def _on_scheme(self, scheme: Qt.ColorScheme) -> None:
        if self._follow:
            self._apply("dark" if scheme == Qt.ColorScheme.Dark else "light")

    def _apply(self, name: str) -> None:
        self._name = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setFont(font("body"))
            app.setPalette(self._palette())
            app.setStyleSheet(style_sheet(self))
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _tokens()["palette"].items():
            group, _, name = role.rpartition(".")
            colour = self.state("danger").solid if token == "danger.solid" else self.colour(token)  # noqa: S105 - a colour's name
            target = QPalette.ColorRole[name]
            if group:
                palette.setColor(QPalette.ColorGroup[group], target, colour)
            else:
                palette.setColor(target, colour)
        return palette


THEME = Theme()


@functools.cache
def font(size: str = "body", *, semibold: bool = False) -> QFont:
    """Return the system's interface font in a size of the scale."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPointSizeF(SIZES[size])
    made.setWeight(QFont.Weight.DemiBold if semibold else QFont.Weight.Normal)
    return made


def style_sheet(theme: Theme) -> str:
    """Return the rules the palette cannot express: hairlines, panel heads, focus rings, the rail."""
    c = {token: theme.colour(token).name() for token in _tokens()["themes"][theme.name]["colours"]}
    s = {state: theme.state(state) for state in ("ok", "info", "attention", "danger", "stale", "neutral")}
    chips = "".join(
        f'QLabel[chip="{name}"] {{ color: {found.text.name()}; background: {found.back.name()};'
        f" border: 1px {'dashed' if name == 'stale' else 'solid'} {found.border.name()}; border-radius: 4px; padding: 1px 6px; }}"
        f'QLabel[mark="{name}"] {{ color: {found.text.name()}; }}'
        for name, found in s.items()
    )
    return f"""
QMainWindow, QWidget#page {{ background: {c["window"]}; }}
QWidget#strip {{ background: {c["panel"]}; border-bottom: 1px solid {c["border"]}; }}
QWidget#rail {{ background: {c["panel"]}; border-right: 1px solid {c["border"]}; }}
QWidget#head {{ background: {c["card"]}; border-bottom: 1px solid {c["border"]}; }}
QFrame#panel {{ background: {c["card"]}; border: 1px solid {c["border"]}; border-radius: 4px; }}
QFrame#panel[holdsFocus="true"] {{ border: 2px solid {c["focusRing"]}; }}
QFrame#panelHead {{ background: {c["cardHead"]}; border: none; border-bottom: 1px solid {c["divider"]};
  border-top-left-radius: 4px; border-top-right-radius: 4px; }}
QFrame#panelFoot {{ background: {c["cardHead"]}; border: none; border-top: 1px solid {c["divider"]}; }}
QFrame#panelFoot[state="stale"] {{ background: {s["stale"].back.name()}; border-top: 1px dashed {s["stale"].border.name()}; }}
QFrame#panelFoot[state="attention"] {{ background: {s["attention"].back.name()}; border-top: 1px solid {s["attention"].border.name()}; }}
QLabel {{ background: transparent; }}
QLabel[tone="muted"] {{ color: {c["textMuted"]}; }}
QLabel[tone="secondary"] {{ color: {c["textSecondary"]}; }}
QLabel[fact="true"] {{ border: 2px solid transparent; border-radius: 3px; padding: 0 2px; }}
QLabel[fact="true"]:focus {{ border-color: {c["focusRing"]}; }}
{chips}
QToolButton#railButton {{ border: none; border-left: 3px solid transparent; padding: 6px 2px; color: {c["textSecondary"]}; }}
QToolButton#railButton:hover {{ background: {c["hover"]}; }}
QToolButton#railButton:checked {{ background: {c["accentSoft"]}; border-left: 3px solid {c["accent"]};
  color: {c["onAccentSoft"]}; font-weight: 600; }}
QToolButton#railButton:focus {{ border: 2px solid {c["focusRing"]}; }}
QPushButton, QToolButton#plain {{ background: {c["card"]}; color: {c["text"]}; border: 1px solid {c["borderStrong"]};
  border-radius: 4px; padding: 3px 10px; min-height: 20px; }}
QPushButton:hover, QToolButton#plain:hover {{ background: {c["hover"]}; }}
QPushButton:focus, QToolButton#plain:focus {{ border: 2px solid {c["focusRing"]}; padding: 2px 9px; }}
QPushButton:disabled {{ color: {c["textDisabled"]}; border-color: {c["border"]}; }}
QPushButton[main="true"] {{ background: {c["accentFill"]}; color: {c["onAccentFill"]}; border-color: {c["accentFill"]}; }}
QPushButton[main="true"]:hover {{ background: {c["accentFillHover"]}; }}
QPushButton[link="true"] {{ border: 2px solid transparent; background: transparent; color: {c["link"]}; padding: 0 3px; min-height: 18px; }}
QPushButton[link="true"]:focus {{ border: 2px solid {c["focusRing"]}; padding: 0 3px; }}
QPushButton#searchField {{ text-align: left; background: {c["input"]}; color: {c["textMuted"]}; }}
QLineEdit {{ background: {c["input"]}; border: 1px solid {c["borderStrong"]}; border-radius: 4px; padding: 3px 6px; }}
QLineEdit:focus {{ border: 2px solid {c["focusRing"]}; padding: 2px 5px; }}
QLineEdit#paletteText {{ border: none; background: transparent; padding: 4px; }}
QFrame#palette {{ background: {c["raised"]}; border: 1px solid {c["borderStrong"]}; border-radius: 6px; }}
QAbstractItemView {{ background: {c["card"]}; border: none; outline: 0; selection-background-color: {c["selection"]};
  selection-color: {c["onSelection"]}; }}
QHeaderView {{ background: {c["card"]}; }}
QHeaderView::section {{ background: {c["card"]}; color: {c["textMuted"]}; border: none; border-bottom: 1px solid {c["divider"]};
  padding: 3px 8px; }}
QTabBar#customers::tab {{ background: transparent; color: {c["textSecondary"]}; border: none; border-right: 1px solid {c["border"]};
  border-top: 2px solid transparent; padding: 7px 10px; min-width: 90px; max-width: 240px; }}
QTabBar#customers::tab:selected {{ background: {c["card"]}; color: {c["text"]}; border-top: 2px solid {c["accent"]}; font-weight: 600; }}
QTabBar#customers::tab:hover {{ background: {c["hover"]}; }}
QTabBar#customers:focus::tab:selected {{ border: 2px solid {c["focusRing"]}; }}
QTabWidget::pane {{ border: none; }}
QSplitter::handle {{ background: transparent; }}
QStatusBar {{ background: {c["panel"]}; border-top: 1px solid {c["border"]}; }}
QStatusBar::item {{ border: none; }}
QToolTip {{ background: {c["tooltip"]}; color: {c["onTooltip"]}; border: none; padding: 4px; }}
QMenuBar {{ background: {c["panel"]}; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {c["selection"]}; color: {c["onSelection"]}; }}
QMenu {{ background: {c["raised"]}; border: 1px solid {c["border"]}; }}
"""
