"""Icons from the Material Design font, drawn in the colours of the theme. Until the font is loaded they are empty."""

import functools
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QIcon

from console.views.theme import THEME

ICONS = {
    "customers": "account-circle-outline",
    "systems": "server-network",
    "account": "scale-balance",
    "bills": "receipt-text-outline",
    "orders": "clipboard-flow-outline",
    "services": "router-wireless",
    "fibre": "wan",
    "tv": "television-classic",
    "voice": "phone-classic",
    "wifi": "wifi",
    "ip": "ip-network-outline",
    "mobile": "cellphone",
    "service": "lan-connect",
    "ok": "check-circle",
    "info": "progress-clock",
    "attention": "alert",
    "danger": "close-circle",
    "stale": "clock-alert-outline",
    "neutral": "circle-outline",
    "asking": "sync",
    "partial": "circle-half-full",
    "empty": "circle-off-outline",
    "noPermission": "lock-outline",
    "down": "lan-disconnect",
    "unknown": "help-circle-outline",
    "done": "check-circle",
    "current": "circle-slice-4",
    "failed": "close-circle",
    "todo": "circle-outline",
    "search": "magnify",
    "add": "plus",
    "residential": "home-outline",
    "business": "office-building-outline",
    "address": "map-marker-outline",
    "email": "email-outline",
    "phone": "phone",
    "person": "account-outline",
    "number": "pound",
    "window": "transit-connection-variant",
}


class Icons(QObject):
    """Loads the one font and makes icons from it; `loaded` tells widgets to take theirs again."""

    loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._font: Any = None

    def load(self, iconic_font: Any) -> None:
        """Load the font on the window's thread; `iconic_font` is qtawesome's module, imported off it."""
        self._font = iconic_font.IconicFont(
            ("mdi6", "materialdesignicons6-webfont-6.9.96.ttf", "materialdesignicons6-webfont-charmap-6.9.96.json")
        )
        self._make.cache_clear()
        self.loaded.emit()

    def icon(self, name: str, colour: QColor | None = None) -> QIcon:
        """Return an icon of the list above; empty before the font is there."""
        if self._font is None:
            return QIcon()
        return self._make(name, (colour or THEME.colour("textSecondary")).name())

    @functools.lru_cache(maxsize=400)  # noqa: B019 - one instance lives as long as the program
    def _make(self, name: str, colour: str) -> QIcon:
        made: QIcon = self._font.icon(f"mdi6.{ICONS[name]}", color=QColor(colour))
        return made


ICON = Icons()
