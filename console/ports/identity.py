"""Ports for sign-in: the identity provider, the access tokens of the signed-in person, and saved secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """The provider's response to one sign-in or renewal.

    `claims` are the checked claims of the ID token; empty if a renewal returns no ID token. `refresh_token` is None if
    the provider sends none or the previous one stays valid. `lasts_s` is the lifetime of the access token in seconds.
    `id_token` is the unchanged ID token, used to end the provider's session; empty if the provider sent none.
    """

    access_token: str
    lasts_s: float
    refresh_token: str | None
    claims: Mapping[str, Any]
    id_token: str = ""


class Attempt(Protocol):
    """One sign-in in progress: open `address` in the browser, then `wait` returns the result."""

    @property
    def address(self) -> str:
        """The address where the person signs in."""

    async def wait(self) -> TokenGrant:
        """Return the tokens after the person has signed in.

        Raises:
            SignInRejectedError: The provider or the person declined, or the response cannot be trusted.
            SignInUnreachableError: The provider does not respond, or the sign-in timed out after some minutes.
        """

    async def aclose(self) -> None:
        """Stop waiting and ignore any later response."""


class IdentityProvider(Protocol):
    """An OpenID Connect provider. Every call may raise the errors of `Attempt.wait`."""

    async def begin(self, *, prove: bool = False) -> Attempt:
        """Start a sign-in in the system's browser.

        With `prove` the person must authenticate again now, for example with their password. An existing browser
        session is not enough, and the response must include the authentication time.
        """

    async def renew(self, refresh_token: str, *, subject: str) -> TokenGrant:
        """Return a new access token for the same person."""

    async def end_session_address(self, id_token: str) -> str | None:
        """Return the address that ends the browser's session at the provider, None if that is not offered."""

    async def revoke(self, refresh_token: str) -> None:
        """Revoke a refresh token at the provider, if it supports that."""

    async def aclose(self) -> None:
        """Close every connection."""


class AccessTokens(Protocol):
    """The access token of the signed-in person."""

    async def access_token(self) -> str:
        """Return a valid access token; renew it first if it has expired.

        Raises:
            SignInRejectedError: The person must sign in again.
            SignInUnreachableError: The token has expired, and the provider does not respond.
        """

    def rejected(self, token: str) -> None:
        """Report that a system rejected a token, so that the next request gets a new one."""


class SecretStore(Protocol):
    """Secrets saved in the encrypted store. Every call raises StoreError if the store cannot be used."""

    async def load(self, name: str) -> str | None:
        """Return a secret, or None if there is none with this name."""

    async def save(self, name: str, secret: str) -> None:
        """Save a secret and replace the previous one. It is on disk when this returns."""

    async def forget(self, name: str) -> None:
        """Delete a secret."""
