"""Who signs in, and how."""

from datetime import timedelta

from console.http.oidc import open_provider
from console.services.access.sign_in import SignIn
from console.settings.sign_in import SignInSettings
from console.system.clock import SystemClock


def compose_sign_in(settings: SignInSettings) -> SignIn:
    """Return who signs in, and how. Loads certificates, so not on the window's thread."""
    clock = SystemClock()
    return SignIn(
        open_provider(settings, clock),
        issuer=settings.issuer,
        claim=settings.claim,
        roles=settings.roles,
        offline_for=timedelta(hours=settings.offline_hours),
        clock=clock,
    )
