"""Sign-in at an identity provider by OpenID Connect, in the system's browser."""

from console.http.oidc.provider import OidcProvider, open_provider

__all__ = ["OidcProvider", "open_provider"]
