"""Composes the sign-in of a person."""

from datetime import timedelta

from console.http.oidc import open_provider
from console.services.access.sign_in import SignIn
from console.settings.sign_in import SignInSettings
from console.system.clock import SystemClock


def compose_sign_in(settings: SignInSettings) -> SignIn:
    """Return the sign-in. Loads certificates, which is slow: do not call it on the GUI thread."""
    clock = SystemClock()
    return SignIn(
        open_provider(settings, clock),
        issuer=settings.issuer,
        claim=settings.claim,
        roles=settings.roles,
        offline_for=timedelta(hours=settings.offline_hours),
        clock=clock,
    )
