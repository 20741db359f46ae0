"""Prints the licence of every package in the release; exit status 1 if a licence is not known to allow that.

    .venv/bin/python -m scripts.licences

Reads the packages installed here, by requirements/runtime.txt. `scripts.advisories` checks for known advisories.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

_REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements" / "runtime.txt"
# Also LGPL 3 for Qt, which is linked dynamically and can be replaced.
_ALLOWED = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|MPL|Mozilla|ISC|Zlib|Unlicense|0BSD|LGPL|"
    r"Lesser General Public|public domain|any-OSI",
    re.IGNORECASE,
)
# Licences from the package's own documents, where its metadata is not enough.
_BY_ITS_DOCUMENTS = {"apsw-sqlite3mc": "any-OSI"}


def licence_of(found: Distribution) -> str:
    """Return a package's licence: the expression, the classifiers, or else the first line of the field."""
    message = found.metadata
    if message.get("License-Expression"):
        return str(message["License-Expression"])
    classifiers = [
        line.rpartition(" :: ")[2] for line in message.get_all("Classifier") or [] if line.startswith("License")
    ]
    if classifiers:
        return ", ".join(classifiers)
    return str(message.get("License") or "not said").strip().splitlines()[0]


def main() -> int:
    """Print a line for each package."""
    unknown = 0
    for name in re.findall(r"^([A-Za-z0-9._-]+)==", _REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            print(f"{name:<28}{'':<12}not for this system")
            continue
        licence = _BY_ITS_DOCUMENTS.get(name) or licence_of(found)
        allowed = bool(_ALLOWED.search(licence))
        unknown += not allowed
        print(f"{name:<28}{found.version:<12}{licence}{'' if allowed else '   NOT ON THE LIST'}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
