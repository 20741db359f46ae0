"""Card numbers in text: found by issuer range, length and check digit (ISO/IEC 7812), and masked to their last four.

The desk never takes a card number, so that it stays outside what PCI DSS 4.0.1 asks of those who do.
"""

import re
from unicodedata import digit

# First digits and lengths of what is issued today; a phone number or an order number begins or ends otherwise.
_ISSUED: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (16, 18, 19)),
    (51, 55, (16,)),
    (2221, 2720, (16,)),
    (34, 34, (15,)),
    (37, 37, (15,)),
    (6011, 6011, (16, 17, 18, 19)),
    (644, 649, (16, 17, 18, 19)),
    (65, 65, (16, 17, 18, 19)),
    (3528, 3589, (16, 17, 18, 19)),
    (300, 305, (14, 16, 17, 18, 19)),
    (36, 36, (14, 16, 17, 18, 19)),
    (38, 39, (14, 16, 17, 18, 19)),
    (62, 62, (16, 17, 18, 19)),
    (5018, 5018, (16, 17, 18, 19)),
    (5020, 5020, (16, 17, 18, 19)),
    (5893, 5893, (16, 17, 18, 19)),
    (6304, 6304, (16, 17, 18, 19)),
    (6759, 6763, (16, 17, 18, 19)),
)
_BETWEEN = r"[\s.,·_/\\|:*\-\u2010-\u2015\u2212\u200b-\u200d\u2060]"
# Digits with at most three signs between two of them. A letter and a hyphen before them is how our own numbers begin,
# a plus how a phone number does.
_STRETCH = re.compile(rf"(?<![\w+])(?<![A-Za-z]-)\d(?:{_BETWEEN}{{0,3}}\d){{13,}}")
_FEWEST, _MOST = 14, 19
MASK = "•"


def masked(text: str) -> str:
    """Return a text with every card number in it masked but for its last four digits; without one, the text itself."""
    return _STRETCH.sub(_mask, text) if len(text) >= _FEWEST else text


def has_card_number(text: str) -> bool:
    """Return whether a text holds a card number."""
    return masked(text) != text


def _mask(found: re.Match[str]) -> str:
    """Return a stretch of digits with the cards in it masked; other numbers may stand before and behind them."""
    text = found.group()
    places = [place for place, sign in enumerate(text) if sign.isdecimal()]
    digits = "".join(str(digit(text[place])) for place in places)
    parts, kept_to, first = [], 0, 0
    while first <= len(digits) - _FEWEST:
        last = _end_of_card(places, digits, first)
        if last is None:
            first += 1
            continue
        parts += [text[kept_to : places[first]], MASK * 4, digits[last - 3 : last + 1]]
        kept_to, first = places[last] + 1, last + 1
    return "".join([*parts, text[kept_to:]])


def _end_of_card(places: list[int], digits: str, first: int) -> int | None:
    """Return which digit a card that begins with a given one ends with; it begins and ends where a group does."""
    if first and places[first] == places[first - 1] + 1:
        return None
    for last in range(min(first + _MOST, len(digits)) - 1, first + _FEWEST - 2, -1):
        ends = last == len(digits) - 1 or places[last + 1] > places[last] + 1
        if ends and _is_card(digits[first : last + 1]):
            return last
    return None


def _is_card(number: str) -> bool:
    issued = any(
        len(number) in lengths and low <= int(number[: len(str(low))]) <= high for low, high, lengths in _ISSUED
    )
    return issued and _checks(number)


def _checks(number: str) -> bool:
    """Return whether the last digit is the check digit of those before (Luhn)."""
    total = 0
    for place, sign in enumerate(reversed(number)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
