"""What the desk remembers of its look: theme, size, window, the width of its columns. No word about a customer."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QStandardPaths

SIZES = (100, 110, 125, 150, 175, 200)


class Preferences:
    """Kept in one file of the user's; without a file, or one that cannot be read, for this run alone."""

    def __init__(self, file: Path | None = None) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat) if file is not None else None
        self._memory: dict[str, Any] = {}

    @classmethod
    def of_user(cls) -> "Preferences":
        """Return those of the user at this computer; may be asked before there is an application object."""
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
        """How large everything is shown, in percent; 100 where nothing sensible was kept."""
        text = str(self._get("size"))
        return int(text) if text.isdecimal() and int(text) in SIZES else 100

    @size.setter
    def size(self, percent: int) -> None:
        self._set("size", percent)

    def layout(self, name: str) -> QByteArray | None:
        """Return how something was laid out last, in Qt's own form, or None."""
        found = self._get(f"layout/{name}")
        return found if isinstance(found, QByteArray) and not found.isEmpty() else None

    def keep_layout(self, name: str, state: QByteArray) -> None:
        self._set(f"layout/{name}", state)

    def forget_layout(self) -> None:
        """Lay everything out anew from now on."""
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
