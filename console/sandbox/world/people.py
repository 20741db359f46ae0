"""The customers as people: names, addresses and phone numbers in the formats of their countries."""

import functools
import random
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Country:
    """Names, places, phone numbers and tax of one country."""

    code: str
    language: str
    currency: str
    tax_permille: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str, str], ...]  # city, state or province, start of its post codes
    phones: tuple[str, ...]  # E.164 with # for free digits
    legal_forms: tuple[str, ...]
    number_first: bool = False


US = Country(
    code="US",
    language="en",
    currency="USD",
    tax_permille=95,
    given=tuple(
        (
            "James Mary Robert Linda Amina Joaquín Grace Henry Olivia Noah Emma Liam Sofia Lucas Maya Ethan "
            "Chloe Samuel Ruth Walter Diego Lucía Mateo Camila Andrés Wei Mei Hiro Priya Arjun Fatima Omar "
            "Zainab Kwame Ama Nadia Ivan Olga Tomasz Ingrid"
        ).split()
    ),
    family=tuple(
        (
            "Smith Johnson Nguyen Garcia Miller Davis Torres Yusuf Hill Baker Carter Flores Rivera Cooper "
            "Ward Gray Brooks Price Bennett Ross Kim Chen Patel Shah Kowalski Novak O'Brien Murphy Sullivan "
            "Lindqvist Larsen Haddad Okafor Mensah Tanaka"
        ).split()
    ),
    streets=(
        "Alder St",
        "Canal Row",
        "Maple Ave",
        "2nd St",
        "Oakwood Dr",
        "Riverside Rd",
        "Cherry Ln",
        "Main St",
        "Park Blvd",
    ),
    cities=(
        ("Dayton", "OH", "454"),
        ("Columbus", "OH", "432"),
        ("Toledo", "OH", "436"),
        ("Akron", "OH", "443"),
        ("Louisville", "KY", "402"),
        ("Lexington", "KY", "405"),
        ("Fort Wayne", "IN", "468"),
        ("Muncie", "IN", "473"),
    ),
    # Many area codes, so that only a few customers share a number even in a world of a million.
    phones=tuple(
        f"+1{area}555####"
        for area in (
            "937 614 419 502 260 216 330 440 513 567 740 859 606 270 317 219 574 765 812 248 313 517 586 616 734 810 "
            "906 947 989 412 570 610 717 724 814 304 276 434 540 703 757 804 615 731 865 901 931"
        ).split()
    ),
    legal_forms=("LLC", "Inc.", "Group"),
    number_first=True,
)
DE = Country(
    code="DE",
    language="de",
    currency="EUR",
    tax_permille=190,
    given=tuple(
        ("Anna Jürgen Sabine Uwe Jörg Käthe Lukas Mia Björn Heike Emil Frieda Günther Aylin Emre Rüdiger Silke").split()
    ),
    family=tuple(
        ("Müller Schmidt Weiß Köhler Schäfer Yılmaz Öztürk Fuchs Vogel Groß Krämer Böhm Strauß Lindner").split()
    ),
    streets=("Lindenstraße", "Hauptstraße", "Am Mühlbach", "Goethestraße", "Bahnhofstraße", "Kirchgasse"),
    cities=(("Köln", "NW", "506"), ("Leipzig", "SN", "041"), ("München", "BY", "803"), ("Lübeck", "SH", "235")),
    phones=("+493023125###", "+4917139200##", "+492214710####"),
    legal_forms=("GmbH", "KG", "e. K."),
)
FR = Country(
    code="FR",
    language="fr",
    currency="EUR",
    tax_permille=200,
    given=tuple(("Camille Hélène Benoît François Zoé Théo Inès Jérôme Chloé Aïcha Mohamed Élodie Gaël Maëlle").split()),
    family=tuple(
        ("Martin Bernard Lefèvre Dubois Noël Gauthier Béranger Benali Fontaine Chevalier Lemoine Roux").split()
    ),
    streets=("rue de la République", "avenue des Tilleuls", "rue du Château", "place de l'Église", "rue Pasteur"),
    cities=(("Lyon", "ARA", "690"), ("Rennes", "BRE", "350"), ("Besançon", "BFC", "250"), ("Nîmes", "OCC", "300")),
    phones=("+3363998####", "+3319900####"),
    legal_forms=("SARL", "SAS"),
    number_first=True,
)
SE = Country(
    code="SE",
    language="sv",
    currency="SEK",
    tax_permille=250,
    given=tuple(("Åsa Björn Marta Lars Ebba Göran Märta Nils Örjan Saga Elsa Ville Yasmin Per").split()),
    family=tuple(("Lindqvist Åkesson Öberg Ström Lindström Sjögren Nyström Berg Ahmed Söderberg Holm").split()),
    streets=("Storgatan", "Kungsgatan", "Björkvägen", "Ängsvägen", "Skolgatan"),
    cities=(("Malmö", "M", "211"), ("Umeå", "AC", "903"), ("Örebro", "T", "702")),
    phones=("+467017406##", "+4684650####"),
    legal_forms=("AB", "HB"),
)
GB = Country(
    code="GB",
    language="en",
    currency="GBP",
    tax_permille=200,
    given=tuple("Alice Oliver Isla Harry Freya Callum Siân Rhys Niamh Imogen Hamish Aoife Gareth Parveen Kofi".split()),
    family=tuple(
        "Jones Williams Evans MacDonald Campbell Begum Singh O'Connor Hughes Fraser Whittaker Llewellyn Okoye".split()
    ),
    streets=("High Street", "Church Lane", "Station Road", "Mill Row", "Victoria Terrace", "The Green"),
    cities=(("Leeds", "", "LS6 "), ("Cardiff", "", "CF10 "), ("Glasgow", "", "G12 "), ("Norwich", "", "NR2 ")),
    phones=("+447700900###", "+441134960###", "+442920180###"),
    legal_forms=("Ltd", "LLP", "plc"),
    number_first=True,
)
JP = Country(
    code="JP",
    language="ja",
    currency="JPY",
    tax_permille=100,
    given=tuple("健 美咲 陽子 大輔 さくら 翔太 恵子 拓也 結衣 誠".split()),
    family=tuple("佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤".split()),
    streets=("本町", "中央", "桜ケ丘", "栄町", "緑町"),
    cities=(("札幌市", "北海道", "060-00"), ("名古屋市", "愛知県", "460-00"), ("福岡市", "福岡県", "810-00")),
    phones=("+8190000000##", "+81352330###"),
    legal_forms=("株式会社",),
)
COUNTRIES = (US, DE, FR, SE, GB, JP)
_WEIGHTS = (60, 12, 10, 8, 7, 3)

