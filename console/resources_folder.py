"""The folder of the files under resources/: inside the package once installed, beside it in a checkout."""

from pathlib import Path

_INSIDE = Path(__file__).parent / "resources"
RESOURCES = _INSIDE if _INSIDE.is_dir() else Path(__file__).parent.parent / "resources"
