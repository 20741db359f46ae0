"""Actions saved by earlier versions, with every value as a text, load with the types of their fields."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from console.models.money import Money
from console.models.outbox import Action, RiskClass, Step
from console.models.payload import FIELDS, Payload
from console.store.payloads import decode_action, encode_action

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
# Values as an earlier version saved them, and their meaning.
KEPT: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"text": "Called back", "reason": "Bill"}, {"text": "Called back", "reason": "Bill"}),
    (
        {"amount": "12.50", "currency": "USD", "due_on": "2026-12-01", "parts": "3"},
        {"amount": Money(Decimal("12.50"), "USD"), "due_on": date(2026, 12, 1), "parts": 3},
    ),
    (
        {"balance": "1,303.44 USD", "state": "active"},
        {"balance": Money(Decimal("1303.44"), "USD"), "state": "active"},
    ),
    ({"balance": ""}, {"balance": ""}),
    (
        {"starts": "2026-12-03T08:00:00+00:00", "ends": "2026-12-03T11:00:00+01:00"},
        {"starts": datetime(2026, 12, 3, 8, tzinfo=UTC), "ends": datetime(2026, 12, 3, 10, tzinfo=UTC)},
    ),
    ({"enabled": "false", "restart": "true"}, {"enabled": False, "restart": True}),
    ({"amount": "much", "currency": "USD"}, {"amount": "much"}),
]


def kept(values: dict[str, Any]) -> bytes:
    """Return an action as stored, with these values in its step."""
    action = Action(
        "a-1", "CU-1", "Something", RiskClass.MONEY, AT, (Step("refund", "billing", "k", Payload(), "BA-1"),)
    )
    body = msgspec.json.decode(encode_action(action))
    body["steps"][0]["wanted"] = body["steps"][0]["base"] = values
    return msgspec.json.encode(body)


@pytest.mark.parametrize(("earlier", "meant"), KEPT)
def test_what_an_earlier_version_kept_has_the_types_of_its_fields(
    earlier: dict[str, str], meant: dict[str, Any]
) -> None:
    step = decode_action(kept(earlier)).steps[0]
    assert dict(step.wanted) == meant
    assert step.base == step.wanted
    again = decode_action(encode_action(decode_action(kept(earlier))))
    assert again.steps[0].wanted == step.wanted


def test_a_field_that_is_not_declared_or_of_another_type_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="colour is not a declared field"):
        Payload({"colour": "red"})
    with pytest.raises(TypeError, match="amount is of type Money, not str"):
        Payload({"amount": "5"})
    with pytest.raises(TypeError, match="parts is of type int, not bool"):
        Payload({"parts": True})


def test_what_a_system_holds_is_different_from_every_value_where_it_cannot_be_read() -> None:
    base = Payload({"balance": Money(Decimal(10), "USD")})
    assert Payload.read({"balance": "10.00 USD"}) == base
    assert Payload.read({"balance": Money(Decimal("10.00"), "USD")}) == base
    assert Payload.read({"balance": "ten"}) != base
    assert Payload.read({"balance": ""}) != base


@pytest.mark.parametrize("name", FIELDS)
def test_every_declared_field_is_kept_and_read_again(name: str) -> None:
    examples: dict[type, Any] = {
        str: "x", Money: Money(Decimal("0.10"), "KWD"), date: date(2026, 2, 28), datetime: AT, bool: True, int: 2,
    }  # fmt: skip
    wanted = Payload({name: examples[FIELDS[name]]})
    action = Action("a-1", "CU-1", "Something", RiskClass.NOTE, AT, (Step("note", "crm", "k", wanted),))
    assert decode_action(encode_action(action)) == action
