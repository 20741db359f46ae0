"""Files on the disk are readable by their user only, with any creator and at any time."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.errors import StoreError
from console.private_files import close_folder, private_file, private_folder, write_private
from console.store.database import open_database
from console.store.recovery import confirm_code, wrap_key

KEY = bytes(range(32))
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, which mkdir sets by itself")


@pytest.fixture(autouse=True)
def lax() -> object:
    """Set a umask that makes everything readable to everybody, as on most systems."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """Return the paths that another user could read or enter."""
    return [str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_a_store_and_its_recovery_file_are_their_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "stores" / "mine"
    database = open_database(folder / "desk.store", KEY)
    database.write_now(lambda connection: connection.execute("INSERT INTO store_state VALUES ('a', 'b')"))
    wrap_key(folder, KEY, "correct horse")
    confirm_code(folder)
    assert {"desk.store", "desk.store-wal", "desk.lock", "desk.commits", "recovery.key"} <= {
        path.name for path in folder.iterdir()
    }
    assert open_to_others(folder) == []
    database.close()


def test_modes_that_were_too_wide_are_corrected_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    open_database(folder / "desk.store", KEY).close()
    (folder / "set-aside").mkdir(mode=0o755)
    (folder / "set-aside" / "desk.store").write_bytes(b"old")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)

    open_database(folder / "desk.store", KEY).close()

    assert open_to_others(folder) == []


def test_the_log_is_its_users_alone(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir(mode=0o755)
    (tmp_path / "log" / "console.log").write_text("earlier\n", encoding="utf-8")
    (tmp_path / "log" / "console.log.1").write_text("earlier\n", encoding="utf-8")
    program = (
        "import logging, sys; from pathlib import Path; from console.system import logs;"
        "logs.log_folder = lambda: Path(sys.argv[1]); logs.start_logging(); logging.getLogger('console').info('hello')"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "log")], check=True, timeout=60)
    assert "hello" in (tmp_path / "log" / "console.log").read_text(encoding="utf-8")
    assert open_to_others(tmp_path / "log") == []


@pytest.mark.parametrize("name", ["desk.store", "desk.lock"])
def test_a_link_in_the_place_of_a_stores_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = private_folder(tmp_path / "mine")
    target = tmp_path / "somebody-elses"
    target.write_bytes(b"")
    (folder / name).symlink_to(target)
    with pytest.raises(StoreError, match="a link is in its place"):
        open_database(folder / "desk.store", KEY)
    assert target.read_bytes() == b""


def test_a_link_in_the_place_of_a_folder_or_token_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="a link is in its place"):
        private_folder(tmp_path / "link")
    (tmp_path / "token").symlink_to(tmp_path / "elsewhere" / "token")
    with pytest.raises(OSError, match="a link is in its place"):
        write_private(tmp_path / "token", "secret")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_closing_a_folder_follows_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("shared", encoding="utf-8")
    outside.chmod(0o644)
    folder = private_folder(tmp_path / "mine")
    (folder / "link").symlink_to(outside)
    close_folder(folder)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_a_private_file_keeps_what_it_held(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("held", encoding="utf-8")
    assert private_file(tmp_path / "kept").read_text(encoding="utf-8") == "held"
