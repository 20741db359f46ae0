"""Card numbers in text: found by issuer range, length and check digit (ISO/IEC 7812), masked to the last four digits.

The console never accepts a card number, so that PCI DSS 4.0.1 does not apply to it.
"""

import re
from unicodedata import digit

# Ranges of first digits and lengths of cards issued today; phone and order numbers differ from them.
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
# Digits with at most three separators between two of them. A letter and a hyphen before them start one of our own
# numbers; a plus sign starts a phone number.
_STRETCH = re.compile(rf"(?<![\w+])(?<![A-Za-z]-)\d(?:{_BETWEEN}{{0,3}}\d){{13,}}")
_FEWEST = 14
MASK = "•"


def masked(text: str) -> str:
    """Return a text with all but the last four digits of every card number masked; else the text itself."""
    while len(text) >= _FEWEST:
        after = _STRETCH.sub(_mask, text)
        if after == text:
            break
        text = after  # the last four digits of one card may start another one
    return text


def has_card_number(text: str) -> bool:
    """Return whether a text contains a card number."""
    return masked(text) != text


def _mask(found: re.Match[str]) -> str:
    """Return a stretch of digits with its card numbers masked; other numbers may come before and after them."""
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
    """Return the index of a card's last digit if a card starts at `first`; it starts and ends with a digit group."""
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
    """Return two lists of running sums: one doubles the digits at odd indexes, the other those at even indexes.

    They check a number of any length at once, so even a very long pasted text takes no time.
    """
    odd, even = [0], [0]
    for index, sign in enumerate(digits):
        once, twice = int(sign), _TWICE[int(sign)]
        odd.append(odd[-1] + (twice if index % 2 else once))
        even.append(even[-1] + (once if index % 2 else twice))
    return odd, even


_TWICE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _by_first_four() -> dict[str, tuple[int, ...]]:
    """Return the possible card lengths for each start of four digits, longest first."""
    found: dict[str, set[int]] = {}
    for low, high, lengths in _ISSUED:
        rest = 10 ** (4 - len(str(low)))
        for start in range(low * rest, (high + 1) * rest):
            found.setdefault(str(start), set()).update(lengths)
    return {start: tuple(sorted(lengths, reverse=True)) for start, lengths in found.items()}


_LENGTHS = _by_first_four()
