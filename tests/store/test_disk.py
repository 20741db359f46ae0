"""A disk that fails under the store: a few of the calls and bit flips that `bench disk` tests one by one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
def test_nothing_is_lost_comes_back_or_is_kept_from_anybody_when_the_disk_fails() -> None:
    environment = {**os.environ, "OPTICOM_DISK_EVERY": "13", "OPTICOM_DISK_FLIPS": "40"}
    command = [sys.executable, "-m", "benchmarks", "disk"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
