"""The last known end of the audit, in a file beside the store's folder, not in it.

Restoring an older copy of the folder does not restore this file, so the next start finds that entries are missing.
"""

import json
import logging
from pathlib import Path

from console.models.audit import ChainEnd
from console.private_files import write_private

_log = logging.getLogger(__name__)


class HeadAnchor:
    """The end of one chain, of one store."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def beside(cls, folder: Path) -> "HeadAnchor":
        """Return the anchor of the store in a folder."""
        return cls(folder.with_name(f"{folder.name}.head"))

    def load(self) -> ChainEnd | None:
        """Return the last known end, or None if there is none or the file cannot be read."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return ChainEnd(str(found["chain"]), int(found["seq"]), str(found["head"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("the end of the audit that was seen last cannot be read: %s", type(error).__name__)
            return None

    def save(self, end: ChainEnd) -> None:
        """Replace the saved end. If the file cannot be written, the old end stays."""
        half = self._path.with_name(f"{self._path.name}.part")
        try:
            write_private(half, json.dumps({"chain": end.chain, "seq": end.seq, "head": end.head}))
            half.replace(self._path)
        except OSError as error:
            _log.warning("the end of the audit cannot be noted: %s", error.strerror)
