"""Unusual environments: one sentence with the real cause and the right exit status, for a command and the window."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.errors import StoreFullError
from console.store.lock import StoreLock
from tests.e2e.test_commands import ROOT, run

_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this")


def as_nobody(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user without a passwd entry and without HOME."""
    environment = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    code = (
        "import pwd, sys\n"
        "def nobody(_number): raise KeyError\n"
        "pwd.getpwuid = nobody\n"
        "from console.__main__ import main\n"
        "sys.exit(main())"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"},
    )


@_LINUX
def test_a_user_without_a_home_gets_help_and_one_sentence() -> None:
    shown = as_nobody("--help")
    assert shown.returncode == 0, shown.stderr
    assert "usage:" in shown.stdout
    assert "has no home folder" in shown.stdout
    done = as_nobody("show", "CU-1")
    assert done.returncode == 2, done.stderr
    assert done.stderr == "This user has no home folder. Set HOME to one.\n"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PYTHON_KEYRING_BACKEND": "nothing.at.All"}, "keyring can't be used"),
        ({"XDG_DATA_HOME": "/tmp/" + "a" * 200 + "/" + "b" * 200 + "/" + "c" * 100}, "has 5"),
    ],
)
def test_what_keeps_the_store_from_opening_is_named(tmp_path: Path, environment: dict[str, str], message: str) -> None:
    (tmp_path / "ids").write_text("CU-1\n", encoding="utf-8")
    own = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = run("prime", "--demo", str(tmp_path / "ids"), environment={**own, **environment})
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_that_is_no_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreFullError, match="not text"):
        StoreLock(Path(f"{tmp_path}/\udcff/desk.lock"))


@_LINUX
@pytest.mark.parametrize("stream", [">/dev/full", ">&-", "2>/dev/full", "2>&-"])
def test_output_that_cannot_be_written_is_no_failed_command(stream: str, tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m console show CU-1 --config "{tmp_path}/none.toml" {stream}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@_LINUX
def test_too_few_files_are_said_and_not_taken_for_a_system_that_is_down() -> None:
    command = f'ulimit -n 24; "{sys.executable}" -m console show CU-1 --demo'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == "This process may open only 24 files at once; the console needs 128. Raise ulimit -n.\n"


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_a_terminal_that_goes_ends_the_window_in_order(tmp_path: Path) -> None:
    own = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("DATA", "STATE", "CACHE", "CONFIG")}
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **own}
    with subprocess.Popen(
        [sys.executable, "-m", "console"], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    ) as console:
        assert console.stderr is not None
        assert b"no configuration" in console.stderr.readline()
        console.send_signal(signal.SIGHUP)
        assert console.wait(20) == 2
