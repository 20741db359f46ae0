"""Words by which a name is found, however it is typed: without accents, joined, split, or only in part.

The same rules make the words in the store's index and the words of a search.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

# Letters that Unicode does not decompose into a plain letter and a mark, with the letters that people type instead.
_PLAIN = str.maketrans(
    {
        "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ħ": "h", "ŋ": "n",
        "ŧ": "t", "ß": "ss", "ə": "e", "ɛ": "e", "ɔ": "o", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ŀ": "l", "ĸ": "k",
    }
)  # fmt: skip
# Letters with a second spelling.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Marks that people omit: accents, Hebrew points, Arabic vowels. Marks of other scripts are letters.
_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff]"
)
# Kana, Han and Hangul: names in these scripts may have spaces anywhere, or none.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_PARTICLES = frozenset(
    {
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "el", "al", "bin",
        "ibn", "ben", "zu", "ter", "ten", "te", "mac", "mc", "o", "d", "st", "san", "abu", "abd", "fitz", "ap", "af",
    }
)  # fmt: skip
_MOST_JOINED = 4
_TWO_GIVEN_NAMES = 3
_MOST_SPELLINGS = 4
_AFTER_OTHERS = ("der", "den", "la", "los")  # these follow another particle: van der, de la
_TELLING, _MOST_TELLING, _MOST_APART = 3, 3, 3
_LEAST_CHARACTERS, _MOST_CHARACTERS = 2, 5
_LEAST_NAME = 4  # letters that must remain of a name after its particle
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def fold(text: str) -> str:
    """Return a text in lower case without accents or punctuation, with one space between words."""
    plain = unicodedata.normalize("NFC", text.casefold()).translate(_PLAIN)
    bare = _LEFT_OUT.sub("", unicodedata.normalize("NFKD", plain))
    kept = (sign for sign in unicodedata.normalize("NFC", bare) if unicodedata.category(sign) != "Cf")
    return " ".join("".join(sign if _is_letter(sign) else " " for sign in kept).split())


def index_words(name: str) -> list[str]:
    """Return every word by which a name is found: its own words first, without duplicates."""
    own = fold(name).split()
    more = [*_spelt_out(name), *_joined_by_signs(name), *_joined(own), *_of_characters(own)]
    return list(dict.fromkeys([*own, *more]))


def ways_to_read(typed: str) -> list[list[str]]:
    """Return the words of a typed text, then its likely other readings: spelled out, or joined."""
    words = fold(typed).split()
    joined = [_with_joined(words, index, length) for index, length in _particles(words)]
    return _none_twice([words, _spelt_out(typed), *joined])


def loose_ways_to_read(typed: str) -> list[list[str]]:
    """Return the readings of a typed text with two words joined. They come last, as each costs a request.

    A single letter is left out, because too many words begin with it.
    """
    words, likely = fold(typed).split(), ways_to_read(typed)
    ways = [_with_joined(words, index, 2) for index in range(len(words) - 1)]
    return [way for way in _none_twice(ways) if way not in likely and all(len(word) > 1 for word in way)]


def _none_twice(ways: Sequence[list[str]]) -> list[list[str]]:
    return [way for n, way in enumerate(ways) if way and way not in ways[:n]]


def _with_joined(words: Sequence[str], index: int, length: int) -> list[str]:
    return [*words[:index], "".join(words[index : index + length]), *words[index + length :]]


def spellings(typed: str) -> list[str]:
    """Return search texts for a system that stores names as written, at most 4, without duplicates.

    The order is: as typed, without accents, spelled out, joined.
    """
    composed = unicodedata.normalize("NFC", typed)
    own = composed.casefold()
    ways = [" ".join(way) for way in (*ways_to_read(typed), *loose_ways_to_read(typed))]
    without_accents = [] if own.isascii() else ways[:1]
    found = [composed, *without_accents, *(way for way in ways[1:] if way != own)]
    return list(dict.fromkeys(found))[:_MOST_SPELLINGS]


def last_spellings(typed: str) -> list[str]:
    """Return search texts for a system that found nobody: words split, then single words, at most 3 of each.

    Check the customers found with `is_called`. A system often stores one of several words as it was typed.
    """
    words = fold(typed).split()
    apart = list(_taken_apart(words))
    own = unicodedata.normalize("NFC", typed).casefold().split()
    pieces = [*own, *(word for way in apart for word in way)]
    single = dict.fromkeys(word for word in pieces if len(word) >= _TELLING or is_cjk(word))
    ranked = sorted(single, key=len, reverse=True) if len(own) > 1 or apart else []
    found = [*(" ".join(way) for way in apart[:_MOST_APART]), *ranked[:_MOST_TELLING]]
    return [way for way in dict.fromkeys(found) if way not in spellings(typed)]


def is_called(name: str, typed: str) -> bool:
    """Return whether a typed text finds a name: in one reading, every word begins a word of the name."""
    words = index_words(name)
    return any(
        all(any(own.startswith(word) for own in words) for word in way)
        for way in (*ways_to_read(typed), *loose_ways_to_read(typed))
    )


def _taken_apart(words: Sequence[str]) -> Iterator[list[str]]:
    """Yield words with a particle split from its name, and CJK words split into family and given name."""
    for index, word in enumerate(words):
        before, after = words[:index], words[index + 1 :]
        if is_cjk(word) and _LEAST_CHARACTERS <= len(word) <= _MOST_CHARACTERS:
            yield from ([*before, word[:cut], word[cut:], *after] for cut in (2, 1, 3) if cut < len(word))
        yield from ([*before, *parts, *after] for parts in _particles_before(word))


def _particles_before(word: str) -> Iterator[list[str]]:
    """Yield a word split into particles and a name: `vanderberg` as van der berg, `dangelo` as d angelo."""
    for particle in sorted(_PARTICLES, key=len, reverse=True):
        rest = word.removeprefix(particle)
        if rest == word or len(rest) < _LEAST_NAME:
            continue
        second = next((one for one in _AFTER_OTHERS if rest.startswith(one)), "")
        if second and len(rest) - len(second) >= _LEAST_NAME:
            yield [particle, second, rest.removeprefix(second)]
        yield [particle, rest]


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"


def _spelt_out(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text.casefold())
    return fold(plain.translate(_SPELT_OUT)).split()


def _joined_by_signs(name: str) -> Iterator[str]:
    """Yield `annemarie` for Anne-Marie, `dangelo` for D'Angelo, and `mac` and `donald` for MacDonald."""
    for token in name.split():
        parts = fold(token).split()
        if len(parts) > 1:
            yield "".join(parts)
        humps = _HUMP.split(token)
        if len(humps) > 1:
            yield from fold(" ".join(humps)).split()


def _joined(words: Sequence[str]) -> Iterator[str]:
    """Yield particles joined with the name after them; also the first two words of a name of three."""
    for index, length in _particles(words):
        yield "".join(words[index : index + length])
    if len(words) == _TWO_GIVEN_NAMES:
        yield "".join(words[:2])


def _particles(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the index of each particle, and the number of words up to the end of its name: `van der Berg`."""
    for index, word in enumerate(words):
        length = 1
        while word in _PARTICLES and index + length < len(words) and length < _MOST_JOINED:
            length += 1
            if words[index + length - 1] not in _PARTICLES:
                break
        if length > 1:
            yield index, length


def _of_characters(words: Sequence[str]) -> Iterator[str]:
    """Yield all endings of names in scripts without spaces: for 王小明 also 小明 and 明."""
    together = "".join(word for word in words if is_cjk(word))
    for text in dict.fromkeys([*(word for word in words if is_cjk(word)), together]):
        yield from (text[index:] for index in range(len(text)))


def is_cjk(word: str) -> bool:
    """Return whether a word is all kana, Han or Hangul."""
    return _CJK.fullmatch(word) is not None
