"""A real window, a real keyring and a real kill: drafts are restored, can be sent, and are encrypted on disk."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.test_actions import CONTACTS
from tests.conformance.test_versions_and_profiles import customers
from tests.e2e.test_commands import configuration
from tests.e2e.test_real_window import Console, display
from tests.support.control import Control

__all__ = ["configuration", "display"]  # fixtures
_NEEDED = ("Xvfb", "xdotool", "dbus-daemon", "gnome-keyring-daemon")
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, _NEEDED)), reason="there is no Xvfb, xdotool, dbus-daemon or gnome-keyring-daemon"
)
# Seconds. The program promises 0.25 s; the rest allows for a busy machine.
_TYPED_IS_KEPT_AFTER_S = 1.0
CANARY = "xylophonkanarie"


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start an unlocked Secret Service for this test only; yield the environment that leads to it."""
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True, mode=0o700)
    environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "XDG_DATA_HOME": str(home / "keys")}
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout is not None
    environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    service = subprocess.Popen(
        ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets"],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert service.stdin is not None
    service.stdin.write(b"of this test alone")
    service.stdin.close()
    yield environment
    for process in (service, bus):
        process.terminate()
        process.wait(10)
    bus.stdout.close()


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder, by path."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def name(console: Console) -> str:
    """Return the name of the customer in front; empty if there is none."""
    return console.title().removeprefix("✎ ").rpartition(" · ")[0]


def find(console: Console, customer: str) -> str:
    """Open a customer by their number and return their name."""
    before = name(console)
    console.do("key", "ctrl+k")
    console.do("type", "--delay", "20", customer)

    def opened() -> bool:
        """Press Enter, again only if the search had no result yet and 3 s have shown no effect."""
        console.do("key", "Return")
        return any(name(console) != before or time.sleep(0.1) for _ in range(30))

    console.until(opened)
    console.until(lambda: name(console) not in ("", before, customer))
    return name(console)


async def test_typed_text_outlives_a_kill_and_can_be_sent(
    display: str, keyring: dict[str, str], sandbox: Control, configuration: Path, tmp_path: Path
) -> None:
    arguments = ("--config", str(configuration))
    console = Console(display, tmp_path, *arguments, environment=keyring)
    try:
        console.focus("Recovery code")
        console.do("key", "Escape")  # must not hide the code
        console.do("key", "Return")  # must not hide the code either: it copies
        console.do("key", "Tab")
        console.do("key", "space")
        console.focus("OptiCom Agent Console")
        first, *_, second = await customers(sandbox, 20)  # the first two have the same name
        opened = find(console, first)
        console.do("key", "ctrl+n")
        console.do("type", "--delay", "20", f"Says {CANARY} and")
        # Once the other customer is in front, all earlier keys have been processed.
        other = find(console, second)
        await asyncio.sleep(_TYPED_IS_KEPT_AFTER_S)
    finally:
        console.end()
    again = Console(display, tmp_path, *arguments, environment=keyring)
    try:
        again.until(lambda: name(again) == other)
        again.do("windowfocus", "--sync", again.id)
        again.do("key", "ctrl+1")
        again.until(lambda: name(again) == opened)
        again.do("key", "ctrl+n")
        again.do("key", "ctrl+End")
        again.do("type", "--delay", "20", " more")
        again.do("key", "ctrl+Return")
        text = ""
        async with sandbox.raw("crm") as client:
            deadline = time.monotonic() + 30
            while CANARY not in text:
                assert time.monotonic() < deadline, f"CRM never got it; the window is called {again.title()!r}"
                parameters = {"relatedParty.id": first, "limit": 100}
                records = (await client.get(CONTACTS, params=parameters)).json()
                texts = [note["text"] for record in records for note in record.get("note", ())]
                text = next((one for one in texts if CANARY in one), "")
        assert text == f"Says {CANARY} and more"
        second = Console(display, tmp_path, *arguments, environment=keyring)
        try:
            second.focus("The console is already open")
            second.do("key", "Return")
            assert second.process.wait(20) == 1
        finally:
            second.end()
        assert again.process.poll() is None
    finally:
        again.end()
    kept = files(tmp_path)
    assert any(path.endswith("desk.store") for path in kept)
    assert not [path for path, content in kept.items() if CANARY.encode() in content]
