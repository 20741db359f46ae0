"""Settings of a system with the TM Forum Open APIs."""

from typing import Literal

import msgspec

from console.connectors.tmforum.published import V5_PATHS, Version, resources_of
from console.settings import Capability, System
from console.settings.system import limit_problems


class ResourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of one resource of one system.

    `version` is the version of its published description. `served` is False if the system does not have it. `path` is
    the API's base path, `name` the server's name of the resource if it differs.

    `customer_filter` is the parameter that selects one customer's records, empty if the server has none. `bill_filter`
    selects one bill's lines. With `look_through` the console picks matching records from up to record_limit records
    instead. `customer_role` is the customer's role among a record's related parties.

    `page_size` overrides the system's page size; `limit_parameter` is its parameter name. `empty_is_404` is True if the
    server replies 404 for an empty list. `sort` is the value for newest first, if the server supports it. `search` maps
    a reading (name, number, email, phone) to a parameter. `number_prefix` completes numbers typed without it (`CU-`).
    `attributes` maps standard attribute names to the server's, `values` an attribute's server values to standard ones.
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
    """The caller checks that a system does itself, and their base path; see docs/caller-proof.md."""

    path: str = "/callerProof/v1"
    offers: tuple[Literal["pin", "code"], ...] = ("pin", "code")


class TmForumSystem(System, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of one TM Forum server.

    `profile` names default settings for this vendor's servers: a file in resources/profiles, or your own file with a
    path that ends in .toml. Settings here override the profile. `record_limit` is the maximum number of records per
    list read. `currency` is for amounts without one. `money` says if bare whole numbers are in units or in the
    currency's smallest unit. `decimal_mark` is the decimal mark of numbers that are sent as text. `caller_proof` is for
    a CRM that verifies callers itself.
    """

    profile: str | None = None
    page_size: int = 100
    record_limit: int = 100
    currency: str | None = None
    money: Literal["units", "minor"] = "units"
    decimal_mark: Literal[".", ","] = "."
    caller_proof: CallerProofSettings | None = None
    resources: dict[str, ResourceSettings] = msgspec.field(default_factory=dict)


def tmforum_problems(name: str, system: TmForumSystem) -> list[str]:
    """Return the problems of a server's settings, as phrases that follow the file's name."""
    found = []
    if system.caller_proof is not None and Capability.CUSTOMERS not in system.serves:
        found.append(f"systems.{name}.caller_proof is for a system that serves customers alone")
    limits: dict[str, tuple[float, float, float]] = {
        "page_size": (system.page_size, 1, 1000),
        "record_limit": (system.record_limit, 1, 100_000),
    }
    found += limit_problems(name, limits)
    known = resources_of(system.serves)
    for resource, settings in system.resources.items():
        where = f"systems.{name}.resources.{resource}"
        if resource not in known:
            found.append(f"{where} is none of {', '.join(known)}")
        elif settings.version == "v5" and resource not in V5_PATHS:
            found.append(f"{where}.version cannot be v5: TM Forum publishes none for it")
        if settings.page_size is not None and not 1 <= settings.page_size <= 1000:
            found.append(f"{where}.page_size must be between 1 and 1000, not {settings.page_size}")
    return found
