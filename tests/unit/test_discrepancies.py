"""Discrepancies between systems: each rule finds its own, reports nothing if systems agree, and names missing facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.models.billing_account import BillingAccount, BillingAccountId
from console.models.customer import ContactMedium, Customer, CustomerId
from console.models.customer_bill import AppliedBillingRate, CustomerBill, CustomerBillId
from console.models.discrepancy import DiscrepancyKind as Kind
from console.models.inventory import Product, Service
from console.models.money import Money
from console.models.order import Order, OrderItem, OrderKind
from console.models.payment import Payment
from console.models.search import Match, MatchedBy, SearchHit
from console.services.actions.catalogue import ACTIONS
from console.services.discrepancies import RULES, SystemFacts, compare

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)
TODAY = NOW.date()
BILLED = TODAY - timedelta(days=11)
FEE = Money(Decimal("9.89"), "USD")
HOME = ContactMedium("postalAddress", "1418 Alder St, Dayton OH 45402")
PRODUCT = Product("PR1", "Static IP", "active", LONG_AGO, None, FEE, "month", "IP-1", "BA-1", ("SV1",))
SERVICE = Service("SV1", "Static IP", "active", True, "ip", LONG_AGO, None)
ACCOUNT = BillingAccount(BillingAccountId("BA-1"), "Ana", state="active", contact_media=(HOME,), holder="Ana Lind")
CUSTOMER = Customer(CustomerId("CU-1"), "Ana Lind", since=LONG_AGO, contact_media=(HOME,), account_ids=("BA-1",))
BILL = CustomerBill(
    CustomerBillId("B1"), "B-1", "BA-1", "sent", BILLED, TODAY, BILLED, TODAY, FEE, FEE, FEE, FEE
)  # fmt: skip
LINE = AppliedBillingRate("L1", "Static IP", "recurring", BILLED, TODAY, FEE, FEE, "PR1")
ORDER = Order(
    "PO-1", OrderKind.PRODUCT, "New", "completed", None, LONG_AGO, LONG_AGO, LONG_AGO,
    (OrderItem("1", "add", "Static IP", "completed", "PR1"),),
)  # fmt: skip
CARRIED_OUT = replace(ORDER, id="SO-1", kind=OrderKind.SERVICE, product_order_id="PO-1")


def facts(**changes: Any) -> SystemFacts:
    """Return the facts of three systems that agree, except for the changes."""
    agreed: dict[str, Any] = {
        "customer": CUSTOMER, "accounts": (ACCOUNT,), "bills": (BILL,), "lines": {"B1": (LINE,)},
        "products": (PRODUCT,), "services": (SERVICE,), "product_orders": (ORDER,), "service_orders": (CARRIED_OUT,),
        "payments": (), "same_person": (),
    }  # fmt: skip
    return SystemFacts(NOW, **{**agreed, **changes})


ENDED = replace(PRODUCT, status="terminated", terminated_at=NOW - timedelta(days=36))
PAID = Payment("PY-1", "done", NOW - timedelta(days=3), FEE, "Card", None, None, "BA-1")
DISCREPANT: list[tuple[Kind, str, dict[str, Any]]] = [
    (Kind.BILLED_BUT_TERMINATED, "PR1", {"products": (ENDED,), "services": (replace(SERVICE, state="terminated"),)}),
    (Kind.ACTIVE_NOT_BILLED, "PR1", {"lines": {"B1": (replace(LINE, product_id="PR2"),)}}),
    (Kind.ORDER_DONE_SERVICE_INACTIVE, "PR1", {"services": (replace(SERVICE, state="inactive", enabled=False),)}),
    (Kind.SUSPENDED_IN_ONE, "PR1", {"products": (replace(PRODUCT, status="suspended"),)}),
    (Kind.ADDRESS_DIFFERS, "BA-1",
     {"accounts": (replace(ACCOUNT, contact_media=(ContactMedium("postalAddress", "14183 Alder St, Dayton OH 45402"),)),)}),
    (Kind.NAME_DIFFERS, "BA-1", {"accounts": (replace(ACCOUNT, holder="Ana Torres"),)}),
    (Kind.CONTACT_DIFFERS, "BA-1",
     {"customer": replace(CUSTOMER, contact_media=(HOME, ContactMedium("email", "ana@example.org"))),
      "accounts": (replace(ACCOUNT, contact_media=(HOME, ContactMedium("email", "old@example.org"))),)}),
    (Kind.PAYMENT_NOT_APPLIED, "B1", {"payments": (PAID,)}),
    (Kind.DUPLICATE_CUSTOMER, "CU-2", {"same_person": (SearchHit(CustomerId("CU-2"), "crm", Match(MatchedBy.PHONE_AND_ADDRESS), "Ana Lind"),)}),
    (Kind.ACCOUNT_UNKNOWN, "BA-9", {"customer": replace(CUSTOMER, account_ids=("BA-1", "BA-9"))}),
    (Kind.ORDERS_DIFFER, "PO-1", {"service_orders": (replace(CARRIED_OUT, state="failed"),)}),
]  # fmt: skip


def test_systems_that_agree_give_nothing() -> None:
    found = compare(facts())
    assert (found.found, found.not_compared) == ((), ())


def test_every_rule_has_its_case() -> None:
    assert {kind for kind, _, _ in DISCREPANT} == set(RULES) == set(Kind)


@pytest.mark.parametrize(("kind", "about", "changes"), DISCREPANT, ids=lambda value: getattr(value, "name", None))
def test_a_discrepancy_is_found_where_it_matters_with_what_each_says(kind: Kind, about: str, changes: dict) -> None:
    found = compare(facts(**changes)).found
    assert [(one.kind, one.about) for one in found] == [(kind, about)]
    assert len(found[0].statements) >= 2
    assert all(statement.says and statement.record and statement.system for statement in found[0].statements)
    assert found[0].meaning
    assert found[0].fixes
    assert {fix.action for fix in found[0].fixes} <= set(ACTIONS)


def test_what_it_costs_is_counted_over_all_bills_since() -> None:
    earlier = replace(BILL, id=CustomerBillId("B0"), billed_on=TODAY - timedelta(days=35))
    before = replace(BILL, id=CustomerBillId("B-"), billed_on=TODAY - timedelta(days=66))
    changed = facts(products=(ENDED,), services=(), bills=(before, earlier, BILL))
    assert compare(changed).found[0].cost == Money(Decimal("19.78"), "USD")


@pytest.mark.parametrize(
    "changes",
    [
        {"payments": (replace(PAID, bill_ids=("B1",)),)},
        {"payments": (replace(PAID, status="failed"),)},
        {"payments": (replace(PAID, amount=Money(Decimal("9.89"), "EUR")),)},
        {"products": (replace(PRODUCT, started_at=NOW - timedelta(days=10)),), "lines": {"B1": ()}},
        {"products": (replace(PRODUCT, price=Money(Decimal(0), "USD")),), "lines": {"B1": ()}},
        {"accounts": (replace(ACCOUNT, holder="ana lind"),)},
        {
            "accounts": (
                replace(ACCOUNT, contact_media=(ContactMedium("postalAddress", "1418 ALDER ST Dayton, OH 45402"),)),
            )
        },
        {"products": (ENDED,), "services": (replace(SERVICE, state="terminated"),), "lines": {"B1": ()}},
    ],
)
def test_what_only_looks_like_one_is_none(changes: dict) -> None:
    assert compare(facts(**changes)).found == ()


@pytest.mark.parametrize(
    ("missing", "kinds"),
    [
        ("products", {Kind.BILLED_BUT_TERMINATED, Kind.ACTIVE_NOT_BILLED, Kind.SUSPENDED_IN_ONE,
                      Kind.ORDER_DONE_SERVICE_INACTIVE}),
        ("accounts", {Kind.NAME_DIFFERS, Kind.ADDRESS_DIFFERS, Kind.CONTACT_DIFFERS, Kind.ACCOUNT_UNKNOWN}),
        ("payments", {Kind.PAYMENT_NOT_APPLIED}),
        ("same_person", {Kind.DUPLICATE_CUSTOMER}),
        ("service_orders", {Kind.ORDERS_DIFFER}),
    ],
)  # fmt: skip
def test_what_no_system_said_is_said_to_be_not_compared(missing: str, kinds: set[Kind]) -> None:
    found = compare(facts(**{missing: None}))
    assert {gap.kind for gap in found.not_compared} == kinds
    assert all("has not sent" in str(gap.why) for gap in found.not_compared)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"lines": {}}, Kind.ACTIVE_NOT_BILLED),
        ({"lines": {"B1": (replace(LINE, product_id=None),)}}, Kind.ACTIVE_NOT_BILLED),
        ({"products": (replace(PRODUCT, status="terminated"),)}, Kind.BILLED_BUT_TERMINATED),
        ({"accounts": (replace(ACCOUNT, holder=None),)}, Kind.NAME_DIFFERS),
        ({"accounts": (replace(ACCOUNT, contact_media=()),)}, Kind.ADDRESS_DIFFERS),
        ({"gaps": {"accounts": "2 of the accounts could not be read whole"}}, Kind.ACCOUNT_UNKNOWN),
    ],
)
def test_malformed_facts_are_no_agreement(changes: dict, kind: Kind) -> None:
    found = compare(facts(**changes))
    assert kind in {gap.kind for gap in found.not_compared}
    assert not [one for one in found.found if one.kind is kind]


def test_once_billing_has_stopped_it_only_the_credit_is_left_to_give() -> None:
    charge = replace(PRODUCT, id="CH1", status="terminated")
    found = compare(facts(products=(ENDED,), services=(), charges=(charge,))).found[0]
    assert [fix.action for fix in found.fixes] == ["give-credit"]
    assert "stopped" in str(found.meaning)


def test_a_payment_counts_for_the_bill_it_pays_to_the_cent_else_for_one_nothing_was_paid_of() -> None:
    half = Money(Decimal("4.94"), "USD")
    older = replace(BILL, id=CustomerBillId("B0"), billed_on=BILLED - timedelta(days=62), remaining=half)
    whole = compare(facts(bills=(older, BILL), payments=(PAID,))).found
    part = compare(facts(bills=(BILL,), payments=(replace(PAID, amount=half),))).found
    assert [one.about for one in (*whole, *part)] == ["B1", "B1"]
