from decimal import Decimal

import pytest

from console.http.responses import Undecodable, clip, decode_body, refusal_reason


def test_numbers_with_a_point_are_exact_decimals() -> None:
    assert decode_body(b'{"value": 0.1}') == {"value": Decimal("0.1")}


def test_one_bad_element_costs_itself() -> None:
    value = decode_body(b'[{"id": "1"}, {"id": "\xff"}, {"id": "3"}]')
    assert value[0] == {"id": "1"}
    assert isinstance(value[1], Undecodable)
    assert value[2] == {"id": "3"}


@pytest.mark.parametrize("body", [b"<html>", b'{"a": ', b"[1, 2", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the decoder's
        decode_body(body)


def test_what_is_almost_json_is_read() -> None:
    assert decode_body(b'[{"name": "a\x01b", "half": "\\ud800", "amount": NaN}]') == [
        {"name": "a\x01b", "half": "\ud800", "amount": None}
    ]


def test_a_byte_order_mark_is_no_matter() -> None:
    assert decode_body(b"\xef\xbb\xbf[]") == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"code": "60", "reason": "Locked", "message": "The account is locked"}, "Locked: The account is locked"),
        ({"message": "Invalid", "errors": [{"message": "no such id"}, "twice"]}, "Invalid: no such id: twice"),
        ({"type": "about:blank", "title": "Gone", "status": 410, "detail": "Merged"}, "Gone: Merged"),
        ({"code": 1, "reason": None}, "no reason given"),
        ({"id": "1", "name": "a record"}, None),
        ([], None),
    ],
)
def test_reasons_are_found_in_every_shape_of_error(value: object, reason: str | None) -> None:
    assert refusal_reason(value) == reason


def test_a_text_from_outside_stays_one_short_line() -> None:
    assert clip("a\r\n\x1bb" + "x" * 500, 10) == "a bxxxxxx…"
