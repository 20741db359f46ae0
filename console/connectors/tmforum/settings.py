"""The settings of a system that speaks the TM Forum Open APIs."""

from typing import Literal

import msgspec

from console.connectors.tmforum.published import V5_PATHS, Version, resources_of
from console.settings import Capability, System
from console.settings.system import limit_problems


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


class TmForumSystem(System, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One TM Forum server.

    `profile` names what is known of this vendor's servers (a file in resources/profiles, or one of your own whose path
    ends in .toml); whatever is set here goes before it.
    `record_limit` is the most records of a list read at once; `currency` is used for amounts that come without one,
    `money` says whether bare numbers are in whole units or in the currency's smallest, and `decimal_mark` what stands
    before the fraction of numbers that come as texts. `caller_proof` is for a CRM that checks callers by itself.
    """

    profile: str | None = None
    page_size: int = 100
    record_limit: int = 100
    currency: str | None = None
    money: Literal["units", "minor"] = "units"
    decimal_mark: Literal[".", ","] = "."
    caller_proof: CallerProofSettings | None = None
    resources: dict[str, Resource] = msgspec.field(default_factory=dict)


def tmforum_problems(name: str, system: TmForumSystem) -> list[str]:
    """Return what is wrong with a server's own settings, in words that follow the file's name."""
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
