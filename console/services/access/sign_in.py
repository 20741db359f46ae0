"""Sign-in of the console's user, and the access token that proves it to the systems."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec

from console.errors import SignInRejectedError, SignInUnreachableError, StoreError
from console.messages import access as say
from console.models.person import Person
from console.ports.clock import Clock
from console.ports.identity import Attempt, IdentityProvider, SecretStore, TokenGrant
from console.services.system.subscribers import Subscribers

__all__ = ["Attempt", "SignIn", "SignInState", "TokenGrant"]

_log = logging.getLogger(__name__)

# Seconds before its expiry when an access token is renewed; half its lifetime if that is shorter.
_RENEWED_BEFORE_S = 30.0
_SAVED_AS, _LOCKED = "sign-in", "locked"


class _SavedSignIn(msgspec.Struct, frozen=True):
    """The part of a sign-in that is saved for the next start; the access token is not."""

    issuer: str
    subject: str
    name: str
    role: str
    refresh_token: str | None
    confirmed_at: datetime


class SignInState(Enum):
    """Whether a user is signed in."""

    SIGNED_OUT = "signed out"
    SIGNED_IN = "signed in"
    OFFLINE = "signed in without the sign-in service"
    ENDED = "must sign in again"


class SignIn:
    """Sign-in of one user at one console. Implements the port `AccessTokens`.

    `roles` maps the provider's role names to the console's; the first match counts. `claim` is the path to the role
    names in the ID token's claims. Without the provider, a saved user may work for `offline_for` after the provider's
    last confirmation.

    Source: OpenID Connect Core 1.0 (claims `sub`, `name`, `preferred_username`, `email`).
    """

    def __init__(
        self,
        provider: IdentityProvider,
        *,
        issuer: str,
        claim: str,
        roles: Mapping[str, str],
        offline_for: timedelta,
        clock: Clock,
    ) -> None:
        self._provider, self._issuer, self._clock = provider, issuer, clock
        self._claim, self._roles, self._offline_for = claim, roles, offline_for
        self._store: SecretStore | None = None
        self._access_token: str | None = None
        self._good_until_s = 0.0
        self._refresh_token: str | None = None
        self._confirmed_at: datetime | None = None
        self._renewing = asyncio.Lock()
        self._subscribers: Subscribers[[SignInState]] = Subscribers()
        self._id_token = ""
        self._must_prove = False
        self.is_unkept = False
        self.unkept: Subscribers[[str]] = Subscribers()
        self.person: Person | None = None
        self.state = SignInState.SIGNED_OUT

    def subscribe(self, on_change: Callable[[SignInState], None]) -> Callable[[], None]:
        """Call back with each new state; return a function that unsubscribes."""
        return self._subscribers.add(on_change)

    # ------------------------------------------------------------------ signing in and out

    def demand_proof(self) -> None:
        """Make the next sign-in ask for a password or the like; an open browser session is not enough."""
        self._must_prove = True

    async def begin(self) -> Attempt:
        """Start a sign-in; pass the result of its `wait` to `finish`."""
        return await self._provider.begin(prove=self._must_prove)

    async def finish(self, grant: TokenGrant) -> Person:
        """Finish a sign-in and return the person. Signing in again must give the same person.

        Raises:
            SignInRejectedError: They have no role at this console, their role changed, or another person is signed in
                here.
        """
        person = self._person_of(grant.claims)
        if self.person is not None and (person.issuer, person.subject) != (self.person.issuer, self.person.subject):
            raise SignInRejectedError(say.OPEN_FOR_ANOTHER_PERSON(here=self.person.name, signed_in=person.name))
        if self.person is not None and self.state is not SignInState.SIGNED_OUT:
            self._check_role(person)
        self.person = person
        await self._take(grant)
        self._must_prove = False
        return person

    async def restore(self, store: SecretStore) -> Person | None:
        """Return the person who was signed in when the program ended, or None if a new sign-in is needed.

        The provider must confirm them now, or have done so within `offline_for`.

        Raises:
            SignInUnreachableError: The provider does not respond, and `offline_for` is over.
        """
        saved = await self._load(store)
        if saved is None or saved.issuer != self._issuer or await store.load(_LOCKED):
            return None
        person = Person(saved.issuer, saved.subject, saved.name, saved.role)
        self._store, self.person = store, person
        self._refresh_token, self._confirmed_at = saved.refresh_token, saved.confirmed_at
        try:
            await self.access_token()
        except SignInRejectedError:
            self.person, self._refresh_token, self._store = None, None, None
            self._set(SignInState.SIGNED_OUT)
            return None
        except SignInUnreachableError:
            if self._clock.now() - saved.confirmed_at >= self._offline_for:
                self.person, self._store = None, None
                raise
            self._set(SignInState.OFFLINE)
        return self.person

    async def keep_in(self, store: SecretStore) -> None:
        """Save the sign-in in the person's store, so that the next start needs no browser."""
        self._store = store
        await self.note_locked(locked=False)
        await self._save()

    async def note_locked(self, *, locked: bool) -> None:
        """Save whether the console is locked; one that was closed while locked needs a new sign-in."""
        if self._store is None:
            return
        if locked:
            await self._store.save(_LOCKED, "yes")
        else:
            await self._store.forget(_LOCKED)

    async def sign_out(self) -> str | None:
        """End the sign-in here and at the provider; only here if the provider cannot be reached.

        Returns the address where the browser ends its own session with the provider, or None.
        """
        refresh_token, self._refresh_token = self._refresh_token, None
        self._access_token = None
        if self._store is not None:
            await self._store.forget(_SAVED_AS)
        self._set(SignInState.SIGNED_OUT)
        try:
            if refresh_token is not None:
                await self._provider.revoke(refresh_token)
            return await self._provider.end_session_address(self._id_token) if self._id_token else None
        except (SignInRejectedError, SignInUnreachableError) as error:
            _log.warning("the sign-in is ended here, but could not be revoked: %s", error)
            return None

    async def aclose(self) -> None:
        """Close the connections to the provider."""
        await self._provider.aclose()

    # ------------------------------------------------------------------ the token

    async def access_token(self) -> str:
        async with self._renewing:
            if self._access_token is not None and self._clock.monotonic_s() < self._good_until_s:
                if self.is_unkept:
                    await self._try_to_save()
                return self._access_token
            return await self._renew()

    def rejected(self, token: str) -> None:
        if token == self._access_token:
            self._access_token = None

    async def _renew(self) -> str:
        if self._refresh_token is None or self.person is None:
            self._end()
            raise SignInRejectedError(say.SIGN_IN_ENDED())
        try:
            grant = await self._provider.renew(self._refresh_token, subject=self.person.subject)
            self._take_person(grant.claims)
        except SignInRejectedError:
            self._refresh_token = None  # it is no longer valid
            self._end()
            raise
        await self._take(grant)
        return grant.access_token

    async def _take(self, grant: TokenGrant) -> None:
        """Save a new refresh token before the access token is used: the old refresh token may be invalid now."""
        if grant.refresh_token is not None:
            self._refresh_token = grant.refresh_token
        self._id_token = grant.id_token or self._id_token
        self._confirmed_at = self._clock.now()
        await self._try_to_save()
        self._access_token = grant.access_token
        pause_s = min(_RENEWED_BEFORE_S, grant.lasts_s / 2)
        self._good_until_s = self._clock.monotonic_s() + grant.lasts_s - pause_s
        self._set(SignInState.SIGNED_IN)

    def _end(self) -> None:
        self._access_token = None
        self._set(SignInState.ENDED)

    def _set(self, state: SignInState) -> None:
        if state is self.state:
            return
        self.state = state
        self._subscribers.notify(state)

    # ------------------------------------------------------------------ who it is

    def _take_person(self, claims: Mapping[str, Any]) -> None:
        """Take over the role from a renewal, if the renewal contains one; only before the console is open.

        Raises:
            SignInRejectedError: They no longer have a role here, or not the one that the open console uses.
        """
        if self._claimed(claims) is None:
            return
        person = self._person_of(claims)
        if self.state is not SignInState.SIGNED_OUT:
            self._check_role(person)
        self.person = person

    def _check_role(self, person: Person) -> None:
        if self.person is not None and person.role != self.person.role:
            raise SignInRejectedError(say.ROLE_CHANGED(role=person.role))

    def _claimed(self, claims: Mapping[str, Any]) -> Any:
        """Return the value of the claim with the roles; None if there is none."""
        value: Any = claims
        for name in self._claim.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _person_of(self, claims: Mapping[str, Any]) -> Person:
        value = self._claimed(claims)
        listed = set(map(str, value)) if isinstance(value, list) else set()
        given = {value} if isinstance(value, str) else listed
        role = next((role for theirs, role in self._roles.items() if theirs in given), None)
        name = next((str(claims[key]) for key in ("name", "preferred_username", "email") if claims.get(key)), "")
        subject = str(claims["sub"])
        if role is None:
            raise SignInRejectedError(say.NO_ROLE_HERE(person=name or subject))
        return Person(self._issuer, subject, name or subject, role)

    async def _load(self, store: SecretStore) -> _SavedSignIn | None:
        try:
            text = await store.load(_SAVED_AS)
            return msgspec.json.decode(text, type=_SavedSignIn) if text else None
        except (StoreError, msgspec.MsgspecError) as error:
            _log.warning("the kept sign-in cannot be used: %s", type(error).__name__)
            return None

    async def _try_to_save(self) -> None:
        """Save the sign-in; if that fails, continue with the one in memory: the systems still respond."""
        try:
            await self._save()
        except StoreError as error:
            if not self.is_unkept:
                _log.warning("the sign-in cannot be kept on this computer: %s", error)
                self.is_unkept = True
                self.unkept.notify(str(error))
        else:
            self.is_unkept = False

    async def _save(self) -> None:
        if self._store is None or self.person is None or self._confirmed_at is None:
            return
        person = self.person
        saved = _SavedSignIn(
            person.issuer, person.subject, person.name, person.role, self._refresh_token, self._confirmed_at
        )
        await self._store.save(_SAVED_AS, msgspec.json.encode(saved).decode())
