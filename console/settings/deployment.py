"""The deployment's settings: which systems there are and how each one is spoken to, read from one TOML file."""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from console.errors import ConfigurationError
from console.settings.addresses import is_address, is_safe_address, reference_problem
from console.settings.audit import AuditSettings, audit_problems
from console.settings.in_words import in_words
from console.settings.policy import Policy, read_policy
from console.settings.profiles import with_profiles
from console.settings.published import PATHS, V5_PATHS, Kind, Version
from console.settings.roles import RoleSettings, role_problems
from console.settings.sign_in import SignInSettings, sign_in_problems
from console.settings.verification import VerificationSettings, verification_problems

# How a reference to a secret in the desk's own store begins.
KEPT = "store:"


class Auth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How requests prove who sends them; `secret` refers to where the secret lies, it is never in this file.

    With `person` it is the access token of whoever signed in at the desk's own identity provider ([sign_in]).

    With `oauth2` a token is fetched from `token_url` for `client`, whose secret it is: by `grant` client_credentials,
    or by password for `user`, whose password `password` refers to. `client_in` is where client and secret are written.
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
        """Where its secrets lie."""
        return tuple(one for one in (self.secret, self.password) if one)


class Resource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is particular about one resource of one system.

    `version` is that of its published description, `served` whether the system has it at all, `path` the API's base
    path, `name` the resource's own name where it differs.

    `customer_filter` is the parameter that selects one customer's records, empty where the server has none, and
    `bill_filter` the one that selects one bill's lines; with `look_through` what is asked for is picked out of up to
    record_limit records instead. `customer_role` is what the customer is called among a record's related parties.

    `page_size` goes before the system's, `limit_parameter` is what the server calls it, `empty_is_404` whether it
    answers 404 for a list that holds nothing. `sort` is the value for newest first where the server can, `search` maps
    a reading (name, number, email, phone) to a parameter, and `number_prefix` completes numbers typed without it
    (`CU-`). `attributes` leads from an attribute's name in the standard to the server's, `values` from an attribute
    and the server's value to the standard's.
    """

    version: Version = "v4"
    served: bool = True
    path: str | None = None
    name: str | None = None
    customer_filter: str | None = None
    bill_filter: str | None = None
    customer_role: str = "customer"
    look_through: bool = False
    page_size: int | None = None
    limit_parameter: str = "limit"
    empty_is_404: bool = False
    sort: str | None = None
    search: dict[Literal["name", "number", "email", "phone"], str] | None = None
    number_prefix: str | None = None
    attributes: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}


class CallerProofSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a system checks of callers by itself, and where; see docs/caller-proof.md."""

    path: str = "/callerProof/v1"
    offers: tuple[Literal["pin", "code"], ...] = ("pin", "code")


class System(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One system of record and how it is spoken to.

    `profile` names what is known of this vendor's servers (a file in resources/profiles, or one of your own whose path
    ends in .toml); whatever is set here goes before it.
    `record_limit` is the most records of a list read at once; `currency` is used for amounts that come without one,
    `money` says whether bare numbers are in whole units or in the currency's smallest, and `decimal_mark` what stands
    before the fraction of numbers that come as texts. `caller_proof` is for a CRM that checks callers by itself.
    """

    kind: Kind
    base_url: str
    profile: str | None = None
    label: str | None = None
    auth: Auth = Auth()
    page_size: int = 100
    record_limit: int = 100
    time_limit_s: float = 8.0
    max_requests: int = 6
    max_answer_mb: float = 16.0
    currency: str | None = None
    money: Literal["units", "minor"] = "units"
    decimal_mark: Literal[".", ","] = "."
    caller_proof: CallerProofSettings | None = None
    resources: dict[str, Resource] = {}


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long and how much the desk keeps of what the systems said; unsent work is kept for ever."""

    keep_days: int = 30
    max_mb: float = 500.0


