"""A list that was cut is never taken for complete; the rep must confirm an amount with two meanings."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from console.models.customer_bill import CustomerBill, CustomerBillId
from console.models.money import Money
from console.models.provenance import Damage, Records, Sourced
from console.services.actions.amounts import read_amount
from console.services.customer.contact import NotPossibleError
from console.services.discrepancies.system_facts import SystemFacts
from tests.support.factories import NOON, origin


def days(*numbers: int | None, complete: bool = True) -> Records[int | None]:
    items = tuple(Sourced(number, origin(id=str(place))) for place, number in enumerate(numbers))
    found = Records(items, NOON, complete)
    return found.sorted_by(lambda n: date(2026, 11, n) if n else None, missing=date.min)


@pytest.mark.parametrize(
    ("came", "complete", "known"),
    [
        ((3, 2, 1), False, True),
        ((3, 3, None, 1), False, True),
        ((1, 2, 3), False, False),  # oldest first: the newest are not loaded yet
        ((2, 3, 1), False, False),
        ((None, None), False, False),
        ((1,), False, False),
        ((1, 2, 3), True, True),
    ],
)
def test_the_newest_is_known_of_whole_lists_and_of_those_that_came_newest_first(
    came: tuple[int | None, ...], complete: bool, known: bool
) -> None:
    assert days(*came, complete=complete).knows_newest is known


def test_a_list_is_whole_only_if_nothing_of_it_was_cut_or_lost() -> None:
    assert days(1).is_whole
    assert not days(1, complete=False).is_whole
    assert not Records((), NOON, damaged=(Damage("bill", None, "odd"),)).is_whole
    assert Records((), NOON, damaged=(Damage("bill", "1", "odd", lost=False),)).is_whole


def bill(name: str, day: int, amount: str) -> CustomerBill:
    on, money = date(2026, 11, day), Money(Decimal(amount), "EUR")
    return CustomerBill(CustomerBillId(name), None, "A", "sent", on, on, None, None, money, None, None, money)


def test_a_credit_note_is_neither_late_nor_the_newest_bill() -> None:
    credit, billed = bill("C", 20, "-20"), bill("B", 1, "40")
    assert not credit.is_late(date(2026, 12, 31))
    assert billed.is_late(date(2026, 12, 31))
    facts = SystemFacts(datetime(2026, 12, 31, tzinfo=UTC), bills=[credit, billed])
    assert facts.newest_bill("A") == billed


@pytest.mark.parametrize("currency", ["EUR", "USD", "KWD", "JPY"])
@pytest.mark.parametrize("typed", ["1,250", "1.250", "12,345", "999.000"])
def test_one_separator_and_three_digits_is_asked_about_in_every_currency(typed: str, currency: str) -> None:
    whole = typed.replace(",", "").replace(".", "")
    with pytest.raises(NotPossibleError, match=rf"could mean {whole} or"):
        read_amount(typed, currency)


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1250", "KWD", "1250"),
        ("1.2550", "KWD", "1.255"),
        ("1.2500", "KWD", "1.250"),
        ("0.250", "KWD", "0.250"),
        ("12,50", "EUR", "12.50"),
        ("1,250.00", "USD", "1250"),
        ("1,250,000", "USD", "1250000"),
    ],
)
def test_an_amount_that_can_be_one_alone_is_read(typed: str, currency: str, amount: str) -> None:
    assert read_amount(typed, currency) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(("typed", "currency"), [("1.255", "EUR"), ("1.2551", "KWD"), ("1.5", "JPY")])
def test_more_decimals_than_a_currency_has_are_no_amount(typed: str, currency: str) -> None:
    with pytest.raises(NotPossibleError):
        read_amount(typed, currency)
