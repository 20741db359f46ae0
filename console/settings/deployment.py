"""The settings of a deployment, loaded from one TOML file: its systems and how to reach each one."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from console.errors import ConfigurationError
from console.settings.audit import AuditSettings, audit_problems
from console.settings.capabilities import SERVED_ONCE
from console.settings.connectors import connector
from console.settings.in_words import in_words
from console.settings.policy import Policy, read_policy
from console.settings.roles import RoleSettings, role_problems
from console.settings.sign_in import SignInSettings, sign_in_problems
from console.settings.system import KEPT, System, label_of, system_problems
from console.settings.verification import VerificationSettings, verification_problems


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long (days) and how much (MB) the console saves of the systems' data. Unsent work is never deleted."""

    keep_days: int = 30
    max_mb: float = 500.0


class Deployment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings of a deployment. `country` is the ISO 3166 code for phone numbers typed without a country code.

    `sign_in` is where people sign in; without it nobody signs in. `service_orders` is whether to suspend, resume or end
    a service needs a service order besides the product order. `verification` is how callers are verified before an
    account is shown; it applies where people sign in. `audit` is the collector of audit entries. Where people sign in,
    an idle console locks after `lock_after_min` minutes. `hide_from_capture` hides the window from screenshots and
    shared screens where the operating system supports it (Windows, macOS). `roles` changes what the roles may see and
    do.
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
        """The references to secrets in the console's own store (`store:NAME`), each with the name of its owner."""
        asked = {
            secret: label_of(name, system) for name, system in self.systems.items() for secret in system.auth.references
        }
        if self.audit.secret:
            asked[self.audit.secret] = "the audit's collector"
        return {secret: label for secret, label in asked.items() if secret.startswith(KEPT)}

    @property
    def in_older_form(self) -> tuple[str, ...]:
        """The systems that still use the older setting `kind`, which works."""
        return tuple(name for name, system in self.systems.items() if system.kind is not None)


def load_deployment(path: Path, policy: Policy | None = None) -> Deployment:
    """Return the settings in a TOML file, overridden by a policy; by default the policy of this computer.

    Raises:
        ConfigurationError: One sentence that names the file, the setting and the problem.
    """
    try:
        text = _read(path)
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"There is no configuration at {path}. Copy resources/systems.example.toml there and enter your systems, "
            "or try the console with --demo."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"The configuration {path} is not a text file.") from error
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
    """Return the settings in a TOML text. Error messages name `source`.

    Profiles of the deployment are looked for in `folder`.

    Raises:
        ConfigurationError: One sentence that names the source, the setting and the problem.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise ConfigurationError(f"{source} is not usable: its lists are nested too deep.") from error
    return deployment_of(policy.over(document) if policy is not None else document, source=source, folder=folder)


def deployment_of(document: dict[str, Any], *, source: str, folder: Path | None = None) -> Deployment:
    """Return the settings in a decoded TOML document. Otherwise like `parse_deployment`."""
    systems = document.get("systems")
    named = systems if isinstance(systems, dict) else {}
    try:
        # Each system is read with the settings type of its connector; here they need only be tables.
        rest = {**document, "systems": {}} if isinstance(systems, dict) else document
        deployment = msgspec.convert(rest, Deployment)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {in_words(error, rest, Deployment)}") from error
    read = {name: read_system(name, system, source=source, folder=folder) for name, system in named.items()}
    deployment = msgspec.structs.replace(deployment, systems=read)
    problems = _problems_of_systems(deployment.systems)
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


def _problems_of_systems(systems: Mapping[str, System]) -> list[str]:
    """Return the problems of the systems, together and one by one, as phrases that follow the file's name."""
    found = [problem for name, system in systems.items() for problem in _problems(name, system)]
    for capability in SERVED_ONCE:
        serving = [name for name, system in systems.items() if capability in system.serves]
        if not serving:
            found.append(f"there must be one system that serves {capability.value}")
        elif len(serving) > 1:
            found.append(f"{capability.value} are served by one system, not by {' and '.join(serving)}")
    return found


def _problems(name: str, system: System) -> list[str]:
    speaks = connector(system.connector)
    beyond = [one.value for one in system.serves if one not in speaks.capabilities]
    found = [f"systems.{name}.capabilities: the connector {system.connector} cannot serve {one}" for one in beyond]
    return found + system_problems(name, system) + speaks.problems(name, system)


def read_system(name: str, settings: Any, *, source: str, folder: Path | None = None) -> System:
    """Return the settings of one system, in the type that its connector defines. They are not checked yet.

    Raises:
        ConfigurationError: One sentence that names the source, the setting and the problem.
    """
    document: dict[str, Any] = {"systems": {name: settings}}
    try:
        if not isinstance(settings, dict):
            msgspec.convert(document, _Systems)
        speaks = connector(str(settings.get("connector", "tmforum")))
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {in_words(error, document, _Systems)}") from error
    except ConfigurationError as error:
        raise ConfigurationError(f"{source}: systems.{name}: {error}.") from error
    document = {"systems": {name: speaks.complete(name, settings, folder)}}
    wanted = msgspec.defstruct("Systems", [("systems", dict[str, speaks.settings])])  # type: ignore[name-defined]
    try:
        read: System = msgspec.convert(document, wanted).systems[name]  # type: ignore[attr-defined]
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {in_words(error, document, wanted)}") from error
    return read


class _Systems(msgspec.Struct):
    systems: dict[str, dict[str, Any]]


def parse_system(name: str, settings: dict[str, Any], *, source: str, folder: Path) -> System:
    """Return the checked settings of one system only. Raises the errors of `parse_deployment`."""
    system = read_system(name, settings, source=source, folder=folder)
    problems = _problems(name, system)
    if problems:
        raise ConfigurationError(f"{source}: {problems[0]}.")
    return system
