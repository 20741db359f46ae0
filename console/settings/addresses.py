"""Checks of web addresses in settings: whether they are valid, and whether secrets may be sent to them."""

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_address(text: str) -> bool:
    """Return whether a text is a web address with a host, a usable port if any, and nothing around or within it.

    Python's parser drops blanks and control characters. Other programs that read the address may not.
    """
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_safe_address(address: str) -> bool:
    """Return whether a text is a web address with https, or with http on this computer."""
    if not is_address(address):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def reference_problem(setting: str, reference: str | None) -> list[str]:
    """Return the problems of a reference to a secret, as phrases that begin with the setting's name."""
    scheme, _, rest = (reference or "").partition(":")
    if not reference or (scheme in {"store", "keyring", "env", "file"} and rest):
        return []
    return [f"{setting} must be store:NAME, keyring:SERVICE/NAME, env:NAME or file:PATH"]
