"""The settings that every system has, with any connector."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from console.settings.addresses import is_address, is_safe_address, reference_problem
from console.settings.capabilities import KINDS, Capability, Kind

# The prefix of a reference to a secret in the console's own store.
KEPT = "store:"


class Auth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How requests are authenticated. `secret` is a reference; the secret itself is never in this file.

    With `person` the credential is the access token of the person who signed in to the console ([sign_in]).

    With `oauth2` a token is fetched from `token_url` for `client` with its `secret`. `grant` is client_credentials, or
    password for `user`, with a reference to the password in `password`. `client_in` is where client and secret are
    sent.
    """

    kind: Literal["none", "bearer", "basic", "header", "oauth2", "person"] = "none"
    secret: str | None = None
    user: str | None = None
    header: str = "X-API-Key"
    token_url: str | None = None
    grant: Literal["client_credentials", "password"] = "client_credentials"
    client: str | None = None
    client_in: Literal["header", "body"] = "header"
    password: str | None = None
    scope: str | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """The references to its secrets."""
        return tuple(one for one in (self.secret, self.password) if one)


class System(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One system of record and how to reach it.

    `connector` names the connector, and `capabilities` what the system serves. A connector's own settings are a
    subclass. `kind` is the older form: the capabilities of a CRM, a billing or a provisioning system. `label` is the
    name that users see. Limits are in seconds, requests at once and MB of a response.
    """

    connector: str = "tmforum"
    capabilities: tuple[Capability, ...] = ()
    kind: Kind | None = None
    base_url: str
    label: str | None = None
    auth: Auth = Auth()
    time_limit_s: float = 8.0
    max_requests: int = 6
    max_answer_mb: float = 16.0

    @property
    def serves(self) -> tuple[Capability, ...]:
        """The capabilities it serves, in the order of the settings."""
        return self.capabilities or (KINDS[self.kind] if self.kind is not None else ())


def label_of(name: str, system: System) -> str:
    """Return the name that users see: `label`, else a name made from the system's kind or name."""
    return system.label or {"crm": "CRM"}.get(system.kind or name, (system.kind or name).title())


def system_problems(name: str, system: System) -> list[str]:
    """Return the problems of one system, with any connector, as phrases that follow the file's name."""
    found = []
    if not system.serves:
        known = ", ".join(one.value for one in Capability)
        found.append(f"systems.{name}.capabilities must list what the system serves, of {known}")
    elif system.capabilities and system.kind is not None:
        found.append(f"systems.{name} has both capabilities and the older kind; keep capabilities alone")
    if not is_address(system.base_url):
        found.append(f"systems.{name}.base_url must be a web address such as https://{name}.example.net")
    elif urlsplit(system.base_url).username is not None:
        found.append(f"systems.{name}.base_url must not carry a user and password; write them under auth")
    elif not is_safe_address(system.base_url):
        found.append(f"systems.{name}.base_url must begin with https; plain http works on this computer only")
    found += [f"systems.{name}.auth.{problem}" for problem in _auth_problems(name, system.auth)]
    limits: dict[str, tuple[float, float, float]] = {
        "time_limit_s": (system.time_limit_s, 0.1, 120),
        "max_requests": (system.max_requests, 1, 50),
        "max_answer_mb": (system.max_answer_mb, 0.001, 64),
    }
    return found + limit_problems(name, limits)


def limit_problems(name: str, limits: dict[str, tuple[float, float, float]]) -> list[str]:
    """Return the problems of a system's numbers that are outside their limits; `limits` gives value, low and high."""
    return [
        f"systems.{name}.{key} must be between {low:g} and {high:g}, not {value:g}"
        for key, (value, low, high) in limits.items()
        if not low <= value <= high
    ]


# The settings that each authentication kind requires.
_NEEDED = {
    "none": (),
    "person": (),
    "basic": ("secret", "user"),
    "oauth2": ("secret", "token_url", "client"),
    "oauth2 password": ("secret", "user", "token_url", "client", "password"),
}


def _needed_by(auth: Auth) -> tuple[str, ...]:
    way = f"{auth.kind} {auth.grant}"
    return _NEEDED.get(way) or _NEEDED.get(auth.kind, ("secret",))


def _auth_problems(name: str, auth: Auth) -> list[str]:
    """Return the problems of a system's authentication, as phrases that begin with the setting's name."""
    hint = f"; enter it like keyring:opticom/{name}"
    missing = [key for key in _needed_by(auth) if not getattr(auth, key)]
    found = [f"{key} is missing{hint if key in {'secret', 'password'} else ''}" for key in missing]
    found += reference_problem("secret", auth.secret) + reference_problem("password", auth.password)
    token_url = auth.token_url if auth.kind == "oauth2" else None
    if token_url and not (is_address(token_url) and is_safe_address(token_url)):
        found.append("token_url must begin with https; plain http works on this computer only")
    return found
