"""An identifier of this installation: the console of one user on one computer."""

import re
import secrets

from console.errors import ConfigurationError
from console.private_files import private_folder, write_private
from console.user_folders import data_folder

_NAME = re.compile(r"[0-9a-f]{16}")


def installation_id() -> str:
    """Return the identifier, created at the first start; empty if it can neither be read nor saved. Blocks."""
    try:
        path = data_folder() / "installation"
        try:
            known = path.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            known = ""
        if _NAME.fullmatch(known):
            return known
        made = secrets.token_hex(8)
        write_private(private_folder(path.parent) / path.name, made)
    except (OSError, ConfigurationError):
        return ""
    return made
