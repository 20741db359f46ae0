"""Records that belong to no customer: bill formats, billing cycles and specifications.

Sources: TMF666 v4 (bill formats, media and cycles), TMF620 v4 (products), TMF635 v4 (usage), TMF653 v4 (tests).
"""

from collections.abc import Iterable, Iterator, Sequence

from console.sandbox.resources.shapes import (
    ACCOUNT_BASE,
    CATALOG_BASE,
    TEST_BASE,
    USAGE_BASE,
    Links,
    Record,
    Resource,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.catalogue import PLANS

_CYCLE_DAYS = range(1, 29)
_USAGE_TYPES = ("data", "voice", "sms")
_MEASURES = (("Download", "Mbps"), ("Upload", "Mbps"), ("Optical power", "dBm"), ("Packet loss", "%"))


def _listed(
    system: str,
    base: str,
    name: str,
    entries: Sequence[Record],
    *,
    prefix: str,
    needed: tuple[str, ...] = ("name",),
    is_versioned: bool = False,
) -> Resource:
    """Return a resource with fixed entries, listed under customer 0; `is_versioned` adds lifecycle and version."""
    ids = {entry["id"] for entry in entries}

    def records(world: World, n: int, links: Links) -> list[Record]:
        if n != 0:
            return []
        version = (
            {"lifecycleStatus": "Active", "version": "1.0", "lastUpdate": time_of(world.as_of.replace(day=1))}
            if is_versioned
            else {}
        )
        return [
            {"id": entry["id"], "href": links.href(system, base, name, entry["id"]), **entry, **version}
            for entry in entries
        ]

    def by_id(_world: World, value: str) -> Iterator[int]:
        yield from (0,) if value in ids else ()

    return Resource(
        name,
        base,
        records=records,
        count=lambda _world, n: len(entries) if n == 0 else 0,
        narrow={"id": by_id},
        prefix=prefix,
        needed=needed,
        state="lifecycleStatus",
        stamps=("lastUpdate", "lifecycleStatus") if is_versioned else (),
    )


def _characteristics(pairs: Iterable[tuple[str, str]]) -> list[Record]:
    return [{"name": name, "valueType": "string", "description": text} for name, text in pairs]


BILL_FORMAT = _listed(
    "billing",
    ACCOUNT_BASE,
    "billFormat",
    [
        {"id": "bill-format-detailed", "name": "Detailed", "description": "Every charge on a line of its own"},
        {"id": "bill-format-summary", "name": "Summary", "description": "Totals of each product"},
    ],
    prefix="BF-",
)
BILL_PRESENTATION_MEDIA = _listed(
    "billing",
    ACCOUNT_BASE,
    "billPresentationMedia",
    [
        {"id": "bill-media-email", "name": "E-mail", "description": "PDF by e-mail"},
        {"id": "bill-media-paper", "name": "Paper", "description": "Printed and sent by post"},
        {"id": "bill-media-portal", "name": "Portal", "description": "PDF in the self-service portal"},
    ],
    prefix="BM-",
)
BILLING_CYCLE_SPECIFICATION = _listed(
    "billing",
    ACCOUNT_BASE,
    "billingCycleSpecification",
    [
        {
            "id": f"cycle-{day:02}",
            "name": f"Monthly, day {day}",
            "frequency": "monthly",
            "billingPeriod": "month",
            "billingDateShift": day - 1,
            "paymentDueDateOffset": 14,
        }
        for day in _CYCLE_DAYS
    ],
    prefix="BC-",
)
PRODUCT_SPECIFICATION = _listed(
    "provisioning",
    CATALOG_BASE,
    "productSpecification",
    [
        {
            "id": f"spec-{plan.code}",
            "name": plan.name,
            "description": ", ".join(part for part in (plan.name, plan.detail) if part),
            "isBundle": False,
            "productNumber": plan.code,
        }
        for plan in PLANS
    ],
    prefix="PS-",
    is_versioned=True,
)
USAGE_SPECIFICATION = _listed(
    "billing",
    USAGE_BASE,
    "usageSpecification",
    [
        {
            "id": f"spec-{kind}",
            "name": kind,
            "description": f"Usage of {kind}",
            "isBundle": False,
            "specCharacteristic": _characteristics([("volume" if kind == "data" else "duration", "What is counted")]),
        }
        for kind in _USAGE_TYPES
    ],
    prefix="US-",
    needed=(),
    is_versioned=True,
)
SERVICE_TEST_SPECIFICATION = _listed(
    "provisioning",
    TEST_BASE,
    "serviceTestSpecification",
    [
        {
            "id": "spec-line-test",
            "name": "Line test",
            "description": "Speed, light and loss of a fibre line",
            "isBundle": False,
            "relatedServiceSpecification": [
                {"id": f"spec-{plan.code}", "name": plan.name, "version": "1.0"}
                for plan in PLANS
                if plan.family == "fibre"
            ],
            "specCharacteristic": _characteristics(_MEASURES),
        }
    ],
    prefix="SS-",
    needed=("name", "relatedServiceSpecification"),
    is_versioned=True,
)
