"""The log names the failure and its place in the code, and contains no customer data."""

import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from console.errors import ConsoleError
from console.system.logs import FORMAT, PrivateFormatter, start_logging


def fail(error: Exception, cause: Exception | None = None) -> None:
    raise error from cause


def logged(error: Exception, cause: Exception | None = None) -> str:
    with pytest.raises(type(error)) as raised:
        fail(error, cause)
    assert raised.tb is not None
    what = (raised.type, raised.value, raised.tb)
    record = logging.LogRecord("console", logging.ERROR, __file__, 1, "unhandled in %s", ("a slot",), what)
    return PrivateFormatter(FORMAT).format(record)


def test_an_error_is_named_with_its_place_and_without_its_words() -> None:
    name = "Anna Wellenreiter"
    text = logged(KeyError(name))
    assert "unhandled in a slot" in text
    assert "KeyError" in text
    assert "test_logs.py" in text
    assert "Wellenreiter" not in text


def test_what_an_error_came_from_is_named_too() -> None:
    name, number = "Anna Wellenreiter", "+1 937 555 0142"
    text = logged(ConsoleError(f"{name} is not known."), ValueError(number))
    assert text.index("ConsoleError") < text.index("ValueError")
    assert "555" not in text
    assert "Wellenreiter" not in text


@pytest.fixture
def log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a log folder for this test only; log handlers that the test adds are removed."""
    monkeypatch.setattr("console.system.logs.log_folder", lambda: tmp_path)
    root = logging.getLogger()
    before = [handler for handler in root.handlers if isinstance(handler, RotatingFileHandler)]
    for handler in before:  # of another test's console
        root.removeHandler(handler)
    others = list(root.handlers)
    yield tmp_path
    for handler in set(root.handlers) - set(others):
        root.removeHandler(handler)
        handler.close()
    for handler in before:
        root.addHandler(handler)


def test_logging_that_is_started_again_writes_each_line_once(log_folder: Path) -> None:
    for _ in range(3):
        start_logging()
    logging.getLogger("console").info("said once")
    assert (log_folder / "console.log").read_text(encoding="utf-8").count("said once") == 1


def test_processes_that_write_one_log_lose_no_line_when_it_is_full(log_folder: Path) -> None:
    program = (
        "import logging, sys; from pathlib import Path; from console.system import logs;"
        "logs._BYTES = 20_000; logs._KEPT = 60; logs.log_folder = lambda: Path(sys.argv[1]); logs.start_logging();"
        "[logging.getLogger('console').info('%s line %d', sys.argv[2], n) for n in range(800)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(log_folder), name]) for name in ("one", "two")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    lines = "".join(path.read_text(encoding="utf-8") for path in log_folder.glob("console.log*"))
    said = Counter(line.partition("console: ")[2] for line in lines.splitlines())
    assert [(name, n) for name in ("one", "two") for n in range(800) if said[f"{name} line {n}"] != 1] == []
