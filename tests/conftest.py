"""Fixtures of all tests: a real sandbox, the Qt loop for window tests, and checks for unexpected messages and tasks."""

import asyncio
import gc
import itertools
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_API"] = "pyside6"

import pytest
import pytestqt.plugin
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from console.bridge import EventLoop
from console.system.sandbox_launcher import SandboxProcess
from tests.support.control import Control
from tests.support.two_billings import TwoBillings

HERE = Path(__file__).parent

# Between the phases of a test this processes Qt's events, and so runs callbacks of an event loop that has stopped.
# Objects that a fixture still has to close would break.
pytestqt.plugin._process_events = lambda: None


# ------------------------------------------------------------------ garbage


gc.disable()  # as in the program: garbage is collected between tests, and in this thread only
_tests_ended = itertools.count()


@pytest.fixture(autouse=True)
def garbage_collected() -> Iterator[None]:
    yield
    if next(_tests_ended) % 25:
        gc.collect(1)
    else:
        gc.collect()
        gc.freeze()  # pytest's own objects need no second check


# ------------------------------------------------------------------ loops


def pytest_asyncio_loop_factories(config, item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Return the loops of a test: Qt for window tests, Qt and asyncio for the HTTP layer, asyncio for all others."""
    if HERE / "views" in item.path.parents:
        return {"qt": _qt_loop}
    if HERE / "http" in item.path.parents:
        return {"qt": _qt_loop, "asyncio": asyncio.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication([])
    app.setQuitOnLastWindowClosed(False)
    return EventLoop(app)


# ------------------------------------------------------------------ the sandbox


_WORLD = ("--customers", "300", "--seed", "7")


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory) -> Iterator[SandboxProcess]:
    """Yield the sandbox with 300 customers, in one separate process for the whole run."""
    process = asyncio.run(SandboxProcess.start(["--data", str(tmp_path_factory.mktemp("sandbox")), *_WORLD]))
    yield process
    asyncio.run(process.stop())


@pytest.fixture
def process_of_test(request, tmp_path) -> Iterator[SandboxProcess]:
    """Yield the process that all tests share, or a separate one for a test marked ``own_world``.

    Such a test needs rare records or an unchanged world; another test may have used them up.
    """
    if request.node.get_closest_marker("own_world") is None:
        yield request.getfixturevalue("sandbox_process")
        return
    process = asyncio.run(SandboxProcess.start(["--data", str(tmp_path / "sandbox"), *_WORLD]))
    yield process
    asyncio.run(process.stop())


@pytest.fixture(scope="module")
def second_billing_process(tmp_path_factory) -> Iterator[SandboxProcess]:
    """Yield a sandbox with the same customers, whose billing has different account and bill numbers."""
    folder = str(tmp_path_factory.mktemp("second"))
    process = asyncio.run(SandboxProcess.start(["--data", folder, *_WORLD, "--billing-seed", "70"]))
    yield process
    asyncio.run(process.stop())


@pytest.fixture
async def two_billings(process_of_test, second_billing_process) -> AsyncIterator[TwoBillings]:
    """Yield the sandbox with a second billing system, both without faults."""
    async with Control(second_billing_process) as second, TwoBillings(process_of_test, second) as both:
        await both.clear()
        await second.clear()
        yield both
        await both.clear()
        await second.clear()


@pytest.fixture
async def sandbox(process_of_test) -> AsyncIterator[Control]:
    """Yield the sandbox without faults and quirks, and the switch for them."""
    async with Control(process_of_test) as control:
        await control.clear()
        yield control
        await control.clear()


# ------------------------------------------------------------------ loudness


# The off-screen platform prints this for every window and menu.
_OFF_SCREEN = ("propagateSizeHints", "This plugin does not support")


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_unexpected_log(request) -> Iterator[None]:
    """Fail a test that logs a warning or worse, unless it is marked to expect that."""
    expected = [mark.args[0] for mark in request.node.iter_markers("expects_log")]
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    unexpected = [line for line in collector.lines if not any(part in line for part in expected)]
    assert not unexpected, f"logged unexpectedly: {unexpected}"


@pytest.fixture(autouse=True)
def no_qt_message() -> Iterator[None]:
    """Fail a test in which Qt prints a warning."""
    messages: list[str] = []

    def on_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(part in text for part in _OFF_SCREEN):
            messages.append(text)

    before = qInstallMessageHandler(on_message)
    yield
    qInstallMessageHandler(before)
    assert not messages, f"Qt warned: {messages}"


@pytest.fixture(autouse=True)
async def no_leaked_task(request) -> AsyncIterator[None]:
    """Fail a test that leaves a task running."""
    yield
    await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task() and not task.done()]
    assert not left, f"tasks left running: {left}"


def pytest_configure(config) -> None:
    config.addinivalue_line("markers", "settings(systems): the desk is made with these settings changed")
    config.addinivalue_line("markers", "gated(role): accounts are closed until they are opened; rep without a role")
    config.addinivalue_line("markers", "own_world: the test has a sandbox of its own, as it was made")
    config.addinivalue_line("markers", "expects_log(part): a warning with this text may be logged")


# ------------------------------------------------------------------ skips under CI


def pytest_terminal_summary(terminalreporter) -> None:
    unlisted = _unlisted_skips(terminalreporter)
    if unlisted:
        terminalreporter.section("skips that are not in tests/allowed_skips.txt")
        for line in unlisted:
            terminalreporter.line(line)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and _unlisted_skips(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _unlisted_skips(reporter) -> list[str]:
    allowed = [
        line for line in (HERE / "allowed_skips.txt").read_text().splitlines() if line and not line.startswith("#")
    ]
    skipped = reporter.stats.get("skipped", [])
    return [
        f"{report.nodeid}: {report.longrepr[2]}"
        for report in skipped
        if not any(reason in str(report.longrepr) for reason in allowed)
    ]
