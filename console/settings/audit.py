"""Where the audit goes, so that it outlives this machine."""

from urllib.parse import urlsplit

import msgspec


class AuditSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Collectors of the audit: a `file`, such as on a share that only grows, or an address that takes entries by POST.

    `secret` refers to where the token for the address lies. With neither the audit stays on this computer alone, where
    cutting off its end cannot be found.
    """

    file: str | None = None
    url: str | None = None
    secret: str | None = None


def audit_problems(settings: AuditSettings) -> list[str]:
    """Return what is wrong with the settings, each in words that follow the file's name."""
    if settings.file and settings.url:
        return ["audit takes a file or a url, not both"]
    if settings.url:
        parts = urlsplit(settings.url)
        local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            return ["audit.url must begin with https; plain http is for this machine alone"]
    return []
