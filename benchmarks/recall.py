"""recall: how many customers are found by a name or number that is typed in another way than it is stored.

Generated customers have names of ten languages and numbers of four countries. The names are typed without accents,
composed or decomposed, joined, split or in part; the numbers as people paste them. Searches run offline in an encrypted
store, and online over HTTP on a sandbox that ignores accents and on one that does not. Found means: among the hits
shown. Floor: all typed texts.

A name typed without its accents cannot be found by a system that does not ignore them, unless one word is typed as
stored. These cases are counted apart and printed; they have no aim.
"""

import asyncio
import random
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.result import Result
from console.compose import Overrides, compose_console
from console.models.customer import CustomerId
from console.models.search import KnownPerson, SearchResult
from console.services.console import Console
from console.services.search.customer_index import CustomerIndex
from console.store.database import open_database
from console.store.people import PersonRepository
from console.system.sandbox_launcher import SandboxProcess
from tests.support.control import Control

_SEED, _OF_EACH = 19, 20
_KEY = bytes(range(32))
# Language -> given names and family names.
_NAMES: dict[str, tuple[str, str]] = {
    "Danish": ("Søren Åse Bjørn Jørgen Kåre Mette", "Ærø Sørensen Kjær Højgaard Østergård Thygesen"),
    "Turkish": ("İbrahim Şule Gökhan Çağla Işıl Deniz", "Yıldız Öztürk Çelik Güneş Şahin Kaya"),
    "German": ("Jürgen Käthe Björn Sören Änne Holger", "Müller Weiß Größer Schäfer Köhler Brandt"),
    "Polish": ("Łukasz Małgorzata Żaneta Paweł Bożena Marek", "Wójcik Żółć Dąbrowski Śliwa Kołodziej Nowak"),
    "French": ("Hélène Zoé Anne-Marie Jean-Noël Agnès Luc", "Lefèvre D'Angélo Béranger L'Évêque Noël Petit"),
    "Icelandic": ("Guðmundur Þóra Sigríður Ásgeir Íris Jón", "Þórsson Björnsdóttir Hafþórsson Ægisson Jónsson Hall"),
    "Vietnamese": ("Hồng Thị Đức Phượng Quỳnh Lan", "Nguyễn Trần Đặng Phạm Lê Vũ"),
    "Dutch": ("Jan Daniëlle Zoë Noël Pieter Anouk", "van-der-Berg de-Vries van-den-Heuvel ter-Horst van-Dijk Smit"),
    "Chinese": ("小明 伟 秀英 建国 丽 志强", "王 李 张 欧阳 陈 司马"),
    "Hindi": ("किरण अमित प्रिया सुरेश दीपा राहुल", "शर्मा गुप्ता पटेल वर्मा जोशी मिश्रा"),
}
_WITHOUT_BLANK = {"Chinese"}
# Replacements for letters that Unicode does not decompose. A separate table, so that the console's is tested too.
_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ı": "i", "ł": "l", "Ł": "L", "ð": "d", "Ð": "D", "þ": "th",
     "Þ": "TH", "đ": "d", "Đ": "D", "ß": "ss"}
)  # fmt: skip
_PHONES = {"US": "+17035550{:03}", "GB": "+442079460{:03}", "DE": "+49301234{:04}", "DK": "+4532101{:03}"}
_NATIONAL = {"US": "+1", "GB": "+44", "DE": "+49", "DK": "+45"}
_TRUNK = {"US": "", "GB": "0", "DE": "0", "DK": ""}


