"""A customer's contact data: what each system has, what a form shows, and what may be written."""

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
# Characters. RFC 5321: 64 before the @, 255 after it.
_LONGEST_EMAIL = 320
# Characters of a rejected value that an error message shows.
_LONGEST_SHOWN = 60
_EMAIL = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")


class NotPossibleError(ConsoleError):
    """The input cannot be sent as it is; the message says what to change."""


def refuse_card_numbers(texts: Iterable[str]) -> None:
    """Check that no text contains a card number.

    Raises:
        NotPossibleError: One does.
    """
    if any(has_card_number(text) for text in texts):
        raise NotPossibleError(say.CARD_NUMBER_FOUND())


@dataclass(frozen=True, slots=True)
class SeenContact:
    """Each system's contact data of a customer, by the step that would change it; None if unknown.

    `answered` are the steps whose system has just responded; the other values are cached.
    """

    values: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()

    @property
    def shown(self) -> Mapping[str, str]:
        """The values a form starts with: CRM's, or billing's if CRM's are unknown."""
        return next((values for values in self.values.values() if values is not None), {})


def known_contact(customer: Customer | None, account: BillingAccount | None) -> SeenContact:
    """Return the cached contact data of a customer and of their billing account; None for a missing one."""
    return SeenContact(
        {
            IN_CRM: None if customer is None else _values(customer.contact_media),
            IN_BILLING: None if account is None else _values(account.contact_media),
        }
    )


def _values(media: Sequence[ContactMedium]) -> Mapping[str, str]:
    """Return the preferred or first value of each kind, as a system is read before it is changed."""
    found: dict[str, str] = {}
    for medium in sorted(media, key=lambda one: not one.preferred):
        if medium.kind in KEYS:
            found.setdefault(medium.kind, medium.text)
    return {key: found.get(key, "") for key in KEYS}


def checked_contact(key: str, value: str, country: str) -> str:
    """Return a value in the form that is written: a phone number in E.164, an e-mail address without outer blanks.

    Raises:
        NotPossibleError: It is not a valid phone number or e-mail address, or the number has an extension.

    Source: ITU-T E.164, and RFC 5321 for the length of an address.
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
