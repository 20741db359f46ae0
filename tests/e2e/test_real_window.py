"""The program in a real X window, used with a real mouse and keyboard."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="there is no Xvfb or xdotool for a real window"
)


@contextmanager
def x_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()  # read the whole line: closing earlier would end the server
    yield f":{number}", server
    server.terminate()
    server.wait(10)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with x_server() as (name, _):
        yield name


def _browser(folder: Path) -> Path:
    """Return a folder with an `xdg-open` that signs in as the first identity on the page."""
    place = folder / "browser"
    place.mkdir(exist_ok=True)
    script = place / "xdg-open"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.support.browser "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    return place


class Console:
    def __init__(self, display: str, folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.env = {
            **os.environ,
            **(environment or {}),
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "PATH": f"{_browser(folder)}{os.pathsep}{os.environ['PATH']}",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "console", *(arguments or ("--demo",))],
            env=self.env,
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        self.id = self.until(lambda: self.windows("OptiCom Agent Console")[:1])[0]
        # Without a window manager a new window does not get the keyboard.
        self.do("windowfocus", self.id)

    def do(self, *command: str) -> str:
        return subprocess.run(
            ["xdotool", *command], env=self.env, capture_output=True, text=True, check=False, timeout=20
        ).stdout

    def windows(self, name: str) -> list[str]:
        """Return the windows of this process whose titles contain a name."""
        own = ("--all", "--onlyvisible", "--pid", str(self.process.pid), "--name", name)
        return self.do("search", *own).split()

    def focus(self, name: str) -> None:
        """Wait for a window with this name and give it the keyboard."""
        found = self.until(lambda: self.windows(name)[:1])[0]
        self.do("windowfocus", "--sync", found)

    def pressed(self, keys: str, holds: Callable[[], Any]) -> Any:
        """Press keys until `holds` returns a true value; press again only after 3 s without effect."""

        def done() -> Any:
            self.do("key", keys)
            return any(holds() or time.sleep(0.1) for _ in range(30))

        return self.until(done)

    def sign_in(self) -> None:
        """Sign in in the browser, as the first identity offered."""
        self.pressed("ctrl+shift+l", lambda: "Sandbox rep" in self.title())

    def end(self) -> None:
        """Kill the program if it still runs."""
        self.process.kill()
        self.process.wait(10)
        if self.process.stderr is not None:
            self.process.stderr.close()

    def title(self) -> str:
        return self.do("getwindowname", self.id).strip()

    def until(self, holds: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 40
        while not (found := holds()):
            assert time.monotonic() < deadline, f"waited in vain; the window is called {self.title()!r}"
            assert self.process.poll() is None, self.process.stderr.read().decode() if self.process.stderr else ""
            time.sleep(0.1)
        return found


def test_find_and_open_a_customer_by_keyboard_and_close_with_the_mouse(display: str, tmp_path: Path) -> None:
    console = Console(display, tmp_path)
    try:
        console.sign_in()
        console.do("windowfocus", console.id)
        console.do("key", "ctrl+k")
        console.do("type", "--delay", "30", "kowalski")
        console.pressed("Return", lambda: console.windows("Who's calling"))
        console.focus("Who's calling")
        console.do("key", "Up")  # from the first way to the last: without a caller, with a typed reason
        console.do("type", "Checks how a page opens")
        console.pressed("ctrl+Return", lambda: "Kowalski" in console.title())
        console.do("windowfocus", console.id)
        console.until(lambda: "Kowalski" in console.title())
        console.do("mousemove", "--window", console.id, "40", "150", "click", "1")  # the second button of the sidebar
        console.do("key", "ctrl+w")
        console.until(lambda: console.title() == "Sandbox rep · OptiCom Agent Console")
        console.do("key", "ctrl+q")
        assert console.process.wait(15) == 0
        assert console.process.stderr is not None
        assert console.process.stderr.read().decode() == ""
        _check_caches_told(console)
    finally:
        console.end()


def _check_caches_told(console: Console) -> None:
    """Check that the command reports how full each cache is after a window with one customer."""
    command = [sys.executable, "-m", "console", "diagnose", "caches"]
    message = subprocess.run(
        command, env=console.env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert message.returncode == 0, message.stderr
    assert re.search(r"facts of customers +1 of 40 customers", message.stdout), message.stdout
    assert re.search(r"answers of billing +[\d,]+ of 6,291,456 bytes", message.stdout), message.stdout


def test_ctrl_c_in_the_terminal_ends_everything(display: str, tmp_path: Path) -> None:
    console = Console(display, tmp_path)
    assert console.process.stderr is not None
    with console.process.stderr:
        console.process.send_signal(2)
        try:
            assert console.process.wait(15) == 0
        finally:
            console.process.kill()
            console.process.wait(10)
        assert b"Traceback" not in console.process.stderr.read()


def test_a_wrong_configuration_is_said_in_the_window_and_to_whoever_started_it(display: str, tmp_path: Path) -> None:
    settings = tmp_path / "wrong.toml"
    settings.write_text("[roles.reps]\n[systems]\n", encoding="utf-8")
    console = Console(display, tmp_path, "--config", str(settings))
    try:
        assert console.process.stderr is not None
        line = console.process.stderr.readline().decode()
        assert "wrong.toml" in line
        console.do("windowfocus", console.id)
        console.do("key", "ctrl+q")
        assert console.process.wait(15) == 2
    finally:
        console.end()


def test_a_display_that_goes_ends_the_console_with_one_sentence(tmp_path: Path) -> None:
    with x_server() as (name, server):
        console = Console(name, tmp_path)
        try:
            console.sign_in()
            server.kill()
            assert console.process.wait(20) == 1
            assert console.process.stderr is not None
            message = console.process.stderr.read().decode()
            assert "The display is gone" in message
            assert "Traceback" not in message, message
        finally:
            console.end()