@dataclass(frozen=True, slots=True)
class Typed:
    """One text typed for one customer; `kind` names the difference, `country` is where it is typed."""

    customer: str
    text: str
    kind: str
    country: str = "US"
    has_letters: bool = True  # False if typed without the name's own letters


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A generated customer."""

    name: str
    phone: str
    country: str
    language: str


def measure() -> list[Result]:
    """Return all cases."""
    return asyncio.run(_measure())


async def _measure() -> list[Result]:
    people = _people()
    with tempfile.TemporaryDirectory() as folder:
        process = await SandboxProcess.start(["--data", folder, "--customers", "300", "--seed", "7"])
        try:
            async with Control(process) as sandbox:
                numbers = [await _make(sandbox, one) for one in people]
                typed = [one for number, person in zip(numbers, people, strict=True) for one in _ways(number, person)]
                offline = await _offline(Path(folder) / "desk.store", numbers, people, typed, sandbox)
                folding = await _online(sandbox, typed)
                await sandbox.quirks("crm", "names-unfolded")
                bare = await _online(sandbox, typed)
        finally:
            await process.stop()
    kept, lost = _split(typed)
    print(f"recall: typed without letters at a system that does not fold: {len(bare & lost)} of {len(lost)} found")
    missed = {
        "offline": set(typed) - offline,
        "letters folded": set(typed) - folding,
        "letters kept apart": kept - bare,
    }
    for where, left in missed.items():
        print(f"recall: not found, {where}: {dict(Counter(one.kind for one in left))} {[one.text for one in left][:8]}")
    every = float(len(typed))
    return [
        Result("recall", "offline", float(len(offline)), "of", every),
        Result("recall", "online, letters folded", float(len(folding)), "of", every),
        Result("recall", "online, letters kept apart", float(len(bare & kept)), "of", float(len(kept))),
    ]


def _split(typed: Sequence[Typed]) -> tuple[set[Typed], set[Typed]]:
    kept = {one for one in typed if one.has_letters}
    return kept, set(typed) - kept


# ------------------------------------------------------------------ the customers and the typed texts


def _people() -> list[MadeUp]:
    rng = random.Random(_SEED)
    found: list[MadeUp] = []
    for language, (given, family) in _NAMES.items():
        pairs = [(first, last) for first in given.split() for last in family.split()]
        for place, (first, last) in enumerate(rng.sample(pairs, _OF_EACH)):
            country = list(_PHONES)[place % len(_PHONES)]
            blank = "" if language in _WITHOUT_BLANK else " "
            overrides = (last, first) if language in {"Chinese", "Vietnamese"} else (first, last.replace("-", " "))
            phone = _PHONES[country].format(len(found))
            found.append(MadeUp(blank.join(overrides), phone, country, language))
    return found


def _ways(customer: str, person: MadeUp) -> Iterator[Typed]:
    """Yield every typed form of a customer's name and number."""
    name = person.name
    plain = _plain(name)
    yield Typed(customer, unicodedata.normalize("NFD", name), "taken apart by Unicode")
    yield Typed(customer, name.upper() if person.language != "Turkish" else name, "capitals")
    yield Typed(customer, f"\u200b{name}\u200e", "marks that cannot be seen")
    if plain != name.lower():
        yield Typed(customer, plain, "without its letters", has_letters=False)
    words = name.split()
    if len(words) > 1:
        yield Typed(customer, " ".join(reversed(words)), "turned round")
    yield from _joins(customer, person, plain)
    yield from _numbers(customer, person)


def _joins(customer: str, person: MadeUp, plain: str) -> Iterator[Typed]:
    """Yield separate words joined, and joined words separated."""
    words = person.name.split()
    if person.language == "Dutch" and len(words) > 2:
        yield Typed(customer, "".join(words[1:]).lower(), "particles joined")
    if "-" in person.name or "'" in person.name:
        bare = plain.replace("-", "").replace("'", "")
        yield Typed(customer, bare, "signs left out", has_letters=plain == person.name.lower())
        yield Typed(customer, person.name.replace("-", " ").replace("'", "\u2019"), "other signs")
    if person.language in _WITHOUT_BLANK:
        family = 2 if person.name[:2] in {"欧阳", "司马"} else 1
        yield Typed(customer, person.name[family:], "given name alone")
        yield Typed(customer, f"{person.name[:family]} {person.name[family:]}", "with a blank")