class Deployment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything the desk must be told; `country` is the ISO 3166 code for phone numbers typed without one.

    `sign_in` is where people sign in; without it nobody is asked who they are. `service_orders` is whether what the
    desk suspends, resumes or ends needs a service order beside the product order. `verification` says how callers are
    verified before an account is shown; it holds where people sign in. `audit` is who collects what is
    written down of who saw and did what. Where people sign in, a desk nobody touches is locked after `lock_after_min`.
    `hide_from_capture` leaves the window out of screenshots and shared screens where the system can (Windows, macOS).
    `roles` is what it changes of who may see and do what.
    """

    name: str = "OptiCom"
    country: str = "US"
    store: Store = Store()
    service_orders: bool = False
    sign_in: SignInSettings | None = None
    verification: VerificationSettings = VerificationSettings()
    audit: AuditSettings = AuditSettings()
    lock_after_min: float = 10.0
    hide_from_capture: bool = False
    roles: dict[str, RoleSettings] = {}
    systems: dict[str, System]

    @property
    def kept_secrets(self) -> dict[str, str]:
        """What lies in the desk's own store (`store:NAME`), each with the word for whose secret it is."""
        asked = {
            secret: system.label or {"crm": "CRM"}.get(system.kind, system.kind.title())
            for system in self.systems.values()
            for secret in system.auth.references
        }
        if self.audit.secret:
            asked[self.audit.secret] = "the audit's collector"
        return {secret: label for secret, label in asked.items() if secret.startswith(KEPT)}

    def of_kind(self, kind: Kind) -> tuple[str, System]:
        """Return the name and settings of the system of one kind."""
        return next((name, system) for name, system in self.systems.items() if system.kind == kind)


def load_deployment(path: Path, policy: Policy | None = None) -> Deployment:
    """Return the settings in a TOML file, under a policy; by default under that of this computer.

    Raises:
        ConfigurationError: One sentence that names the file, the setting and what is wrong with it.
    """
    try:
        text = _read(path)
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"There is no configuration at {path}. Copy resources/systems.example.toml there and enter your systems, "
            "or try the desk on the sandbox with --demo."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"The configuration {path} is no text, so it is not the file that was meant."
        ) from error
    except OSError as error:
        raise ConfigurationError(f"The configuration {path} cannot be read: {error.strerror or error}.") from error
    policy = policy if policy is not None else read_policy()
    return parse_deployment(text, source=str(path), folder=path.parent, policy=policy)


