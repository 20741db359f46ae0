"""The deployment's settings: which systems there are and how each one is spoken to, read from one TOML file."""

import re
import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from console.errors import ConfigurationError

Kind = Literal["crm", "billing", "provisioning"]

# What each kind of system offers: TM Forum resource -> the path of its API in the published descriptions.
DEFAULT_PATHS: dict[str, dict[str, str]] = {
    "crm": {
        "customer": "/tmf-api/customerManagement/v4",
        "individual": "/tmf-api/party/v4",
        "organization": "/tmf-api/party/v4",
        "troubleTicket": "/tmf-api/troubleTicket/v4",
        "partyInteraction": "/tmf-api/partyInteraction/v4",
        "appointment": "/tmf-api/appointment/v4",
    },
    "billing": {
        "billingAccount": "/tmf-api/accountManagement/v4",
        "customerBill": "/tmf-api/customerBillManagement/v4",
        "appliedCustomerBillingRate": "/tmf-api/customerBillManagement/v4",
        "payment": "/payment/v4",
        "refund": "/payment/v4",
        "usage": "/tmf-api/usageManagement/v4",
        "queryUsageConsumption": "/tmf-api/usageConsumption/v4",
    },
    "provisioning": {
        "productOrder": "/tmf-api/productOrderingManagement/v4",
        "serviceOrder": "/tmf-api/serviceOrdering/v4",
        "product": "/tmf-api/productInventory/v4",
        "service": "/tmf-api/serviceInventory/v4",
        "serviceTest": "/tmf-api/serviceTestManagement/v4",
    },
}


class Auth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How requests prove who sends them; `secret` refers to where the secret lies, it is never in this file."""

    kind: Literal["none", "bearer", "basic", "header"] = "none"
    secret: str | None = None
    user: str | None = None
    header: str = "X-API-Key"


class Resource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is particular about one resource of one system.

    `path` is the API's base path, `name` the resource's own name where it differs, `customer_filter` the parameter
    that selects one customer's records, `bill_filter` the one that selects one bill's lines, `sort` the value for
    newest first where the server can, `search` maps a reading (name, number, email, phone) to a parameter, and
    `number_prefix` completes numbers typed without it (`CU-`).
    """

    path: str | None = None
    name: str | None = None
    customer_filter: str | None = None
    bill_filter: str | None = None
    sort: str | None = None
    search: dict[Literal["name", "number", "email", "phone"], str] | None = None
    number_prefix: str | None = None


class System(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One system of record and how it is spoken to.

    `record_limit` is the most records of a list read at once; `currency` is used for amounts that come without one, and
    `money` says whether bare numbers are in whole units or in the currency's smallest.
    """

    kind: Kind
    base_url: str
    label: str | None = None
    auth: Auth = Auth()
    page_size: int = 100
    record_limit: int = 100
    time_limit_s: float = 8.0
    max_requests: int = 6
    max_answer_mb: float = 16.0
    currency: str | None = None
    money: Literal["units", "minor"] = "units"
    resources: dict[str, Resource] = {}


class Deployment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything the desk must be told; `country` is the ISO 3166 code for phone numbers typed without one."""

    name: str = "OptiCom"
    country: str = "US"
    systems: dict[str, System]

    def of_kind(self, kind: Kind) -> tuple[str, System]:
        """Return the name and settings of the system of one kind."""
        return next((name, system) for name, system in self.systems.items() if system.kind == kind)


def load_deployment(path: Path) -> Deployment:
    """Return the settings in a TOML file.

    Raises:
        ConfigurationError: One sentence that names the file, the setting and what is wrong with it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"There is no configuration at {path}. Copy resources/systems.example.toml there and enter your systems, "
            "or try the desk on the sandbox with --demo."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The configuration {path} cannot be read: {error}.") from error
    return parse_deployment(text, source=str(path))


def parse_deployment(text: str, *, source: str) -> Deployment:
    """Return the settings in a TOML text; `source` is named in what is wrong with it."""
    try:
        deployment = msgspec.convert(tomllib.loads(text), Deployment)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not valid TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {_in_words(str(error))}") from error
    kinds: list[str] = [system.kind for system in deployment.systems.values()]
    problems = [f"there must be one system of kind {kind}" for kind in DEFAULT_PATHS if kinds.count(kind) != 1]
    problems += [problem for name, system in deployment.systems.items() for problem in _problems(name, system)]
    if not re.fullmatch(r"[A-Z]{2}", deployment.country):
        problems.append(f"country must be two capital letters such as US, not {deployment.country!r}")
    if problems:
        raise ConfigurationError(f"{source}: {problems[0]}.")
    return deployment


def _in_words(message: str) -> str:
    reason, _, place = message.partition(" - at ")
    where = re.sub(r"`?\$\.?(\[\.\.\.\])?|`$", "", place).strip(".") or "the top"
    return f"{reason.replace('`', '')}, at {where}."


def _problems(name: str, system: System) -> list[str]:
    """Return what is wrong with one system in words that follow the file's name."""
    found = []
    address = urlsplit(system.base_url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        found.append(f"systems.{name}.base_url must be a web address such as https://{name}.example.net")
    elif address.scheme == "http" and address.hostname not in {"127.0.0.1", "localhost", "::1"}:
        found.append(f"systems.{name}.base_url must begin with https; plain http is for this machine alone")
    if system.auth.kind != "none" and not system.auth.secret:
        found.append(
            f"systems.{name}.auth.secret is missing; write where the secret lies, such as keyring:opticom/{name}"
        )
    if system.auth.kind == "basic" and not system.auth.user:
        found.append(f"systems.{name}.auth.user is missing")
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
    known = DEFAULT_PATHS[system.kind]
    found += [
        f"systems.{name}.resources.{resource} is none of {', '.join(known)}"
        for resource in system.resources
        if resource not in known
    ]
    return found
