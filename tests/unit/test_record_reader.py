from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.connectors.tmforum.numbers import complete_number
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.connectors.tmforum.records.bills import read_account, read_bill, read_rate
from console.connectors.tmforum.records.customer import read_customer, read_party
from console.connectors.tmforum.records.inventory import read_product, read_service
from console.connectors.tmforum.records.orders import read_product_order, read_service_order
from console.models.customer import PartyKind
from console.models.money import Money


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-08T10:00:00.000Z", datetime(2026, 11, 8, 10, tzinfo=UTC)),
        ("2026-11-08T10:00:00+02:00", datetime(2026, 11, 8, 8, tzinfo=UTC)),
        ("2026-11-08T10:00:56:999Z", datetime(2026, 11, 8, 10, 0, 56, 999000, tzinfo=UTC)),
        ("2026-11-08T10:00:00", datetime(2026, 11, 8, 10, tzinfo=UTC)),
        ("2026-11-08", datetime(2026, 11, 8, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("9999-12-31T23:59:59Z", None),
    ],
)
def test_dates_as_servers_write_them(text: str | None, expected: datetime | None) -> None:
    reader = RecordReader({"billDate": text})
    assert reader.when("billDate") == expected
    assert not reader.problems


@pytest.mark.parametrize("value", ["next week", 20261108, ["2026-11-08"], "2026-13-45", "0000-00-00"])
def test_a_date_that_cannot_be_read_is_missing_and_noted(value: Any) -> None:
    reader = RecordReader({"billDate": value})
    assert reader.when("billDate") is None
    assert len(reader.problems) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"unit": "USD", "value": Decimal("152.98")}, Money(Decimal("152.98"), "USD")),
        ({"unit": "USD", "value": "152.98"}, Money(Decimal("152.98"), "USD")),
        ({"value": 5}, Money(Decimal(5), "EUR")),
        (Decimal("0.1"), Money(Decimal("0.1"), "EUR")),
        ("1,520.50 USD", Money(Decimal("1520.50"), "USD")),
        ("−3.20", Money(Decimal("-3.20"), "EUR")),
        ({"amount": 3, "currency": "SEK"}, Money(Decimal(3), "SEK")),
    ],
)
def test_amounts_in_every_form_are_exact(value: Any, expected: Money) -> None:
    reader = RecordReader({"amountDue": value}, WireDialect("EUR"))
    assert reader.money("amountDue") == expected
    assert not reader.problems


@pytest.mark.parametrize(
    "value", ["12,50", "1,520", "٣", "a lot", True, {"unit": "USD"}, Decimal("1e400"), Decimal("NaN"), [1]]
)
def test_an_amount_that_is_not_certain_is_missing_and_noted(value: Any) -> None:
    reader = RecordReader({"amountDue": value}, WireDialect("EUR"))
    assert reader.money("amountDue") is None
    assert reader.problems


def test_an_amount_without_a_currency_is_not_guessed() -> None:
    reader = RecordReader({"amountDue": Decimal("1.5")})
    assert reader.money("amountDue") is None
    assert reader.problems == ["amountDue has no currency"]


def test_minor_units_follow_the_currency() -> None:
    assert RecordReader({"a": 15298}, WireDialect("USD", minor=True)).money("a") == Money(Decimal("152.98"), "USD")
    assert RecordReader({"a": 15298}, WireDialect("JPY", minor=True)).money("a") == Money(Decimal(15298), "JPY")


def test_keys_are_found_in_any_case() -> None:
    reader = RecordReader({"validfor": {"STARTDATETIME": "2026-01-01"}})
    period = reader.part("validFor")
    assert period is not None
    assert period.when("startDateTime") == datetime(2026, 1, 1, tzinfo=UTC)


def test_text_cannot_steer_what_shows_it() -> None:
    shown = RecordReader({"name": "A\x00\x1b[31mB\u202egnp.exe"}).text("name")
    assert shown == "A\ufffd\ufffd[31mB\ufffdgnp.exe"


def test_a_state_keeps_its_spelling() -> None:
    assert RecordReader({"status": " My own state"}).state("status") == " My own state"
    for spelt in ("aborted ", "ABORTED", "Aborted"):
        assert RecordReader({"status": spelt}).state("status") == "aborted"
    for spelt in ("in progress", "IN_PROGRESS", "InProgress", "in-progress"):
        assert RecordReader({"status": spelt}).state("status") == "inProgress"


@pytest.mark.parametrize("value", [None, "text", 3, [], {"name": "no id"}, {"id": None}, {"id": True}, {"id": {}}])
def test_a_record_without_identity_is_malformed(value: Any) -> None:
    with pytest.raises(MalformedRecordError):
        RecordReader(value).identifier()


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_KEYS = st.sampled_from(
    [
        "id",
        "name",
        "status",
        "state",
        "billDate",
        "amountDue",
        "validFor",
        "engagedParty",
        "relatedParty",
        "contactMedium",
        "characteristic",
        "milestone",
        "productPrice",
        "accountBalance",
        "billingAccount",
        "billStructure",
        "productOrderItem",
        "serviceOrderItem",
        "note",
        "errorMessage",
        "isServiceEnabled",
        "birthDate",
    ]
)
_READERS = [
    read_customer,
    lambda reader: read_party(reader, PartyKind.ORGANIZATION),
    read_account,
    read_bill,
    read_rate,
    read_product_order,
    read_service_order,
    read_product,
    read_service,
]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is not a failure
@given(st.dictionaries(_KEYS, _JSON, max_size=10), st.sampled_from(_READERS))
def test_no_record_breaks_a_translation(record: dict[str, Any], read: Any) -> None:
    reader = RecordReader({"id": "x", **record}, WireDialect("USD"))
    try:
        read(reader)
    except MalformedRecordError:
        pass  # the record is rejected as malformed, as intended


@pytest.mark.parametrize(
    ("typed", "prefix", "expected"),
    [
        ("CU-2041877", "CU-", "CU-2041877"),
        ("cu 204 1877", "CU-", "CU-2041877"),
        ("2041877", "CU-", "CU-2041877"),
        ("SO-2041877", "CU-", None),
        ("B-2611-0448", "B-", "B-2611-0448"),
        ("b2611-0448", "B-", "B-2611-0448"),
        ("BA-77302291", "B-", None),
        ("  x 1 ", None, "x 1"),
        ("", "CU-", None),
        ("..", "CU-", None),
    ],
)
def test_numbers_are_completed_to_the_deployments_form(typed: str, prefix: str | None, expected: str | None) -> None:
    assert complete_number(typed, prefix) == expected