def _read(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigurationError(f"The configuration {path} is in UTF-16. Save it as UTF-8.")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")


def parse_deployment(text: str, *, source: str, folder: Path | None = None, policy: Policy | None = None) -> Deployment:
    """Return the settings in a TOML text; `source` is named in what is wrong with it.

    Profiles of the deployment's own are looked for beside it, in `folder`.

    Raises:
        ConfigurationError: One sentence that names the source, the setting and what is wrong with it.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise ConfigurationError(f"{source} is not usable: lists stand in lists, far too deep.") from error
    return deployment_of(policy.over(document) if policy is not None else document, source=source, folder=folder)


def deployment_of(document: dict[str, Any], *, source: str, folder: Path | None = None) -> Deployment:
    """Return the settings in what a TOML file holds; as `parse_deployment` otherwise."""
    document = with_profiles(document, folder)
    try:
        deployment = msgspec.convert(document, Deployment)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {in_words(error, document, Deployment)}") from error
    kinds: list[str] = [system.kind for system in deployment.systems.values()]
    problems = [f"there must be one system of kind {kind}" for kind in PATHS if kinds.count(kind) != 1]
    problems += [problem for name, system in deployment.systems.items() for problem in _problems(name, system)]
    if not (1 <= deployment.store.keep_days <= 3650 and 10 <= deployment.store.max_mb <= 100_000):
        problems.append("store.keep_days must be between 1 and 3650, store.max_mb between 10 and 100000")
    if not 1 <= deployment.lock_after_min <= 240:
        problems.append("lock_after_min must be between 1 and 240")
    problems += role_problems(deployment.roles)
    if not re.fullmatch(r"[A-Z]{2}", deployment.country):
        problems.append(f"country must be two capital letters such as US, not {deployment.country!r}")
    problems += verification_problems(deployment.verification) + audit_problems(deployment.audit)
    if deployment.sign_in is not None:
        problems += sign_in_problems(deployment.sign_in)
    else:
        problems += [
            f"systems.{name}.auth.kind is person, but there is no [sign_in]"
            for name, system in deployment.systems.items()
            if system.auth.kind == "person"
        ]
    if problems:
        raise ConfigurationError(f"{source}: {problems[0]}.")
    return deployment


def parse_system(name: str, settings: dict[str, Any], *, source: str, folder: Path) -> System:
    """Return the settings of one system alone; problems are told as in `parse_deployment`."""
    known = with_profiles({"systems": {name: settings}}, folder)["systems"][name]
    try:
        system = msgspec.convert(known, System)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: of systems.{name}, {in_words(error, known, System)}") from error
    problems = _problems(name, system)
    if problems:
        raise ConfigurationError(f"{source}: {problems[0]}.")
    return system


def _problems(name: str, system: System) -> list[str]:
    """Return what is wrong with one system in words that follow the file's name."""
    found = []
    if not is_address(system.base_url):
        found.append(f"systems.{name}.base_url must be a web address such as https://{name}.example.net")
    elif urlsplit(system.base_url).username is not None:
        found.append(f"systems.{name}.base_url must not carry a user and password; write them under auth")
    elif not is_safe_address(system.base_url):
        found.append(f"systems.{name}.base_url must begin with https; plain http is for this machine alone")
    found += [f"systems.{name}.auth.{problem}" for problem in _auth_problems(name, system.auth)]
    if system.caller_proof is not None and system.kind != "crm":
        found.append(f"systems.{name}.caller_proof is for a system of kind crm alone")
    limits: dict[str, tuple[float, float, float]] = {
        "page_size": (system.page_size, 1, 1000),
        "record_limit": (system.record_limit, 1, 100_000),
        "time_limit_s": (system.time_limit_s, 0.1, 120),
        "max_requests": (system.max_requests, 1, 50),
        "max_answer_mb": (system.max_answer_mb, 0.001, 64),
    }
    found += [
        f"systems.{name}.{key} must be between {low:g} and {high:g}, not {value:g}"
        for key, (value, low, high) in limits.items()
        if not low <= value <= high
    ]
    for resource, settings in system.resources.items():
        where = f"systems.{name}.resources.{resource}"
        if resource not in PATHS[system.kind]:
            found.append(f"{where} is none of {', '.join(PATHS[system.kind])}")
        elif settings.version == "v5" and resource not in V5_PATHS:
            found.append(f"{where}.version cannot be v5: TM Forum publishes none for it")
        if settings.page_size is not None and not 1 <= settings.page_size <= 1000:
            found.append(f"{where}.page_size must be between 1 and 1000, not {settings.page_size}")
    return found


def _auth_problems(name: str, auth: Auth) -> list[str]:
    """Return what is wrong with how a system is signed in to, each beginning with the setting's name."""
    needed: dict[str, str | None] = {}
    if auth.kind not in {"none", "person"}:
        needed["secret"] = auth.secret
    if auth.kind == "basic" or (auth.kind == "oauth2" and auth.grant == "password"):
        needed["user"] = auth.user
    if auth.kind == "oauth2":
        needed |= {"token_url": auth.token_url, "client": auth.client}
        if auth.grant == "password":
            needed["password"] = auth.password
    hint = f"; write where the secret lies, such as keyring:opticom/{name}"
    missing = [key for key, value in needed.items() if not value]
    found = [f"{key} is missing{hint if key in {'secret', 'password'} else ''}" for key in missing]
    found += reference_problem("secret", auth.secret) + reference_problem("password", auth.password)
    if (
        auth.kind == "oauth2"
        and auth.token_url
        and not (is_address(auth.token_url) and is_safe_address(auth.token_url))
    ):
        found.append("token_url must begin with https; plain http is for this machine alone")
    return found
