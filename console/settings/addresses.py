"""Web addresses in settings: whether they are some, and safe to send secrets to."""

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_address(text: str) -> bool:
    """Return whether a text is a web address with a host and, if any, a usable port, and nothing around or within it.

    Python's own reading drops blanks and control characters, which others who read the address may not.
    """
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_safe_address(address: str) -> bool:
    """Return whether a text is a web address that is encrypted, or on this machine."""
    if not is_address(address):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def reference_problem(setting: str, reference: str | None) -> list[str]:
    """Return what is wrong with where a secret is said to lie, in words that begin with the setting's name."""
    scheme, _, rest = (reference or "").partition(":")
    if not reference or (scheme in {"store", "keyring", "env", "file"} and rest):
        return []
    return [f"{setting} must say where the secret lies: store:NAME, keyring:SERVICE/NAME, env:NAME or file:PATH"]
