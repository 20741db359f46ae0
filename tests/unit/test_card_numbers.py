"""Card numbers are found in every format; numbers of accounts, orders, phones and machines are not taken for them."""

import random

import pytest

from console.models.card_number import has_card_number, masked
from console.services.actions.kinds.tickets import checked_text
from console.services.actions.notes import checked_note
from console.services.customer.contact import NotPossibleError

ISSUED = [
    ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16),
    ("65", 16), ("3530", 16), ("36", 14), ("62", 16), ("62", 19), ("6759", 16),
]  # fmt: skip


def card(rng: random.Random) -> str:
    """Return a made-up number of a real range, with the right check digit."""
    prefix, length = rng.choice(ISSUED)
    digits = prefix + "".join(str(rng.randrange(10)) for _ in range(length - len(prefix) - 1))
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def grouped(number: str, between: str) -> str:
    return between.join(number[place : place + 4] for place in range(0, len(number), 4))


SPELLINGS = {
    "plain": lambda number: number,
    "blanks": lambda number: grouped(number, " "),
    "hyphens": lambda number: grouped(number, "-"),
    "dots": lambda number: grouped(number, "."),
    "no-break blanks": lambda number: grouped(number, "\u00a0"),
    "lines": lambda number: grouped(number, "\n"),
    "every digit apart": " ".join,
    "wide digits": lambda number: number.translate({ord(str(n)): 0xFF10 + n for n in range(10)}),
    "mixed": lambda number: grouped(number, " - "),
    "with its end": lambda number: f"{grouped(number, ' ')} 11/29 123",
    "in a sentence": lambda number: f"her card is {number}, valid until 11/29.",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_thousand_cards_are_masked_in_each_spelling(spelling: str) -> None:
    rng = random.Random(spelling)
    for _ in range(1000):
        number = card(rng)
        told = masked(SPELLINGS[spelling](number))
        assert f"••••{number[-4:]}" in told
        assert number[:-4] not in told


def test_of_a_hundred_thousand_other_numbers_almost_none_is_taken_for_a_card() -> None:
    rng = random.Random(7)

    def digits(count: int) -> str:
        return "".join(str(rng.randrange(10)) for _ in range(count))

    others = [
        lambda: f"BA-{digits(8)}", lambda: f"PO-{digits(10)}", lambda: digits(9), lambda: digits(12),
        lambda: f"B-{digits(4)}-{digits(4)}", lambda: f"+49{digits(11)}", lambda: f"+1 937 555 {digits(4)}",
        lambda: f"89{digits(17)}", lambda: f"35{digits(13)}", lambda: f"2026-11-25T{digits(2)}:{digits(2)}",
        lambda: f"ORD-{digits(16)}",
    ]  # fmt: skip
    hits = sum(has_card_number(f"see {rng.choice(others)()} please") for _ in range(100_000))
    assert hits <= 100


def test_the_last_four_of_one_card_do_not_begin_another_with_what_follows_them() -> None:
    shown = masked("44111 111141112 3711 1141111 1111co")
    assert not has_card_number(shown)
    assert sum(sign.isdecimal() for sign in shown) < 14


def test_what_only_looks_like_one_stays() -> None:
    for text in ("4111 1111 1111 1112", "1234567812345678", "", "4111", "no number at all"):
        assert masked(text) == text


def test_a_note_or_ticket_with_a_card_number_is_not_kept() -> None:
    for check in (checked_note, lambda text: checked_text(text, "empty")):
        with pytest.raises(NotPossibleError, match="card number"):
            check("she pays with 4111 1111 1111 1111")
