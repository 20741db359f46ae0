"""What a standard-shaped answer says is what is read of it: no other amount, sign, currency, day or unit."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from console.connectors.tmforum.v4 import bills as v4_bills
from console.connectors.tmforum.v4 import customer as v4_customer
from console.connectors.tmforum.wire import Reader
from console.models.customer import PartyKind
from console.models.provenance import Records
from console.services.known import KnownFacts, encode
from console.services.permissions import Subject
from console.services.view_parts import PART_TYPES
from console.store.database import in_memory
from console.store.facts import FactRepository

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ZONES = ("Z", "+00:00", "+01:00", "-06:00", "+05:30", "+14:00", "")
HOURS = ("00:00:00", "23:59:59", "06:00:00.000")


def written(day: str) -> list[str]:
    return [day, *(f"{day}T{hour}{zone}" for zone in ZONES for hour in HOURS)]


@pytest.mark.parametrize("text", written("2026-12-01"))
def test_a_day_is_the_day_as_written_in_every_attribute_that_is_one(text: str) -> None:
    period = {"startDateTime": text, "endDateTime": text}
    first = date(2026, 12, 1)
    bill = v4_bills.read_bill(Reader({"id": "B", "billDate": text, "paymentDueDate": text, "billingPeriod": period}))
    assert (bill.billed_on, bill.due_on, bill.period_start, bill.period_end) == (first,) * 4
    rate = v4_bills.read_rate(Reader({"id": "R", "periodCoverage": period}))
    assert (rate.period_start, rate.period_end) == (first, first)
    account = v4_bills.read_account(Reader({"id": "A", "paymentPlan": [{"validFor": period}]}))
    assert [plan.due_on for plan in account.payment_plans] == [first]
    born = v4_customer.read_party(Reader({"id": "P", "birthDate": text}), PartyKind.INDIVIDUAL)
    assert born.birth_on == "2026-12-01"


@pytest.mark.parametrize("text", ["", None, "next week", "2026-13-01", "9999-12-31T00:00:00Z", 20261201])
def test_what_is_no_day_is_none(text: Any) -> None:
    assert v4_bills.read_bill(Reader({"id": "B", "paymentDueDate": text})).due_on is None


def test_a_bill_is_late_from_the_day_after_it_is_due() -> None:
    bill = v4_bills.read_bill(Reader({"id": "B", "paymentDueDate": "2026-12-01"}))
    assert not bill.is_late(date(2026, 12, 1))
    assert bill.is_late(date(2026, 12, 2))


async def test_what_was_kept_by_other_rules_is_not_shown_again() -> None:
    database = in_memory()
    store = FactRepository(database)
    old: Records[Any] = Records((), NOW)
    await store.save("CU-1", "bills|", lambda: encode(old), NOW)  # as the version before kept it
    known = KnownFacts(store, PART_TYPES)
    assert await known.load_stored("CU-1") == {}
    assert await known.moments("CU-1") == []
    known.save("CU-1", (Subject.BILLS, ""), old, NOW + timedelta(hours=1))
    await known.aclose()
    assert set(await KnownFacts(store, PART_TYPES).load_stored("CU-1")) == {("bills", "")}
    assert [moment.changed for moment in await known.moments("CU-1")] == [("bills",)]
    await database.aclose()
