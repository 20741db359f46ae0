"""What the services need of an identity provider, and what a system needs of whoever is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What a provider gives for one sign-in or renewal.

    `claims` are those of the ID token, checked; empty where a renewal brings none. `refresh_token` is None where the
    provider gives none, or keeps the one before. `lasts_s` is for how long the access token is good. `id_token` is as
    it came, to end the provider's own session with; empty where none came.
    """

    access_token: str
    lasts_s: float
    refresh_token: str | None
    claims: Mapping[str, Any]
    id_token: str = ""


class Attempt(Protocol):
    """One sign-in under way: the browser is to open `address`, then `wait` returns what came of it."""

    @property
    def address(self) -> str:
        """Where the person signs in."""

    async def wait(self) -> TokenGrant:
        """Return what the provider gives once the person has signed in.

        Raises:
            SignInRefusedError: The provider or the person declined, or what came back is not to be trusted.
            SignInUnreachableError: The provider does not answer, or nobody signed in for some minutes.
        """

    async def aclose(self) -> None:
        """Stop waiting; what comes in later is not listened to."""


class IdentityProvider(Protocol):
    """A provider by the OpenID Connect standard. Every call may raise the errors of `Attempt.wait`."""

    async def begin(self, *, prove: bool = False) -> Attempt:
        """Start a sign-in in the system's browser.

        With `prove` the person must type their password or the like now: a session that the browser still has is not
        enough, and what comes back must say when that was.
        """

    async def renew(self, refresh_token: str, *, subject: str) -> TokenGrant:
        """Return a new access token for the same person."""

    async def end_session_address(self, id_token: str) -> str | None:
        """Return where the browser ends its own session with the provider, None where that is not offered."""

    async def revoke(self, refresh_token: str) -> None:
        """End a sign-in at the provider, where it offers that."""

    async def aclose(self) -> None:
        """Close every connection."""


class AccessTokens(Protocol):
    """The access token of whoever is signed in."""

    async def access_token(self) -> str:
        """Return one that is good now, renewed where it has ended.

        Raises:
            SignInRefusedError: The person must sign in again.
            SignInUnreachableError: It has ended, and the provider does not answer.
        """

    def rejected(self, token: str) -> None:
        """Say that a system did not take a token, so that another is fetched for the next request."""


class SecretStore(Protocol):
    """Secrets that outlive the program, in the encrypted store. Every call raises StoreError where that cannot be."""

    async def load(self, name: str) -> str | None:
        """Return a secret, or None."""

    async def save(self, name: str, secret: str) -> None:
        """Keep a secret in place of the one before; once this has returned it is on the disk."""

    async def forget(self, name: str) -> None:
        """Erase a secret."""
