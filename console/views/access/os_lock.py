"""Operating system functions: notice when it locks its screen or goes to sleep, and hide windows from screenshots."""

import ctypes
import importlib
import logging
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

_log = logging.getLogger(__name__)

# Desktop screen savers report a lock on the D-Bus session bus. logind reports it on the system bus, for all desktops.
_ON_SESSION_BUS = (
    ("org.freedesktop.ScreenSaver", "ActiveChanged", "active(bool)"),
    ("org.gnome.ScreenSaver", "ActiveChanged", "active(bool)"),
    ("org.cinnamon.ScreenSaver", "ActiveChanged", "active(bool)"),
    ("org.mate.ScreenSaver", "ActiveChanged", "active(bool)"),
)
_ON_SYSTEM_BUS = (
    ("org.freedesktop.login1.Session", "Lock", "locked()"),
    ("org.freedesktop.login1.Manager", "PrepareForSleep", "active(bool)"),
)
_POLL_MS = 2000


def watch_os_lock(window: QWidget, lock: Callable[[], None]) -> QObject | None:
    """Call `lock` whenever the screen is locked or the computer goes to sleep.

    Return the listener, which lives as long as the window, or None if no D-Bus connection is available on Linux.
    """
    if sys.platform == "win32":
        return _WindowsSession(window, lock)
    if sys.platform == "darwin":
        return _MacSession(window, lock)
    return _linux(window, lock)


def _linux(window: QWidget, lock: Callable[[], None]) -> QObject | None:
    try:
        buses = importlib.import_module("PySide6.QtDBus").QDBusConnection
    except ImportError as error:
        _log.info("the state of the screen lock is unknown: %s", error)
        return None
    listener = _BusListener(window, lock)
    heard = [
        bus.connect("", "", interface, name, listener, SLOT(slot))
        for bus, signals in ((buses.sessionBus(), _ON_SESSION_BUS), (buses.systemBus(), _ON_SYSTEM_BUS))
        if bus.isConnected()
        for interface, name, slot in signals
    ]
    if not any(heard):
        _log.info("the state of the screen lock is unknown: no bus is there")
    return listener if any(heard) else None


class _BusListener(QObject):
    """The receiver of the D-Bus signals."""

    def __init__(self, window: QWidget, lock: Callable[[], None]) -> None:
        super().__init__(window)
        self._lock = lock

    @Slot(bool)
    def active(self, is_active: bool) -> None:  # noqa: FBT001 - D-Bus's own
        if is_active:
            self._lock()

    @Slot()
    def locked(self) -> None:
        self._lock()


class _MacSession(QObject):
    """A check of the session every 2 s. macOS notifies only programs in Objective-C."""

    def __init__(self, window: QWidget, lock: Callable[[], None]) -> None:
        super().__init__(window)
        self._lock, self._was_locked = lock, False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_POLL_MS)

    def _look(self) -> None:
        is_locked = _is_mac_locked()
        if is_locked and not self._was_locked:
            self._lock()
        self._was_locked = is_locked


def _is_mac_locked() -> bool:
    """Return whether the session's dictionary has the key `CGSSessionScreenIsLocked`."""
    graphics: Any = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    foundation: Any = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
    graphics.CGSessionCopyCurrentDictionary.restype = ctypes.c_void_p
    foundation.CFStringCreateWithCString.restype = ctypes.c_void_p
    foundation.CFStringCreateWithCString.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32]
    foundation.CFDictionaryContainsKey.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    foundation.CFRelease.argtypes = [ctypes.c_void_p]
    session = graphics.CGSessionCopyCurrentDictionary()
    if not session:
        return False
    utf8 = 0x08000100
    key = foundation.CFStringCreateWithCString(None, b"CGSSessionScreenIsLocked", utf8)
    found = bool(foundation.CFDictionaryContainsKey(session, key))
    foundation.CFRelease(key)
    foundation.CFRelease(session)
    return found


class _WindowsSession(QObject):
    """The window's registration for session notifications, which arrive as native messages."""

    def __init__(self, window: QWidget, lock: Callable[[], None]) -> None:
        super().__init__(window)
        self._filter = _SessionFilter(lock)
        app = QApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self._filter)
        loader: Any = ctypes
        this_session = 0
        if not loader.windll.wtsapi32.WTSRegisterSessionNotification(int(window.winId()), this_session):
            _log.info("the state of the screen lock is unknown: Windows does not notify this window")


class _SessionFilter(QAbstractNativeEventFilter):
    """A filter that locks on WM_WTSSESSION_CHANGE with WTS_SESSION_LOCK or WM_POWERBROADCAST with PBT_APMSUSPEND."""

    _MARKS = frozenset({(0x02B1, 0x7), (0x0218, 0x4)})

    def __init__(self, lock: Callable[[], None]) -> None:
        super().__init__()
        self._lock = lock

    def nativeEventFilter(self, _kind: Any, message: Any) -> Any:
        from ctypes import wintypes  # noqa: PLC0415 - of use on Windows alone

        event = wintypes.MSG.from_address(int(message))
        if (event.message, event.wParam) in self._MARKS:
            QTimer.singleShot(0, self._lock)
        return False, 0


class CaptureGuard(QObject):
    """An event filter that hides every new window from screenshots. `can` is whether the system supports that."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.can = hide_from_capture(window)
        app = QApplication.instance()
        if app is not None and self.can:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            hide_from_capture(watched)
        return super().eventFilter(watched, event)


def hide_from_capture(window: QWidget) -> bool:
    """Hide the window from screenshots and shared screens. Return whether this operating system supports that."""
    loader: Any = ctypes
    if sys.platform == "win32":
        exclude = 0x11  # WDA_EXCLUDEFROMCAPTURE, since Windows 10 2004; older ones accept 1: a black window
        user32 = loader.windll.user32
        handle = int(window.winId())
        return bool(user32.SetWindowDisplayAffinity(handle, exclude) or user32.SetWindowDisplayAffinity(handle, 1))
    if sys.platform == "darwin":
        objc: Any = ctypes.CDLL("/usr/lib/libobjc.dylib")
        objc.sel_registerName.restype = ctypes.c_void_p
        objc.sel_registerName.argtypes = [ctypes.c_char_p]
        send_message = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
        tell = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)(("objc_msgSend", objc))
        native = send_message(int(window.winId()), objc.sel_registerName(b"window"))
        tell(native, objc.sel_registerName(b"setSharingType:"), 0)  # NSWindowSharingNone
        return True
    return False
