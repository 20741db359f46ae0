"""The store's key: 32 random bytes, kept in the operating system's keyring and nowhere else in clear."""

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
# A keyring asks its user for a password now and then; one that is broken never answers.
_PATIENCE_S = 8.0
_PLAIN = frozenset({"PlaintextKeyring", "RegistryKeyring"})

T = TypeVar("T")


class NoKeyringError(StoreKeyError):
    """This computer has no keyring that can be used."""


class Keyring:
    """The entry of one profile's store. Nothing waits for a keyring that does not answer, not even the end."""

    def __init__(self, profile: str) -> None:
        self._profile = profile

    async def find(self) -> bytes | None:
        """Return the key, None where there is none. May take 0.3 s.

        Raises:
            NoKeyringError: There is no keyring, or it does not answer.
        """
        return await self._within(lambda: _find(self._profile))

    async def make(self) -> bytes:
        """Return a new key that is kept in the keyring now. Raises as `find`; then nothing is written in its place."""
        key = secrets.token_bytes(32)
        await self.keep(key)
        return key

    async def keep(self, key: bytes) -> None:
        """Put a key into the keyring, in place of any other of this profile. Raises as `find`."""
        await self._within(lambda: _keep(self._profile, key))

    async def forget(self) -> None:
        """Take the key out of the keyring: nothing opens the store any more but its recovery code. Raises as `find`."""
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
            except Exception as error:  # noqa: BLE001 - whoever waits gets it
                failure = error
            with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
                loop.call_soon_threadsafe(tell, result, failure)

        # A daemon: the threads of a pool would hold the process until the keyring answers.
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.shield(done), _PATIENCE_S)
        except TimeoutError as error:
            done.cancel()
            raise NoKeyringError(
                f"This computer's keyring{_name()} does not answer, so the key of the desk's store cannot be read."
            ) from error


def _find(profile: str) -> bytes | None:
    import keyring  # noqa: PLC0415 - looks for every back end, which takes up to 0.3 s
    from keyring.errors import KeyringError  # noqa: PLC0415 - see above

    try:
        _refuse_plain(keyring.get_keyring())
        text = keyring.get_password(_SERVICE, profile)
    except NoKeyringError:
        raise
    except (KeyringError, RuntimeError, OSError) as error:
        raise NoKeyringError(_NO_KEYRING) from error
    except Exception as error:  # such as a back end that does not exist, or a damaged keyringrc.cfg
        raise NoKeyringError(_unusable(error)) from error
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
    """Refuse a keyring that writes secrets into a file as they are; of a chain its first decides where they go.

    Source: keyrings.alt 5, whose back ends without encryption are PlaintextKeyring, and Windows' RegistryKeyring.
    """
    chained = list(getattr(backend, "backends", ()) or ())
    chosen = type(chained[0] if chained else backend)
    if any(one.__name__ in _PLAIN for one in chosen.__mro__):
        raise NoKeyringError(
            f"This computer's keyring ({chosen.__name__}) keeps secrets unencrypted, so it gets no key. "
            "PYTHON_KEYRING_BACKEND or keyringrc.cfg chooses another."
        )


def _unusable(error: Exception) -> str:
    words = " ".join(str(error).split())[:200]
    return f"This computer's keyring cannot be used ({type(error).__name__}: {words}), so the desk's store has no key."


def _name() -> str:
    """Return which keyring it is, as far as that is known already, in brackets."""
    import sys  # noqa: PLC0415 - for this sentence alone

    core = sys.modules.get("keyring.core")
    backend = getattr(core, "_keyring_backend", None)
    return f" ({type(backend).__module__.rpartition('.')[2]})" if backend is not None else ""


_NO_KEYRING = "This computer has no keyring to hold the key of the desk's store."
