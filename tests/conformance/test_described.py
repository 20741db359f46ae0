"""Every decoder on records made from the published descriptions, damaged as servers damage them."""

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.connectors.tmforum.check.masking import masked
from console.connectors.tmforum.check.requirements import REQUIREMENTS
from console.connectors.tmforum.reading import belongs_to, customer_named
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.http.responses import Undecodable, decode_body, refusal_reason
from console.models.money import Money
from scripts.tmf_coverage import decisions
from tests.support.described import DESCRIBED, FOLDER, Maker
from tests.support.legal_answers import LegalMaker, judge

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="OPTICOM_TMF_DIR does not name a folder with TM Forum's API descriptions"
)
CASES = [(name, version) for name, (_, files) in DESCRIBED.items() for version in ("v4", "v5")[: len(files)]]


def read(resource: str, version: str, element: Any) -> Any:
    """Return the console's reading of one element of a response; None where the record is rejected as malformed."""
    try:
        if isinstance(element, Undecodable):
            return None
        reader = RecordReader(element, WireDialect("EUR"))
        reader.identifier()
        customer_named(reader)
        belongs_to(reader, "CU-1")
        found = REQUIREMENTS[resource].read(reader)
    except MalformedRecordError:
        return None
    assert all(isinstance(problem, str) for problem in reader.problems)
    return found


def amounts(value: Any) -> list[Money]:
    parts = [getattr(value, name) for name in getattr(value, "__dataclass_fields__", ())]
    found = [value] if isinstance(value, Money) else []
    for part in value if isinstance(value, tuple | list) else parts if not found else ():
        found += amounts(part)
    return found


@pytest.mark.parametrize(("resource", "version"), CASES, ids=[f"{name}-{version}" for name, version in CASES])
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # 20 for each of the 29 resources: some hundreds in total
@given(rng=st.randoms(use_true_random=False), damage=st.sampled_from([0.0, 0.1, 0.5]))
def test_no_record_within_or_beside_its_description_breaks_a_decoder(
    resource: str, version: str, rng: random.Random, damage: float
) -> None:
    records = [Maker(rng, damage=damage).record(resource, version) for _ in range(2)]
    body = json.dumps(records).encode()
    for element in decode_body(body):
        found = read(resource, version, element)
        assert all(money.amount.is_finite() for money in amounts(found))
        refusal_reason(element)
        assert len(masked(element)) <= 1000


@pytest.mark.parametrize(("resource", "version"), CASES, ids=[f"{name}-{version}" for name, version in CASES])
def test_whole_records_are_never_given_up(resource: str, version: str) -> None:
    rng = random.Random(f"{resource}{version}")
    records = [Maker(rng, full=1.0).record(resource, version) for _ in range(20)]
    if resource == "queryUsageConsumption":  # a record that counts nothing must not be read as "no allowances"
        records = [record for record in records if _counts(record)]
    assert records
    assert all(read(resource, version, record) is not None for record in decode_body(json.dumps(records).encode()))


def _counts(record: dict[str, Any]) -> bool:
    uses = record.get("usageConsumption")
    named = uses is not None and all(
        any(map(_is_sent, use.get("bucketRefOrValue") or use.get("bucket") or ())) for use in uses
    )
    return named and not record.get("errorMessage")


def _is_sent(bucket: dict[str, Any]) -> bool:
    """Return whether a bucket has values besides its `href` and `@` attributes."""
    return any(value for key, value in bucket.items() if key != "href" and not key.startswith("@"))


def test_the_maker_does_damage() -> None:
    rng = random.Random(1)
    records = [Maker(rng, damage=0.5).record("customerBill", "v4") for _ in range(200)]
    read_ones = [read("customerBill", "v4", record) for record in records]
    assert any(found is None for found in read_ones)
    assert any(found is not None for found in read_ones)


SHOWN = {
    resource: frozenset(name for name, one in decided.items() if one.kind == "shown")
    for resource, decided in decisions().items()
}


@pytest.mark.parametrize(("resource", "version"), CASES, ids=[f"{name}-{version}" for name, version in CASES])
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rng=st.randoms(use_true_random=False))
def test_a_legal_answer_is_told_as_it_is(resource: str, version: str, rng: random.Random) -> None:
    """Check amount, currency, day and time of one response; `bench values` checks thousands."""
    (answer,) = decode_body(json.dumps([LegalMaker(rng).record(resource, version)]).encode())
    verdict = judge(resource, answer, SHOWN[resource])
    assert verdict.wrong == []
    assert len(verdict.missing) <= 1
