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
_FEWEST = 14
MASK = "•"


def masked(text: str) -> str:
    """Return a text with every card number in it masked but for its last four digits; without one, the text itself."""
    while len(text) >= _FEWEST:
        after = _STRETCH.sub(_mask, text)
        if after == text:
            break
        text = after  # the last four of one may be the first four of another, with what follows them
    return text


def has_card_number(text: str) -> bool:
    """Return whether a text holds a card number."""
    return masked(text) != text


def _mask(found: re.Match[str]) -> str:
    """Return a stretch of digits with the cards in it masked; other numbers may stand before and behind them."""
    text = found.group()
    indexes = [index for index, sign in enumerate(text) if sign.isdecimal()]
    digits = "".join(str(digit(text[index])) for index in indexes)
    sums = _sums(digits)
    parts, kept_to, first = [], 0, 0
    while first <= len(digits) - _FEWEST:
        last = _end_of_card(indexes, digits, sums, first)
        if last is None:
            first += 1
            continue
        parts += [text[kept_to : indexes[first]], MASK * 4, digits[last - 3 : last + 1]]
        kept_to, first = indexes[last] + 1, last + 1
    return "".join([*parts, text[kept_to:]])


def _end_of_card(indexes: list[int], digits: str, sums: tuple[list[int], list[int]], first: int) -> int | None:
    """Return which digit a card that begins with a given one ends with; it begins and ends where a group does."""
    lengths = _LENGTHS.get(digits[first : first + 4])
    if lengths is None or (first and indexes[first] == indexes[first - 1] + 1):
        return None
    for length in lengths:
        last = first + length - 1
        if last >= len(digits) or (last + 1 < len(digits) and indexes[last + 1] == indexes[last] + 1):
            continue
        counted = sums[last % 2]  # the check digit counts once, the one before it twice, and so on (Luhn)
        if (counted[last + 1] - counted[first]) % 10 == 0:
            return last
    return None


def _sums(digits: str) -> tuple[list[int], list[int]]:
    """Return running sums in which every second digit counts twice: those at odd places, and those at even ones.

    With them a number of any length is checked at once, so that nobody waits for what was pasted, however long it is.
    """
    odd, even = [0], [0]
    for index, sign in enumerate(digits):
        once, twice = int(sign), _TWICE[int(sign)]
        odd.append(odd[-1] + (twice if index % 2 else once))
        even.append(even[-1] + (once if index % 2 else twice))
    return odd, even


_TWICE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _by_first_four() -> dict[str, tuple[int, ...]]:
    """Return which lengths a number has that begins with four digits, longest first."""
    found: dict[str, set[int]] = {}
    for low, high, lengths in _ISSUED:
        rest = 10 ** (4 - len(str(low)))
        for start in range(low * rest, (high + 1) * rest):
            found.setdefault(str(start), set()).update(lengths)
    return {start: tuple(sorted(lengths, reverse=True)) for start, lengths in found.items()}


_LENGTHS = _by_first_four()
