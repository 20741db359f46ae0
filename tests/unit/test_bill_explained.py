"""The difference of two bills: each rule, and causes that always add up to it."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.bill import explanations
from console.models.bill_explanation import BillExplanation, CauseKind
from console.models.customer_bill import AppliedBillingRate, CustomerBill, CustomerBillId
from console.models.money import Money
from console.models.order import Order, OrderItem, OrderKind
from console.sandbox.world import World
from console.services.billing.bill_explained import NotComparableError, explain, order_behind
from console.views.customer.bill.say_bill import said_causes, say
from console.views.customer.bill.say_bill_words import LANGUAGES

OCTOBER, NOVEMBER = date(2026, 10, 8), date(2026, 11, 8)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def bill(at: date, total: str | None, currency: str = "USD") -> CustomerBill:
    amount = None if total is None else Money(Decimal(total), currency)
    return CustomerBill(
        CustomerBillId(f"B-{at:%m}"), None, "BA-1", None, at, None, at, None, amount, None, amount, None
    )


def line(
    at: date, name: str, kind: str, net: str, *, product: str = "", days: int = 31, **more: Any
) -> AppliedBillingRate:
    starts = more.get("starts", at)
    gross = usd(more["gross"]) if "gross" in more else usd(net)
    return AppliedBillingRate(
        f"{name} {at}", name, kind, starts, starts + timedelta(days=days), usd(net), gross, product or None
    )


def kinds(*cause: Any) -> dict[CauseKind, Decimal]:
    return {one.kind: one.amount.amount for one in cause}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, ("Fibre", "recurring", "40"), CauseKind.ADDED),
        (("Fibre", "recurring", "40"), None, CauseKind.REMOVED),
        (("Fibre", "recurring", "40"), ("Fibre", "recurring", "45"), CauseKind.PRICE),
        (("Welcome", "discount", "-10"), None, CauseKind.PROMOTION),
        (("Calls", "usage", "1"), ("Calls", "usage", "9"), CauseKind.USAGE),
        (None, ("Installation", "oneTime", "50"), CauseKind.ONE_OFF),
        (None, ("Late payment", "oneTime", "5"), CauseKind.LATE_PAYMENT),
        (None, ("Credit", "credit", "-3"), CauseKind.CREDIT),
        (None, ("Goodwill", "oneTime", "-3"), CauseKind.CREDIT),
    ],
)
def test_each_kind_is_known(before: Any, after: Any, kind: CauseKind) -> None:
    old = [line(OCTOBER, *before, product="P1")] if before else []
    new = [line(NOVEMBER, *after, product="P1")] if after else []
    totals = [str(sum((Decimal(one[2]) for one in (side,) if one), start=Decimal(0))) for side in (before, after)]
    found = explain(bill(OCTOBER, totals[0]), old, bill(NOVEMBER, totals[1]), new)
    assert kinds(*found.causes) == {kind: found.difference.amount}


def test_part_of_a_month_is_no_monthly_charge() -> None:
    old = [line(OCTOBER, "Phone", "recurring", "12", product="P1")]
    new = [
        line(NOVEMBER, "Phone", "recurring", "12", product="P1"),
        line(NOVEMBER, "Fibre", "recurring", "62", product="P2"),
        line(NOVEMBER, "Fibre", "recurring", "34", product="P2", starts=NOVEMBER - timedelta(days=17), days=17),
        line(NOVEMBER, "Old fibre", "recurring", "-20", product="P3", starts=NOVEMBER - timedelta(days=31), days=31),
    ]
    found = explain(bill(OCTOBER, "12"), old, bill(NOVEMBER, "88"), new)
    assert [one.amount.amount for one in found.causes if one.kind is CauseKind.ADDED] == [Decimal(62)]
    assert sum(one.amount.amount for one in found.causes if one.kind is CauseKind.PART_MONTH) == Decimal(14)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (None, "60.66", "There's a one-time $60.66 partial-month charge for Fibre 500."),
        (None, "-60.66", "There's a one-time refund of $60.66 for Fibre 500."),
        ("60.66", None, "The previous bill had a one-time partial-month charge of $60.66 for Fibre 500."),
        ("-60.66", None, "The previous bill had a one-time refund of $60.66 for Fibre 500."),
        ("30.00", "40.00", "Fibre 500 was $10.00 more."),
    ],
)
def test_a_part_of_a_month_is_said_of_the_bill_that_has_it(
    before: str | None, after: str | None, sentence: str
) -> None:
    def part(at: datetime, amount: str | None) -> list[AppliedBillingRate]:
        whole = [line(at, "Home Phone", "recurring", "12.00")]
        return whole if amount is None else [*whole, line(at, "Fibre 500, partial month", "recurring", amount, days=9)]

    totals = [str(Decimal("100") + Decimal(amount or 0)) for amount in (before, after)]
    found = explain(bill(OCTOBER, totals[0]), part(OCTOBER, before), bill(NOVEMBER, totals[1]), part(NOVEMBER, after))
    assert sentence in say(found)


def test_what_no_line_accounts_for_is_said_with_its_amount() -> None:
    found = explain(bill(OCTOBER, "10"), [line(OCTOBER, "A", "recurring", "10")], bill(NOVEMBER, "17.50"), [])
    assert found.unexplained == usd("17.50")
    close = explain(bill(OCTOBER, "10"), [], bill(NOVEMBER, "10.01"), [])
    assert kinds(*close.causes) == {CauseKind.ROUNDING: Decimal("0.01")}


def test_two_currencies_and_no_amount_are_no_comparison() -> None:
    with pytest.raises(NotComparableError, match="USD"):
        explain(bill(OCTOBER, "1", "EUR"), [], bill(NOVEMBER, "1"), [])
    with pytest.raises(NotComparableError, match="no amount"):
        explain(bill(OCTOBER, None), [], bill(NOVEMBER, "1"), [])


def test_a_cause_is_linked_to_the_order_behind_it() -> None:
    new = [line(NOVEMBER, "Wi-Fi pods, 2", "recurring", "8", product="P1")]
    found = explain(bill(OCTOBER, "0"), [], bill(NOVEMBER, "8"), new)

    def order(number: str, at: date, name: str) -> Order:
        items, ordered_at = (OrderItem("1", "add", name, None),), datetime.combine(at, time(9), UTC)
        return Order(number, OrderKind.PRODUCT, "", "completed", None, ordered_at, None, None, items)

    orders = [
        order("PO-1", OCTOBER + timedelta(days=8), "Wi-Fi pods, 2"),
        order("PO-2", OCTOBER - timedelta(days=200), "Wi-Fi pods, 2"),
        order("PO-3", OCTOBER + timedelta(days=9), "Static IP"),
    ]
    behind = order_behind(found.causes[0], found, orders)
    assert behind is not None
    assert behind.id == "PO-1"
    assert order_behind(found.causes[0], found, orders[1:]) is None


amounts = st.decimals(-500, 500, places=2).map(str)
rates = st.lists(
    st.tuples(
        st.sampled_from(["Fibre", "Phone", "Calls", "Late payment", "x"]),
        st.sampled_from(["recurring", "usage", "oneTime", "discount", "credit", "own-word", ""]),
        amounts,
        amounts,
        st.integers(0, 40),
    ),
    max_size=8,
)


@given(rates, rates, amounts, amounts)
def test_whatever_comes_the_causes_add_up(old: Any, new: Any, before: str, after: str) -> None:
    def made(at: datetime, parts: Any) -> list[AppliedBillingRate]:
        return [line(at, name, kind, net, gross=gross, days=days) for name, kind, net, gross, days in parts]

    found = explain(bill(OCTOBER, before), made(OCTOBER, old), bill(NOVEMBER, after), made(NOVEMBER, new))
    assert sum((cause.amount.amount for cause in found.causes), start=Decimal(0)) == Decimal(after) - Decimal(before)
    check_said(found)


def check_said(found: BillExplanation) -> None:
    """Check that the named causes add up to the cent, and cover 90 % of the changes or the five largest causes."""
    said, other = said_causes(found)
    assert sum((cause.amount.amount for cause in said), start=other.amount) == found.difference.amount
    changed = sum(abs(cause.amount.amount) for cause in found.causes)
    named = sum(abs(cause.amount.amount) for cause in said)
    largest = sorted((abs(cause.amount.amount) for cause in found.causes), reverse=True)[:5]
    assert named >= changed * Decimal("0.9") or named >= sum(largest)
    for language in LANGUAGES:
        text = say(found, language)
        assert ("other" in text.lower() or language != "en") if other.amount else "Other changes" not in text


def test_every_pair_of_bills_of_the_world_is_said_to_the_cent() -> None:
    pairs = 0
    for explanation in explanations(World(seed=7, customers=300, as_of=date(2026, 11, 1)), range(0, 300, 6)):
        check_said(explanation)
        pairs += 1
    assert pairs > 300
