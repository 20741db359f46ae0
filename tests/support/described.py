"""Random records made from TM Forum's published descriptions: valid, or damaged in the ways servers damage them."""

import functools
import json
import os
import random
from pathlib import Path
from typing import Any

FOLDER = os.environ.get("OPTICOM_TMF_DIR")
# resource -> schema name and the files that describe it, v4 first
DESCRIBED: dict[str, tuple[str, tuple[str, ...]]] = {
    "customer": ("Customer", ("TMF629-v4.json", "TMF629-v5.yaml")),
    "individual": ("Individual", ("TMF632-v4.json", "TMF632-v5.yaml")),
    "organization": ("Organization", ("TMF632-v4.json", "TMF632-v5.yaml")),
    "troubleTicket": ("TroubleTicket", ("TMF621-v4.json", "TMF621-v5.yaml")),
    "partyInteraction": ("PartyInteraction", ("TMF683-v4.json", "TMF683-v5.yaml")),
    "appointment": ("Appointment", ("TMF646-v4.json",)),
    "billingAccount": ("BillingAccount", ("TMF666-v4.json", "TMF666-v5.yaml")),
    "customerBill": ("CustomerBill", ("TMF678-v4.json", "TMF678-v5.yaml")),
    "appliedCustomerBillingRate": ("AppliedCustomerBillingRate", ("TMF678-v4.json", "TMF678-v5.yaml")),
    "payment": ("Payment", ("TMF676-v4.json",)),
    "refund": ("Refund", ("TMF676-v4.json",)),
    "usage": ("Usage", ("TMF635-v4.json",)),
    "queryUsageConsumption": ("QueryUsageConsumption", ("TMF677-v4.json", "TMF677-v5.yaml")),
    "productOrder": ("ProductOrder", ("TMF622-v4.json", "TMF622-v5.yaml")),
    "serviceOrder": ("ServiceOrder", ("TMF641-v4.json",)),
    "product": ("Product", ("TMF637-v4.json", "TMF637-v5.yaml")),
    "service": ("Service", ("TMF638-v4.json", "TMF638-v5.yaml")),
    "serviceTest": ("ServiceTest", ("TMF653-v4.json",)),
}
_DEEPEST = 5
_TEXTS = ("", "x", "Wellenreiter 7", "Ünï\u202ecode", "a\x00b", "-1", "1e999", "null", "<b>&", "😀" * 3, "0" * 300)
_DATES = (
    "2026-11-08T10:00:00.000Z", "2026-11-08T10:00:00+02:00", "2026-11-08", "2026-11-08 10:00:00", "",
    "9999-12-31T23:59:59Z", "2026-11-08T10:00:56:999Z", "tomorrow", "0000-00-00", "2026-02-30T00:00:00Z",
)  # fmt: skip
_NUMBERS = (0, 1, -1, 12, 99999999999999999999, 0.1, -3.2, 1e300, 15298)
_RUBBISH: tuple[Any, ...] = (None, True, 0, -7, 3.5, "", "rubbish", [], {}, [None], [[]], {"id": {}}, ["a", 1])


@functools.cache
def description(file: str) -> dict[str, Any]:
    """Return the schemas of one description file by name, cached; parsing a whole file takes about a second."""
    text = (Path(FOLDER or "") / file).read_text(encoding="utf-8")
    if file.endswith(".json"):
        return json.loads(text)["definitions"]
    import yaml

    return yaml.load(text, Loader=yaml.CSafeLoader)["components"]["schemas"]


class Maker:
    """Maker of random records from one random source; `damage` is the share of damaged values (0 for none)."""

    def __init__(self, rng: random.Random, *, damage: float = 0.0, full: float = 0.7) -> None:
        self._rng, self._damage, self._full = rng, damage, full

    def record(self, resource: str, version: str) -> Any:
        """Return a random record of a resource in one version; the version must have a description."""
        name, files = DESCRIBED[resource]
        schemas = description(files[1 if version == "v5" else 0])
        made = self._object(_flat(schemas, name), schemas, 0, name)
        if isinstance(made, dict) and self._rng.random() > self._damage / 2:
            made["id"] = f"X{self._rng.randrange(10**6)}"
        return made

    def _value(self, schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
        rng = self._rng
        if self._damage and rng.random() < self._damage:
            return rng.choice(_RUBBISH)
        if "$ref" in schema:
            return self._referred(schema["$ref"].rpartition("/")[2], schemas, depth)
        if "enum" in schema:
            return rng.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "array":
            count = 0 if depth >= _DEEPEST else rng.choice((0, 1, 1, 2))
            return [self._value(schema.get("items", {}), schemas, depth + 1) for _ in range(count)]
        if kind == "string":
            dated = schema.get("format", "").startswith("date")
            return rng.choice(_DATES) if dated else rng.choice(_TEXTS)
        if kind == "boolean":
            return rng.random() < 0.5
        if kind in {"number", "integer"}:
            return rng.choice(_NUMBERS)
        return rng.choice(_RUBBISH)

    def _referred(self, name: str, schemas: dict[str, Any], depth: int) -> Any:
        target = schemas.get(name, {})
        options = target.get("oneOf") or (target.get("discriminator") or {}).get("mapping")
        if isinstance(options, list):
            return self._value(self._rng.choice(options), schemas, depth)
        if isinstance(options, dict):
            name = self._rng.choice([*options.values(), name]).rpartition("/")[2]
        flat = _flat(schemas, name)
        if flat["properties"]:
            return self._object(flat, schemas, depth + 1, name)
        return self._value({key: part for key, part in target.items() if key != "$ref"}, schemas, depth + 1)

    def _object(self, flat: dict[str, Any], schemas: dict[str, Any], depth: int, name: str) -> Any:
        rng = self._rng
        made: dict[str, Any] = {}
        for key, schema in flat["properties"].items():
            if rng.random() > self._full / (1 + depth / 2):
                continue
            made[self._spelt(key)] = name if key == "@type" else self._value(schema, schemas, depth)
        return made

    def _spelt(self, key: str) -> str:
        if not self._damage or self._rng.random() > self._damage / 2:
            return key
        return self._rng.choice((key.lower(), key.upper(), key[:-1], f"{key}s", f" {key}", key[::-1]))


_FLAT: dict[tuple[int, str], dict[str, Any]] = {}


def _flat(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a schema's properties, with those of all schemas it refers to or includes."""
    key = (id(schemas), name)
    if key not in _FLAT:
        _FLAT[key] = {"properties": _properties(schemas, schemas.get(name, {}), set())}
    return _FLAT[key]


def _properties(schemas: dict[str, Any], schema: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            found |= _properties(schemas, schemas.get(name, {}), seen | {name})
    for part in schema.get("allOf", ()):
        found |= _properties(schemas, part, seen)
    return found | schema.get("properties", {})