def _numbers(customer: str, person: MadeUp) -> Iterator[Typed]:
    """Yield a number as people type, copy and paste it."""
    digits = person.phone.removeprefix(_NATIONAL[person.country])
    national = f"{_TRUNK[person.country]}{digits}"
    spaced = f"{national[:-7]} {national[-7:-4]} {national[-4:]}".strip()
    shown = f"{_NATIONAL[person.country]} {digits[:-7]}-{digits[-7:-4]}-{digits[-4:]}".replace(" -", " ")
    for text, kind in (
        (person.phone, "number"),
        (spaced, "number of the country"),
        (f"{shown} ext. 12", "extension"),
        (f"{spaced} x12", "extension of the country"),
        (f"tel:{person.phone};ext=12", "tel:"),
        (f"sip:{person.phone}@voice.example.net", "sip:"),
        (f"\u202a{shown}\u202c", "marks of direction"),
        (f"{person.phone[:4]}\u200b{person.phone[4:]}", "zero-width blank"),
    ):
        yield Typed(customer, text, kind, person.country)


def _plain(name: str) -> str:
    """Return a name as typed on a keyboard without its letters; names in other scripts stay unchanged."""
    bare = unicodedata.normalize("NFD", name.translate(_PLAIN))
    latin = any("a" <= sign.lower() <= "z" for sign in bare)
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).lower() if latin else name


# ------------------------------------------------------------------ the searches


async def _make(sandbox: Control, person: MadeUp) -> str:
    """Make a customer in CRM and return their number."""
    medium = {"mediumType": "phone", "preferred": True, "characteristic": {"phoneNumber": person.phone}}
    body = {
        "name": person.name,
        "engagedParty": {"id": "PN-1", "@referredType": "Individual"},
        "contactMedium": [medium],
    }
    async with sandbox.raw("crm") as client:
        made = await client.post("/tmf-api/customerManagement/v4/customer", json=body)
    if made.status_code != 201:
        raise SystemExit(f"recall: the sandbox refused a customer: {made.text[:200]}")
    return str(made.json()["id"])


async def _offline(
    path: Path, numbers: Sequence[str], people: Sequence[MadeUp], typed: Sequence[Typed], sandbox: Control
) -> set[Typed]:
    """Return the texts found in the store alone; it also has 300 other customers."""
    database = open_database(path, _KEY)
    try:
        repository = PersonRepository(database)
        known = [
            KnownPerson(CustomerId(number), one.name, details=(one.phone,), numbers=(one.phone,))
            for number, one in zip(numbers, people, strict=True)
        ]
        await repository.put([*known, *await _others(sandbox)])
        seen = CustomerIndex(repository)
        found = set()
        for country in _PHONES:
            console = _console(sandbox, country)
            for one in typed:
                if one.country == country:
                    hits = await seen.find(console.search.read(one.text), limit=25)
                    found |= {one} if one.customer in {hit.customer_id for hit in hits} else set()
            await console.aclose()
        return found
    finally:
        await database.aclose()


async def _others(sandbox: Control) -> list[KnownPerson]:
    found: list[KnownPerson] = []
    async with sandbox.raw("crm") as client:
        for offset in (0, 100, 200):
            path = "/tmf-api/customerManagement/v4/customer"
            records = (await client.get(path, params={"limit": 100, "offset": offset})).json()
            found += [KnownPerson(CustomerId(record["id"]), record["name"]) for record in records]
    return found


def _console(sandbox: Control, country: str) -> Console:
    """Return a console of a country with an empty store."""
    deployment = msgspec.structs.replace(sandbox.deployment(), country=country)
    return compose_console(deployment, sandbox.process.secrets, Overrides(rng=random.Random(1)))


async def _online(sandbox: Control, typed: Sequence[Typed]) -> set[Typed]:
    """Return the texts that CRM finds, searched by a console with an empty store."""
    found: set[Typed] = set()
    for country in _PHONES:
        console = _console(sandbox, country)
        for one in typed:
            if one.country == country:
                results: list[SearchResult] = []
                await console.search.find(console.search.read(one.text), results.append)
                if one.customer in {hit.customer_id for hit in results[-1].found}:
                    found.add(one)
        await console.aclose()
    return found
