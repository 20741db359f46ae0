"""The settings of a deployment for signing in."""

from urllib.parse import urlsplit

import msgspec

from console.settings.addresses import is_address, is_safe_address
from console.settings.roles import ROLES


class SignInSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The identity provider at which people sign in, and the names of the roles there.

    `issuer` is the provider's address, with its discovery document below it. `client` is the console's name there: a
    public client that may return to any port of 127.0.0.1. `claim` is the path of the roles in the ID token, with dots
    between nested names. `roles` maps a value there to a role of the console; of several matches the first one in the
    file counts. `offline_hours` is how long after the last sign-in a person may work while the provider is unreachable.
    """

    issuer: str
    client: str
    scope: str = "openid profile offline_access"
    claim: str = "roles"
    roles: dict[str, str]
    offline_hours: float = 12.0


def sign_in_problems(settings: SignInSettings) -> list[str]:
    """Return the problems of the settings, as phrases that follow the file's name."""
    found = []
    parts = urlsplit(settings.issuer) if is_address(settings.issuer) else None
    if parts is None or parts.query or parts.fragment:
        found.append("sign_in.issuer must be a web address such as https://login.example.net")
    elif not is_safe_address(settings.issuer):
        found.append("sign_in.issuer must begin with https; plain http works on this computer only")
    if not settings.client:
        found.append("sign_in.client is empty; enter the console's client name at the provider")
    if "openid" not in settings.scope.split():
        found.append("sign_in.scope must contain openid")
    if not settings.roles:
        found.append("sign_in.roles is empty, so nobody could sign in")
    found += [
        f'sign_in.roles names "{role}", which is none of {", ".join(ROLES)}'
        for role in settings.roles.values()
        if role not in ROLES
    ]
    if not 0 <= settings.offline_hours <= 24 * 14:
        found.append("sign_in.offline_hours must be between 0 and 336")
    return found
