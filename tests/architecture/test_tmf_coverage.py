"""Every attribute of a resource that is read has a decision, and the readers follow the decisions."""

import pytest

from scripts import tmf_coverage
from scripts.tmf_coverage import Decision, decisions, problems


def test_every_attribute_has_its_decision() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("name", "decision", "told"),
    [
        ("nextBillDate", Decision("left out", "why"), "customerBill.nextBillDate is called left out and is read"),
        ("isPaid", Decision("shown", "Bills"), "customerBill.isPaid is called shown and is never read"),
    ],
)
def test_a_wrong_decision_is_found(monkeypatch: pytest.MonkeyPatch, name: str, decision: Decision, told: str) -> None:
    changed = decisions()
    changed["customerBill"][name] = decision
    monkeypatch.setattr(tmf_coverage, "decisions", lambda: changed)
    assert told in problems()
