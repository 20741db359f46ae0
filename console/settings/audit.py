"""Where audit entries are sent, so that they outlive this computer."""

import msgspec

from console.settings.addresses import is_address, is_safe_address, reference_problem


class AuditSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The collector of the audit: a `file`, such as on an append-only share, or a `url` that accepts entries by POST.

    `secret` refers to the token for the address. Without a collector the audit is only on this computer, and removing
    its end cannot be detected. With `required`, no account is shown and no action is done while the audit cannot be
    written.
    """

    file: str | None = None
    url: str | None = None
    secret: str | None = None
    required: bool = False


def audit_problems(settings: AuditSettings) -> list[str]:
    """Return the problems of the settings, as phrases that follow the file's name."""
    if settings.file and settings.url:
        return ["audit takes a file or a url, not both"]
    if settings.url and not (is_address(settings.url) and is_safe_address(settings.url)):
        return ["audit.url must begin with https; plain http works on this computer only"]
    return reference_problem("audit.secret", settings.secret)
