"""The store's key: 32 random bytes, saved only in the operating system's keyring and never unencrypted elsewhere."""

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from console.errors import StoreKeyError

_log = logging.getLogger(__name__)
_SERVICE = "opticom-console"
# Seconds. A keyring may ask its user for a password; a broken one never replies.
_PATIENCE_S = 8.0
# Keyring backends that save secrets unencrypted.
_PLAIN = frozenset({"PlaintextKeyring", "RegistryKeyring"})

T = TypeVar("T")


class NoKeyringError(StoreKeyError):
    """This computer has no usable keyring."""


class Keyring:
    """The keyring entry of one profile's store. A keyring that never replies does not block the program or its end."""

    def __init__(self, profile: str) -> None:
        self._profile = profile

    async def find(self) -> bytes | None:
        """Return the key, or None if the keyring has none. May take 0.3 s.

        Raises:
            NoKeyringError: No keyring was found, or it does not reply.
        """
        return await self._within(lambda: _find(self._profile))

    async def make(self) -> bytes:
        """Return a new key, saved in the keyring. Raises as `find`; then nothing was saved."""
        key = secrets.token_bytes(32)
        await self.keep(key)
        return key

    async def keep(self, key: bytes) -> None:
        """Save a key in the keyring, in place of this profile's old one. Raises as `find`."""
        await self._within(lambda: _keep(self._profile, key))

    async def forget(self) -> None:
        """Delete the key from the keyring. Then only the recovery code opens the store. Raises as `find`."""
        await self._within(lambda: _forget(self._profile))

    async def _within(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, error: Exception | None) -> None:
            if done.done():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(result)  # type: ignore[arg-type] # one of the two is given

        def run() -> None:
            result, failure = None, None
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - passed on to the caller
                failure = error
            with contextlib.suppress(RuntimeError):  # the event loop has ended meanwhile
                loop.call_soon_threadsafe(tell, result, failure)

        # A daemon thread: the threads of a pool would keep the process running until the keyring replies.
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.shield(done), _PATIENCE_S)
        except TimeoutError as error:
            done.cancel()
            raise NoKeyringError(
                f"This computer's keyring{_name()} is not responding, so the store's key can't be read."
            ) from error


def _find(profile: str) -> bytes | None:
    import keyring  # noqa: PLC0415 - looks for every backend, which takes up to 0.3 s
    from keyring.errors import KeyringError  # noqa: PLC0415 - see above

    try:
        _refuse_plain(keyring.get_keyring())
        text = keyring.get_password(_SERVICE, profile)
    except NoKeyringError:
        raise
    except (KeyringError, RuntimeError, OSError) as error:
        raise NoKeyringError(_NO_KEYRING) from error
    except Exception as error:  # such as a backend that does not exist, or a damaged keyringrc.cfg
        raise NoKeyringError(_unusable(error)) from error
    if text is None:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        _log.warning("the keyring's entry for the store is not a key")
        return None
    return key


def _keep(profile: str, key: bytes) -> None:
    import keyring  # noqa: PLC0415 - see above
    from keyring.errors import KeyringError  # noqa: PLC0415 - see above

    try:
        _refuse_plain(keyring.get_keyring())
        keyring.set_password(_SERVICE, profile, key.hex())
        is_kept = keyring.get_password(_SERVICE, profile) == key.hex()
    except NoKeyringError:
        raise
    except (KeyringError, RuntimeError, OSError) as error:
        raise NoKeyringError(_NO_KEYRING) from error
    except Exception as error:  # as above
        raise NoKeyringError(_unusable(error)) from error
    if not is_kept:
        raise NoKeyringError(_NO_KEYRING)


def _forget(profile: str) -> None:
    import keyring  # noqa: PLC0415 - see above
    from keyring.errors import KeyringError  # noqa: PLC0415 - see above

    try:
        if keyring.get_password(_SERVICE, profile) is not None:
            keyring.delete_password(_SERVICE, profile)
    except (KeyringError, RuntimeError, OSError) as error:
        raise NoKeyringError(_NO_KEYRING) from error


def _refuse_plain(backend: object) -> None:
    """Reject a keyring that saves secrets unencrypted. In a chain of backends the first one saves them.

    Source: keyrings.alt 5, with the unencrypted backend PlaintextKeyring, and Windows' RegistryKeyring.
    """
    chained = list(getattr(backend, "backends", ()) or ())
    chosen = type(chained[0] if chained else backend)
    if any(one.__name__ in _PLAIN for one in chosen.__mro__):
        raise NoKeyringError(
            f"This computer's keyring ({chosen.__name__}) saves secrets unencrypted, so it is not used. "
            "Choose another with PYTHON_KEYRING_BACKEND or keyringrc.cfg."
        )


def _unusable(error: Exception) -> str:
    words = " ".join(str(error).split())[:200]
    return f"This computer's keyring can't be used ({type(error).__name__}: {words}), so the store has no key."


def _name() -> str:
    """Return the name of the keyring backend in brackets, or an empty text if it is not known yet."""
    import sys  # noqa: PLC0415 - for this message only

    core = sys.modules.get("keyring.core")
    backend = getattr(core, "_keyring_backend", None)
    return f" ({type(backend).__module__.rpartition('.')[2]})" if backend is not None else ""


_NO_KEYRING = "This computer has no keyring for the store's key."