# Names written from right to left; these people live in the US.
_ARABIC_GIVEN = ("فاطمة", "عمر", "ليلى", "يوسف", "مريم")
_ARABIC_FAMILY = ("الحداد", "منصور", "الخطيب", "نصار")
_TRADES = ("Bakery", "Dental", "Auto Parts", "Books", "Logistics", "Studio", "Farms", "Hardware", "Clinic", "Design")
_LATIN = str.maketrans({"ß": "ss", "ø": "o", "ı": "i", "æ": "ae", "å": "a"})
# Spellings for keyboards that lack these letters: Mueller for Müller.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A postal address."""

    street: str
    extra: str
    city: str
    state: str
    post_code: str
    country: str


@dataclass(frozen=True, slots=True)
class WorldPerson:
    """A person or, if `company` is set, the company and its contact person."""

    country: Country
    given: str
    family: str
    company: str | None
    born_on: date
    email: str
    phone: str
    second_phone: str | None
    address: PostalAddress
    since: date

    @property
    def name(self) -> str:
        return self.company or full_name(self.country, self.given, self.family)


def full_name(country: Country, given: str, family: str) -> str:
    """Return a full name, in the word order of the country."""
    return f"{family} {given}" if country is JP else f"{given} {family}"


@functools.lru_cache(maxsize=2048)
def derive_person(seed: int, n: int, as_of: date) -> WorldPerson:
    """Return the person of customer `n`. Some share address and phone with customer `n` - 1, some are its duplicate."""
    rng = random.Random(f"{seed} person {n}")
    country = rng.choices(COUNTRIES, _WEIGHTS)[0]
    given, family = rng.choice(country.given), rng.choice(country.family)
    if country is US and rng.random() < 0.03:
        given, family = rng.choice(_ARABIC_GIVEN), rng.choice(_ARABIC_FAMILY)
    company = None
    if rng.random() < (0.7 if n % 50 == 10 else 0.12):
        company = f"{family} {rng.choice(_TRADES)} {rng.choice(country.legal_forms)}"
    since = as_of - timedelta(days=rng.randrange(40, 3400))
    person = WorldPerson(
        country=country,
        given=given,
        family=family,
        company=company,
        born_on=date(rng.randrange(1940, 2006), rng.randrange(1, 13), rng.randrange(1, 29)),
        email=_email(given, family, rng),
        phone=_phone(country, rng),
        second_phone=_phone(country, rng) if rng.random() < 0.3 else None,
        address=_place(country, rng),
        since=since,
    )
    if n % 20 == 1:
        neighbour = derive_person(seed, n - 1, as_of)
        return _housemate(person, neighbour, twin=rng.random() < 0.3)
    head = company_head(n)
    if head is not None:
        return _subsidiary(person, derive_person(seed, head, as_of), rng)
    return person


