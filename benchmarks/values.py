"""values: the console's values of valid responses, compared with the responses: right, not understood, missing, wrong.

The responses are the examples of the published descriptions, and 2,000 random ones for each resource and version
(OPTICOM_BENCH_VALUES=100000 for a long run). OPTICOM_TMF_DIR names the folder with the descriptions. An attribute
counts if `scripts/tmf_coverage.toml` calls it shown; it is right if some part of it is shown. An amount, currency or
day that is shown but not in the response is wrong. Floor: the attributes in the responses. Each mistake planted in the
connector must be found.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.result import Result
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import bills, details, usage
from console.http.responses import decode_body
from console.models.money import Money
from scripts.tmf_coverage import decisions
from tests.support.described import DESCRIBED, FOLDER
from tests.support.legal_answers import LegalMaker, judge

_ANSWERS = int(os.environ.get("OPTICOM_BENCH_VALUES", "2000"))
_PLANTED_ANSWERS = 60
_SEED = os.environ.get("OPTICOM_BENCH_SEED", "19")


def measure() -> list[Result]:
    """Return all cases; none without the published descriptions."""
    if not FOLDER:
        print("values: OPTICOM_TMF_DIR names no folder with the published descriptions")
        return []
    made = _judged(_made(_ANSWERS))
    examples = _judged(_published())
    honest = _judged(_made(_PLANTED_ANSWERS))
    found = [name for name, plant in _PLANTED.items() if _is_found(plant, honest)]
    print(f"values: planted and found: {found}")
    return [
        *_results("made", made),
        *_results("published", examples),
        Result("values", "planted mistakes not found", float(len(_PLANTED) - len(found)), "of", float(len(_PLANTED))),
    ]


def _results(kind: str, seen: Counter[str]) -> list[Result]:
    every = float(sum(seen[name] for name in ("right", "not understood", "missing")))
    return [Result("values", f"{kind}: {name}", float(seen[name]), "of", every) for name in _COUNTED]


_COUNTED = ("right", "not understood", "missing", "wrong")


def _judged(answers: Iterator[tuple[str, str, Any]]) -> Counter[str]:
    seen: Counter[str] = Counter()
    named: Counter[str] = Counter()
    wanted = {
        resource: frozenset(name for name, one in decided.items() if one.kind == "shown")
        for resource, decided in decisions().items()
    }
    for resource, version, answer in answers:
        verdict = judge(resource, answer, wanted[resource])
        counts = (verdict.right, verdict.not_understood, verdict.missing, verdict.wrong)
        seen.update({name: len(found) for name, found in zip(_COUNTED, counts, strict=True)})
        named.update(f"{resource} {version}: {name} is missing" for name in verdict.missing)
        named.update(f"{resource} {version}: {what} is wrong" for what in verdict.wrong)
    for what, times in named.most_common(12):
        print(f"values: {what}, {times} times")
    return seen


def _made(count: int) -> Iterator[tuple[str, str, Any]]:
    for resource, (_, files) in DESCRIBED.items():
        for version in ("v4", "v5")[: len(files)]:
            rng = random.Random(f"{_SEED} {resource} {version}")
            for _ in range(count):
                (answer,) = decode_body(json.dumps([LegalMaker(rng).record(resource, version)]).encode())
                yield resource, version, answer


def _published() -> Iterator[tuple[str, str, Any]]:
    """Yield every published example of a resource that the console reads, from the descriptions of version 5."""
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the descriptions are

    for resource, (schema, files) in DESCRIBED.items():
        if len(files) == 1:
            continue
        text = (Path(FOLDER or "") / files[1]).read_text(encoding="utf-8")
        for name, example in yaml.load(text, Loader=yaml.CSafeLoader)["components"].get("examples", {}).items():
            if "esponse" not in name:
                continue
            value = example.get("value")
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and one.get("@type") == schema and one.get("id"):
                    (answer,) = decode_body(json.dumps([one], default=str).encode())
                    yield resource, "example", answer


# ------------------------------------------------------------------ planted mistakes


def _is_found(plant: Callable[[], Any], honest: Counter[str]) -> bool:
    with plant(), mock.patch("builtins.print"):
        seen = _judged(_made(_PLANTED_ANSWERS))
    return seen["wrong"] > honest["wrong"] or seen["missing"] > honest["missing"]


@contextmanager
def _days_in_utc() -> Iterator[None]:
    """Mistake: a day is the day in UTC, not the day as written."""

    def day(self: RecordReader, key: str) -> Any:
        at = self.when(key)
        return at.astimezone(UTC).date() if at else None

    with mock.patch.object(RecordReader, "day", day):
        yield


@contextmanager
def _lost_cents() -> Iterator[None]:
    """Mistake: amounts lose their fraction."""
    original = RecordReader.money

    def money(self: RecordReader, key: str) -> Money | None:
        found = original(self, key)
        return Money(found.amount.__floor__() + 0 * found.amount, found.currency) if found else None

    with mock.patch.object(RecordReader, "money", money):
        yield


@contextmanager
def _one_currency() -> Iterator[None]:
    """Mistake: every amount is in euros."""
    original = RecordReader.money

    def money(self: RecordReader, key: str) -> Money | None:
        found = original(self, key)
        return Money(found.amount, "EUR") if found else None

    with mock.patch.object(RecordReader, "money", money):
        yield


@contextmanager
def _zones_ignored() -> Iterator[None]:
    """Mistake: every time is read as UTC, whatever its zone."""
    original = RecordReader.when

    def when(self: RecordReader, key: str) -> Any:
        value, at = self.raw(key), original(self, key)
        if at is None or not isinstance(value, str) or value[-6:-5] not in {"+", "-"}:
            return at
        return original(RecordReader({key: value[:-6] + "Z"}), key)

    with mock.patch.object(RecordReader, "when", when):
        yield


def _silent(module: Any, name: str) -> Callable[[], Any]:
    """Return a patch that empties one declaration of details."""
    return lambda: mock.patch.object(module, name, ())


_PLANTED: dict[str, Callable[[], Any]] = {
    "days in UTC": _days_in_utc,
    "lost cents": _lost_cents,
    "one currency": _one_currency,
    "no details of bills": _silent(bills, "_BILL"),
    "no details of usage": _silent(usage, "_USAGE"),
    "zones ignored": _zones_ignored,
    "no details at all": lambda: mock.patch.object(details, "read_details", return_value=()),
}
