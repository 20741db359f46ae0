"""Checks every package of the release for known advisories, with pip-audit; needs the network.

    python3 -m pip --python .venv/bin/python install --require-hashes -r requirements/audit.txt     (once)
    .venv/bin/python -m scripts.advisories

Exit status 0: none is known. 1: some are known; each is printed. 2: not every package could be checked. pip-audit
itself reports that case as "none".
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements" / "runtime.txt"


def main() -> int:
    """Print the known advisories."""
    if importlib.util.find_spec("pip_audit") is None:
        print("pip-audit is not installed; the first lines of scripts/advisories.py say how.", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "pip_audit", "-r", str(_REQUIREMENTS), "--require-hashes", "--disable-pip"]
    done = subprocess.run([*command, "-f", "json"], capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print((done.stderr.strip() or "pip-audit gave no answer.").splitlines()[-1], file=sys.stderr)
        return 2
    for line in lines_of(found):
        print(line)
    return status_of(found)


def lines_of(found: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each advisory, then the number of packages checked."""
    for package in found:
        for one in package.get("vulns", ()):
            fixed = ", ".join(one.get("fix_versions") or ()) or "no version yet"
            yield f"{package['name']} {package['version']}: {one['id']}, mended in {fixed}"
    unasked = [package["name"] for package in found if "skip_reason" in package]
    yield f"{len(found) - len(unasked)} of {len(found)} packages asked about"
    if unasked:
        yield f"not asked about: {', '.join(unasked)}"


def status_of(found: list[Mapping[str, Any]]) -> int:
    """Return the exit status for pip-audit's output."""
    if any(package.get("vulns") for package in found):
        return 1
    return 2 if not found or any("skip_reason" in package for package in found) else 0


if __name__ == "__main__":
    sys.exit(main())
