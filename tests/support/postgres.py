"""A PostgreSQL server for the tests, on a free port of this machine; it ends with them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL programs, or None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of a server that runs until the context ends.

    Its data is not in pytest's temporary folder, because each run of pytest makes that folder private to its user.
    """
    with tempfile.TemporaryDirectory(prefix="opticom-postgres-", ignore_cleanup_errors=True) as folder:
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[str]:
    bin_folder = programs()
    assert bin_folder is not None
    data = folder / "data"
    data.mkdir()
    # PostgreSQL does not run as root.
    user = "postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    if user:
        shutil.chown(data, user)
        folder.chmod(0o711)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": user}
    initdb = [bin_folder / "initdb", "-D", data, "-U", "tests", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
    subprocess.run(initdb, check=True, cwd="/", **quiet)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    server = subprocess.Popen([bin_folder / "postgres", "-D", data, "-p", str(port), *settings], cwd="/", **quiet)
    address = f"postgresql://tests@127.0.0.1:{port}/postgres"
    try:
        deadline_s = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(address, connect_timeout=2).close()
                break
            except psycopg.OperationalError:
                assert server.poll() is None, "PostgreSQL ended at once"
                assert time.monotonic() < deadline_s, "PostgreSQL is not responding"
                time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(20)
