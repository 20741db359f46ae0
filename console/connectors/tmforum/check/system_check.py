"""The check of a whole system, with the proposed settings as TOML."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from console.connectors.tmforum.check.probe import EndpointProbe
from console.connectors.tmforum.check.requirements import REQUIREMENTS
from console.connectors.tmforum.check.resource_check import ResourceCheck
from console.connectors.tmforum.check.trial import Trial
from console.connectors.tmforum.published import resources_of
from console.connectors.tmforum.settings import ResourceSettings, TmForumSystem
from console.http import Endpoint
from console.models.check_report import CheckReport, OperationFinding, OperationGrade
from console.ports.clock import Clock
from console.settings import Capability

_ASKED_ONLY_BY_POST = {"queryUsageConsumption"}
# The resource that each capability requires. A system that serves none of them is probably of another kind.
_TELLING: Mapping[Capability, frozenset[str]] = {
    Capability.CUSTOMERS: frozenset({"customer"}),
    Capability.BILLING_ACCOUNTS: frozenset({"billingAccount"}),
    Capability.BILLS: frozenset({"customerBill"}),
    Capability.PRODUCT_ORDERS: frozenset({"productOrder"}),
    Capability.SERVICE_ORDERS: frozenset({"serviceOrder"}),
    Capability.PRODUCTS: frozenset({"product"}),
    Capability.SERVICES: frozenset({"service"}),
}
CHECKED = frozenset(REQUIREMENTS)


async def check_system(
    endpoint: Endpoint,
    system: TmForumSystem,
    clock: Clock,
    *,
    by_post: bool = False,
    only: Sequence[str] = (),
    on_resource: Callable[[str], None] = lambda _resource: None,
) -> CheckReport:
    """Return how well a server meets the console's needs; sends about a dozen small requests per resource.

    Requests are sent one by one; trials send more. Nothing is changed at the server. Queries by POST are skipped unless
    `by_post`. `on_resource` is called with each resource before its check.
    """
    started_s, at = clock.monotonic_s(), clock.now()
    probe = EndpointProbe(endpoint)
    findings: list[OperationFinding] = []
    settings: dict[str, dict[str, Any]] = {}
    missing: set[str] = set()
    for resource in _checked(system, only):
        on_resource(resource)
        trial = Trial(resource, REQUIREMENTS[resource], system, endpoint, clock)
        check = ResourceCheck(resource, REQUIREMENTS[resource], system, probe, trial)
        findings += await check.run(by_post=by_post)
        missing |= {resource} if check.is_missing else set()
        known = {**_set_now(system.resources.get(resource)), **check.setting}
        if known:
            settings[resource] = known
        if check.is_hopeless:
            settings = {}
            break
    asked = {finding.resource for finding in findings} - _ASKED_ONLY_BY_POST
    telling = frozenset[str]() if only else _telling(system)
    if missing and (missing == asked or frozenset[str]() < telling <= missing):
        findings.insert(0, _nothing_here(system, sorted(asked - missing)))
        settings = {}
    title = f"{endpoint.label} at {system.base_url}, checked {at:%Y-%m-%d}"
    return CheckReport(
        endpoint.system,
        served_words(system),
        address=system.base_url,
        at=at,
        elapsed_s=clock.monotonic_s() - started_s,
        findings=tuple(findings),
        profile=profile_of(title, settings) if settings else "",
    )


def _checked(system: TmForumSystem, only: Sequence[str]) -> list[str]:
    """Return the resources to check. Others are only written, or only read when an action needs them."""
    every = [one for one in resources_of(system.serves) if one in REQUIREMENTS]
    return [one for one in every if one in only] if only else every


def served_words(system: TmForumSystem) -> str:
    """Return the system's kind (the older setting), else the capabilities it serves."""
    return system.kind or ", ".join(one.value for one in system.serves)


def _telling(system: TmForumSystem) -> frozenset[str]:
    return frozenset[str]().union(*(_TELLING.get(one, frozenset()) for one in system.serves))


def _set_now(settings: ResourceSettings | None) -> dict[str, Any]:
    """Return the existing settings of a resource; a proposal includes them, so that it can replace them."""
    if settings is None:
        return {}
    usual = ResourceSettings()
    names = (field.name for field in msgspec.structs.fields(ResourceSettings))
    return {name: getattr(settings, name) for name in names if getattr(settings, name) != getattr(usual, name)}


def _nothing_here(system: TmForumSystem, answering: Sequence[str]) -> OperationFinding:
    seen = f"404 for everything but {', '.join(answering)}" if answering else "404 for everything that was asked"
    return OperationFinding(
        "(all)",
        "address",
        f"a {served_words(system)} system",
        seen,
        OperationGrade.BROKEN,
        "Check the base address and the kind: it may serve its APIs below another path, or be another kind of system. "
        "Say with `path` at each resource where it is.",
    )


def profile_of(title: str, settings: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a TOML profile with the settings of each resource."""
    lines = [f"title = {_toml(title)}", "met = true", ""]
    for resource, values in settings.items():
        lines.append(f"[system.resources.{resource}]")
        lines += [f"{key} = {_toml(value)}" for key, value in values.items()]
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, int | float):
        return str(value)
    escaped = "".join(
        sign if sign.isprintable() and sign not in '"\\' else f"\\u{ord(sign):04x}" for sign in str(value)
    )
    return f'"{escaped}"'
