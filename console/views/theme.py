"""Colours and fonts: puts the tokens of resources/theme.json into Qt's palette."""

import functools
import json
import sys
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from console.resources_folder import RESOURCES

# Font sizes in points, so that text follows the screen's scale.
SIZES = {
    "micro": 8.25,
    "small": 9.0,
    "table": 9.4,
    "body": 9.75,
    "read": 11.25,
    "page": 12.0,
    "name": 13.5,
    "figure": 15.0,
}


NAMES = ("light", "dark", "highContrast")


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
    """The current colours. `changed` is emitted after a theme is applied."""

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

    def start(self, app: QApplication, name: str | None = None) -> None:
        """Apply a theme by name. With None, apply the operating system's theme and follow its changes."""
        app.setStyle("Fusion")
        app.setFont(font("body"))
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(lambda _scheme: self._on_system())
        hints.accessibility().contrastPreferenceChanged.connect(lambda _contrast: self._on_system())
        self.choose(name)

    def choose(self, name: str | None) -> None:
        """Set a theme by name. With None or an unknown name, follow the operating system."""
        self._follow = name not in NAMES
        self._apply(self._system_name() if name is None or self._follow else name)

    def _on_system(self) -> None:
        if self._follow:
            self._apply(self._system_name())

    def _system_name(self) -> str:
        """Return the operating system's theme. High contrast comes before dark, dark before light."""
        hints = QApplication.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return "highContrast"
        return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"

    def _apply(self, name: str) -> None:
        self._name = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            palette = self._palette()
            app.setPalette(palette)
            bars = QPalette(palette)
            if name == "highContrast":  # the style paints the handle in this colour; black on black can't be seen
                bars.setColor(QPalette.ColorRole.Button, self.colour("chartOther"))
            app.setPalette(bars, "QScrollBar")  # type: ignore[arg-type] # the stub says bytes, the call takes only str
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
    """Return the interface font in a size of the scale: the system's, on Linux Inter where it is installed."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if sys.platform.startswith("linux"):
        # DejaVu, the usual fallback there, is 12 % wider and cuts texts that Inter shows whole.
        made.setFamilies(["Inter", made.family()])
    made.setPointSizeF(SIZES[size])
    made.setWeight(QFont.Weight.DemiBold if semibold else QFont.Weight.Normal)
    return made
