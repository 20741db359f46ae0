"""How a customer is reached, as each system has it: what is known, what is seen now, and what may be written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from console.errors import ConsoleError
from console.messages import customer as say
from console.models.billing_account import BillingAccount
from console.models.card_number import has_card_number
from console.models.customer import ContactMedium, Customer
from console.services.search.phone import read_phone, split_extension

IN_CRM, IN_BILLING = "change-contact", "change-billing-contact"
KEYS = ("phone", "email")
# RFC 5321: 64 before the sign, 255 behind it.
_LONGEST_EMAIL = 320
_LONGEST_SHOWN = 60
_EMAIL = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")


class NotPossibleError(ConsoleError):
    """What was typed cannot be sent as it is; the sentence says what to change."""


def refuse_card_numbers(texts: Iterable[str]) -> None:
    """Let texts pass that hold no card number.

    Raises:
        NotPossibleError: One does.
    """
    if any(has_card_number(text) for text in texts):
        raise NotPossibleError(say.CARD_NUMBER_FOUND())


@dataclass(frozen=True, slots=True)
class SeenContact:
    """What each system holds of a customer's contact data, by the step that would change it; None where not known.

    `answered` are the steps whose system has just said so; of the others it is what was last known.
    """

    values: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()

    @property
    def shown(self) -> Mapping[str, str]:
        """What a form starts from: CRM's values, billing's where CRM's are not known."""
        return next((values for values in self.values.values() if values is not None), {})


def known_contact(customer: Customer | None, account: BillingAccount | None) -> SeenContact:
    """Return what was last known of a customer and the account with billing's copy; None for what is not there."""
    return SeenContact(
        {
            IN_CRM: None if customer is None else _values(customer.contact_media),
            IN_BILLING: None if account is None else _values(account.contact_media),
        }
    )


def _values(media: Sequence[ContactMedium]) -> Mapping[str, str]:
    """Return of each kind the preferred or the first, as a system is asked for it before it is changed."""
    found: dict[str, str] = {}
    for medium in sorted(media, key=lambda one: not one.preferred):
        if medium.kind in KEYS:
            found.setdefault(medium.kind, medium.text)
    return {key: found.get(key, "") for key in KEYS}


def checked_contact(key: str, value: str, country: str) -> str:
    """Return a value as it is written: a number in E.164, an address as it is.

    Raises:
        NotPossibleError: It is no phone number or no e-mail address.
    """
    plain = value.strip()
    shown = plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}…"
    if key == "email" and (len(plain) > _LONGEST_EMAIL or not _EMAIL.match(plain)):
        raise NotPossibleError(say.NOT_AN_EMAIL(shown=shown) if plain else say.EMAIL_MISSING())
    if key == "phone":
        phone = read_phone(plain, country)
        if phone is not None and split_extension(plain)[1] is not None:
            raise NotPossibleError(say.NUMBER_WITH_EXTENSION(shown=shown))
        if phone is None:
            raise NotPossibleError(say.NOT_A_PHONE(shown=shown) if plain else say.PHONE_MISSING())
        return phone
    return plain
