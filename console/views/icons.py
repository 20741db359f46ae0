"""Icons from the Material Design font that qtawesome ships, painted in the theme's colours."""

import importlib.util
import json
from pathlib import Path

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

ICONS = {
    "customers": "account-circle-outline",
    "systems": "server-network",
    "outbox": "tray-arrow-up",
    "audit": "shield-search",
    "locked": "lock",
    "verified": "shield-check-outline",
    "unverified": "shield-off-outline",
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
    "tickets": "ticket-outline",
    "timeline": "timeline-text-outline",
    "tests": "speedometer",
    "related": "link-variant",
    "payments": "credit-card-outline",
    "payment": "credit-card-check-outline",
    "paymentFailed": "credit-card-off-outline",
    "refund": "cash-refund",
    "usage": "chart-bar",
    "visits": "calendar-clock",
    "document": "file-document-outline",
    "call": "phone-outline",
    "portal": "web",
    "chat": "chat-outline",
    "sms": "cellphone-message",
    "shop": "store-outline",
    "other": "account-voice",
    "offline": "wifi-off",
    "back": "arrow-left",
    "conflict": "not-equal-variant",
    "practice": "school-outline",
    "household": "home-account",
}


class Icons(QObject):
    """The icon font and its painter. Widgets reload their icons when `loaded` is emitted."""

    loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._family = ""
        self._signs: dict[str, str] = {}

    def load(self) -> None:
        """Load the font. Call on the window's thread.

        Only qtawesome's files are read. Importing it would import every class of Qt, which is slow. On another thread
        it can crash PySide while it dispatches an event.

        Raises:
            FileNotFoundError: qtawesome is not installed, or no longer has this font.
        """
        found = importlib.util.find_spec("qtawesome")
        if found is None or not found.submodule_search_locations:
            raise FileNotFoundError("qtawesome is not installed")
        folder = Path(found.submodule_search_locations[0], "fonts")
        font_file = next(iter(sorted(folder.glob("materialdesignicons6-webfont-*.ttf"))), None)
        sign_file = next(iter(sorted(folder.glob("materialdesignicons6-webfont-charmap-*.json"))), None)
        if font_file is None or sign_file is None:
            raise FileNotFoundError(f"{folder} has no Material Design Icons 6")
        signs = json.loads(sign_file.read_text(encoding="utf-8"))
        self._signs = {name: chr(int(signs[sign], 16)) for name, sign in ICONS.items()}
        self._family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font_file)))[0]
        self.loaded.emit()

    def paint(self, painter: QPainter, rect: QRect, name: str, colour: QColor) -> None:
        """Paint an icon of `ICONS` into a square. Paint nothing before the font is loaded."""
        if not self._family:
            return
        font = QFont(self._family)
        font.setPixelSize(rect.height())
        painter.save()
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self._signs[name])
        painter.restore()

    def pixmap(self, name: str, size: int, colour: QColor) -> QPixmap:
        """Return an icon as a picture, sharp on this screen."""
        ratio = QApplication.primaryScreen().devicePixelRatio()
        picture = QPixmap(round(size * ratio), round(size * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            self.paint(painter, QRect(0, 0, size, size), name, colour)
        return picture

    def icon(self, name: str, colour: QColor) -> QIcon:
        """Return an icon for Qt's own widgets. It is empty before the font is loaded."""
        return QIcon(self.pixmap(name, 32, colour)) if self._family else QIcon()


ICON = Icons()
