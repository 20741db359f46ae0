"""Where the audit goes, so that it outlives this machine."""

import msgspec

from console.settings.addresses import is_address, is_safe_address, reference_problem


class AuditSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Collectors of the audit: a `file`, such as on a share that only grows, or an address that takes entries by POST.

    `secret` refers to where the token for the address lies. With neither the audit stays on this computer alone, where
    cutting off its end cannot be found. Where it is `required`, nothing is shown of an account and nothing is done
    while it cannot be written.
    """

    file: str | None = None
    url: str | None = None
    secret: str | None = None
    required: bool = False


def audit_problems(settings: AuditSettings) -> list[str]:
    """Return what is wrong with the settings, each in words that follow the file's name."""
    if settings.file and settings.url:
        return ["audit takes a file or a url, not both"]
    if settings.url and not (is_address(settings.url) and is_safe_address(settings.url)):
        return ["audit.url must begin with https; plain http is for this machine alone"]
    return reference_problem("audit.secret", settings.secret)
