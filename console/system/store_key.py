"""The store's key: 32 random bytes, kept in the operating system's keyring and nowhere else in clear."""

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from console.errors import StoreKeyError

_log = logging.getLogger(__name__)
_SERVICE = "opticom-console"


@dataclass(frozen=True, slots=True)
class StoreKey:
    """A key that opens the store, and where it is from: `keyring`, or `new` at the first start."""

    key: bytes
    source: str


class NoKeyringError(StoreKeyError):
    """This computer has no keyring that can be used."""


def find_key(store: Path, profile: str) -> StoreKey:
    """Return the key of a profile's store, made and kept in the keyring at the first start. May take 0.3 s.

    `store` is the store's file.

    Raises:
        NoKeyringError: There is no keyring; nothing is written in its place.
        StoreKeyError: There is a store already, but the keyring has no key for it.
    """
    known = _from_keyring(profile)
    if known is not None:
        return StoreKey(known, "keyring")
    if store.exists():
        raise StoreKeyError(
            "This computer's keyring no longer has the key of the desk's store. Your recovery code opens it."
        )
    key = secrets.token_bytes(32)
    keep_in_keyring(profile, key)
    return StoreKey(key, "new")


def keep_in_keyring(profile: str, key: bytes) -> None:
    """Put a key into the keyring, in place of any other of this profile.

    Raises:
        NoKeyringError: It cannot be kept there.
    """
    import keyring  # noqa: PLC0415 - looks for every back end, which takes up to 0.3 s
    from keyring.errors import KeyringError  # noqa: PLC0415 - see above

    try:
        keyring.set_password(_SERVICE, profile, key.hex())
        if keyring.get_password(_SERVICE, profile) != key.hex():
            raise NoKeyringError(_NO_KEYRING)
    except (KeyringError, RuntimeError, OSError) as error:
        raise NoKeyringError(_NO_KEYRING) from error


def _from_keyring(profile: str) -> bytes | None:
    import keyring  # noqa: PLC0415 - see above
    from keyring.errors import KeyringError  # noqa: PLC0415 - see above

    try:
        text = keyring.get_password(_SERVICE, profile)
    except (KeyringError, RuntimeError, OSError) as error:
        raise NoKeyringError(_NO_KEYRING) from error
    if text is None:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        _log.warning("the keyring's entry for the store is no key")
        return None
    return key


_NO_KEYRING = "This computer has no keyring to hold the key of the desk's store."
