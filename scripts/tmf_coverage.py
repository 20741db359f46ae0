"""Prints or checks the table of all attributes of the console's resources, with the console's use of each.

    python3 -m scripts.tmf_coverage > docs/tmf-coverage.md
    python3 -m scripts.tmf_coverage --check

The decisions are in tmf_coverage.toml. The check fails if an attribute of a description has no decision. It
fails if a reader never reads an attribute called shown, or reads one called left out. It also fails if the stored table
is out of date.
OPTICOM_TMF_DIR names the folder with the descriptions; without it, only the readers are checked.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from console.connectors.tmforum.check.requirements import REQUIREMENTS
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records.care import read_slots
from console.connectors.tmforum.records.catalogue import read_offering, read_price
from scripts.tmf_descriptions import attributes_of

STORED = Path(__file__).parents[1] / "docs" / "tmf-coverage.md"
_DECISIONS = Path(__file__).with_suffix(".toml")
_READ = {name: need.read for name, need in REQUIREMENTS.items()} | {
    "productOffering": partial(read_offering, prices={}),
    "productOfferingPrice": read_price,
    "searchTimeSlot": read_slots,
}
# Values that make a reader continue to read further attributes.
_LEADING_ON = {"id": "x", "priceType": "recurring", "usageConsumption": []}
_INTRODUCTION = """\
# What becomes of every attribute

Made by `python3 -m scripts.tmf_coverage > docs/tmf-coverage.md` from `scripts/tmf_coverage.toml`; the tests hold it
against the readers and, where they are there, against the published descriptions in versions 4 and 5. "Opened" is
what Ctrl+I on a row or value shows, and Enter where it opens nothing else. Values that cannot be read are counted in
the alerts and named on the Systems page. Attributes beginning with @ name types and are not listed.
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on one attribute: `shown`, `used` or `left out`, and where or why."""

    kind: str
    words: str


class _Recording(RecordReader):
    """A record that notes which attributes are read."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.asked: set[str] = set()

    def raw(self, key: str) -> Any:
        self.asked.add(key)
        return super().raw(key)

    def present(self) -> Container[str]:
        return _Everything()


class _Everything:
    """A container that has every name, so that a reader continues to read."""

    def __contains__(self, _name: object) -> bool:
        return True


def decisions() -> dict[str, dict[str, Decision]]:
    """Return the decisions by resource and attribute."""
    declared = tomllib.loads(_DECISIONS.read_text(encoding="utf-8"))
    common = _decided(declared.pop("everywhere"))
    return {resource: common | _decided(kinds) for resource, kinds in declared.items()}


def problems() -> list[str]:
    """Return the problems of the decisions, one sentence each."""
    found = [problem for resource, decided in decisions().items() for problem in _problems_of(resource, decided)]
    if STORED.read_text(encoding="utf-8") != table():
        found.append("docs/tmf-coverage.md is another: run python3 -m scripts.tmf_coverage > docs/tmf-coverage.md")
    return found


def table() -> str:
    """Return the whole table as Markdown."""
    api = {name: one["api"] for name, one in tomllib.loads(_DECISIONS.read_text("utf-8")).items() if "api" in one}
    parts = [_INTRODUCTION]
    for resource, decided in decisions().items():
        lines = [f"## {resource} ({api[resource]})", "", "| attribute | decision | where or why |", "|---|---|---|"]
        lines += [f"| {name} | {one.kind} | {one.words} |" for name, one in sorted(decided.items())]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _decided(kinds: dict[str, Any]) -> dict[str, Decision]:
    return {
        name: Decision(kind.replace("_", " "), words)
        for kind in ("shown", "used", "left_out")
        for words, names in kinds.get(kind, {}).items()
        for name in names
    }


def _problems_of(resource: str, decided: dict[str, Decision]) -> Iterator[str]:
    asked = _asked(resource)
    for name, decision in decided.items():
        is_read = name in asked
        if decision.kind == "left out" and is_read:
            yield f"{resource}.{name} is called left out and is read"
        if decision.kind == "shown" and not is_read:
            yield f"{resource}.{name} is called shown and is never read"
    published = attributes_of(resource)
    if published is not None:
        for name in sorted(published - decided.keys()):
            yield f"{resource}.{name} has no decision"
        for name in sorted(decided.keys() - published):
            yield f"{resource}.{name} has a decision and is in no description"


def _asked(resource: str) -> set[str]:
    """Return the attributes that a resource's reader reads from a record, with the names of both versions."""
    reader = _Recording(dict(_LEADING_ON))
    _READ[resource](reader)
    return reader.asked


def main() -> int:
    if "--check" not in sys.argv[1:]:
        sys.stdout.write(table())
        return 0
    found = problems()
    print("\n".join(found) or f"every attribute of {len(decisions())} resources has its decision")
    if not os.environ.get("OPTICOM_TMF_DIR"):
        print("OPTICOM_TMF_DIR names no folder with the descriptions: only the readers were looked at")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
