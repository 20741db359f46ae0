"""Postal addresses on one line, in the order of the address's country."""

from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.values import plain_word

# Countries with the post code after the town, as codes, names and aliases that servers use (plain words).
_POST_CODE_LAST = frozenset(
    {
        "us", "usa", "unitedstates", "unitedstatesofamerica", "ca", "can", "canada", "au", "aus", "australia", "nz",
        "nzl", "newzealand", "ie", "irl", "ireland", "gb", "gbr", "uk", "unitedkingdom", "greatbritain", "england",
        "scotland", "wales", "northernireland", "in", "ind", "india",
    }
)  # fmt: skip
_PARTS = ("street1", "street2", "city", "stateOrProvince", "postCode", "country")


def address_parts(facts: RecordReader) -> tuple[tuple[str, str], ...]:
    """Return the parts of a postal address that are set, as (standard name, text)."""
    return tuple((name, text) for name in _PARTS if (text := facts.text(name)))


def postal_address(facts: RecordReader) -> str | None:
    """Return a postal address on one line, in the order of its country; None if it is empty.

    Supports contact media (`street1`, `postCode`) and geographic addresses of places (`streetName`, `postcode`).
    """
    city, state, code = facts.text("city"), facts.text("stateOrProvince"), facts.text("postCode")
    country = plain_word(facts.text("country") or "")
    order = (city, state, code) if country in _POST_CODE_LAST else (code, city, state)
    town = " ".join(part for part in order if part)
    number, name = facts.text("streetNr"), facts.text("streetName")
    street = facts.text("street1") or " ".join(part for part in (number, name) if part)
    return ", ".join(part for part in (street, facts.text("street2"), town) if part) or None
