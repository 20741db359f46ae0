"""The saved look of the console: theme, size, window, column widths. It contains no customer data."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QStandardPaths

SIZES = (100, 110, 125, 150, 175, 200)


class Preferences:
    """The user's preferences, saved in one file. Without a file they last for this run only."""

    def __init__(self, file: Path | None = None) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat) if file is not None else None
        self._memory: dict[str, Any] = {}

    @classmethod
    def of_user(cls) -> "Preferences":
        """Return the preferences of this computer's user. It works before the application object exists."""
        QCoreApplication.setApplicationName("opticom-console")
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
        return cls(Path(folder) / "look.ini" if folder else None)

    @property
    def theme(self) -> str | None:
        """The chosen theme's name, or None to follow the operating system."""
        found = self._get("theme")
        return found if isinstance(found, str) and found else None

    @theme.setter
    def theme(self, name: str | None) -> None:
        self._set("theme", name or "")

    @property
    def size(self) -> int:
        """The scale of the screen content in percent. It is 100 if no valid size is saved."""
        text = str(self._get("size"))
        return int(text) if text.isdecimal() and int(text) in SIZES else 100

    @size.setter
    def size(self, percent: int) -> None:
        self._set("size", percent)

    def layout(self, name: str) -> QByteArray | None:
        """Return the saved layout of an element in Qt's own format, or None."""
        found = self._get(f"layout/{name}")
        return found if isinstance(found, QByteArray) and not found.isEmpty() else None

    def keep_layout(self, name: str, state: QByteArray) -> None:
        self._set(f"layout/{name}", state)

    def forget_layout(self) -> None:
        """Delete all saved layouts."""
        if self._settings is not None:
            self._settings.remove("layout")
        self._memory = {key: value for key, value in self._memory.items() if not key.startswith("layout/")}

    def _get(self, key: str) -> Any:
        return self._memory.get(key) if self._settings is None else self._settings.value(key)

    def _set(self, key: str, value: Any) -> None:
        if self._settings is None:
            self._memory[key] = value
        else:
            self._settings.setValue(key, value)