def company_head(n: int) -> int | None:
    """Return the customer whose company can own the company of customer `n`, else None."""
    return n - (n % 50 - 10) if n % 50 in {11, 12, 13} and n % 20 != 1 else None


def is_twin(seed: int, n: int, as_of: date) -> bool:
    """Return whether customer `n` is a duplicate of customer `n` - 1."""
    return n % 20 == 1 and derive_person(seed, n, as_of).born_on == derive_person(seed, n - 1, as_of).born_on


def _housemate(person: WorldPerson, neighbour: WorldPerson, *, twin: bool) -> WorldPerson:
    shared = replace(person, country=neighbour.country, phone=neighbour.phone, address=neighbour.address)
    if twin:
        return replace(
            shared, given=neighbour.given, family=neighbour.family, company=neighbour.company, born_on=neighbour.born_on
        )
    company = shared.company and f"{neighbour.family} {' '.join(shared.company.split()[1:])}"
    return replace(shared, family=neighbour.family, company=company)


def _subsidiary(person: WorldPerson, head: WorldPerson, rng: random.Random) -> WorldPerson:
    """Return the person as a subsidiary of `head` at another address; unchanged if `head` is not a company."""
    if head.company is None:
        return person
    trade = rng.choice([trade for trade in _TRADES if trade not in head.company])
    form = rng.choice(head.country.legal_forms)
    return replace(
        person,
        country=head.country,
        company=f"{head.family} {trade} {form}",
        phone=_phone(head.country, rng),
        second_phone=None,
        address=_place(head.country, rng),
        since=max(person.since, head.since),
    )


def _place(country: Country, rng: random.Random) -> PostalAddress:
    city, state, zone = rng.choice(country.cities)
    number, street = rng.randrange(1, 1900 if country is US else 160), rng.choice(country.streets)
    line = f"{number} {street}" if country.number_first else f"{street} {number}"
    extra = f"Apt {rng.randrange(1, 40)}{rng.choice('ABCD')}" if country is US and rng.random() < 0.4 else ""
    tail = f"{rng.randrange(100):02}"
    if country is GB:
        tail = f"{rng.randrange(1, 10)}{rng.choice('ABDEFGHJLNPQRSTUWXYZ')}{rng.choice('ABDEFGHJLNPQRSTUWXYZ')}"
    code = f"{zone} {tail}" if country is SE else f"{zone}{tail}"
    return PostalAddress(line, extra, city=city, state=state, post_code=code, country=country.code)


def _phone(country: Country, rng: random.Random) -> str:
    return "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in rng.choice(country.phones))


def _email(given: str, family: str, rng: random.Random) -> str:
    plain = [fold(part).replace(" ", "") for part in (given, family)]
    user = ".".join(part for part in plain if part.isascii()) or f"user{rng.randrange(10**6):06}"
    return f"{user.replace(chr(39), '')}{rng.randrange(10_000)}@example.{rng.choice(('com', 'net', 'org'))}"


def words_of(person: WorldPerson) -> set[str]:
    """Return the words to find a person by: without accents, and in spellings such as Mueller for Müller."""
    text = f"{person.name} {person.given} {person.family}".lower()
    forms = {fold(text), fold(unicodedata.normalize("NFC", text).translate(_SPELT_OUT))}
    return {word for form in forms for word in split_words(form)}


def split_words(folded: str) -> list[str]:
    """Return the words of a folded text, with only letters and digits."""
    words = ("".join(sign for sign in word if sign.isalnum()) for word in folded.replace("-", " ").split())
    return [word for word in words if word]


def has_words(name: str, typed: str, *, folds: bool) -> bool:
    """Return whether a name contains every typed word; with `folds`, accents and punctuation are ignored."""
    if not folds:
        return all(word in name.lower() for word in typed.lower().split())
    together = " ".join(split_words(fold(name)))
    return all(word in together for word in split_words(fold(typed)))


def fold(text: str) -> str:
    """Return a text in lower case and without accents, to compare names."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
