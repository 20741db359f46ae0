"""Makes acts from what a user typed: checked, with what was seen as their base, and kept in the outbox."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from console.errors import ConsoleError, SystemCallError
from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.models.money import Money, minor_digits
from console.models.outbox import Act, RiskClass, Step
from console.ports.acting import ActingSystem
from console.ports.clock import Clock
from console.services.outbox import Outbox
from console.services.permissions import Deed, Permissions, Subject
from console.services.phone import read_phone

# What a step changes, and is therefore asked again once it is done.
CHANGES: Mapping[str, Subject] = {
    "add-note": Subject.INTERACTIONS,
    "change-contact": Subject.CUSTOMER,
    "change-billing-contact": Subject.BILLING_ACCOUNTS,
    "promise-to-pay": Subject.BILLING_ACCOUNTS,
}
_LONGEST_NOTE = 10_000
_EMAIL = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")


class NotPossibleError(ConsoleError):
    """What was typed cannot be sent as it is; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class SeenContact:
    """What each system holds of a customer's contact data, by the step that would change it; None where not known."""

    values: Mapping[str, Mapping[str, str] | None]


class Acts:
    """The acts of this desk. Everything is checked before it is kept; what is kept is not lost any more."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        crm: ActingSystem,
        billing: ActingSystem,
        permissions: Permissions,
        clock: Clock,
        rng: random.Random,
        country: str,
    ) -> None:
        self._outbox, self._crm, self._billing = outbox, crm, billing
        self._permissions, self._clock, self._rng, self._country = permissions, clock, rng, country

    async def add_note(self, customer_id: CustomerId, text: str, *, reason: str) -> Act:
        """Keep a note for the customer's interactions.

        Raises:
            NotPossibleError: It is empty or too long.
            StoreError: It could not be kept; the text is still where it was typed.
        """
        self._check(Deed.ADD_NOTE)
        words = text.strip()
        if not words:
            raise NotPossibleError("There is nothing in the note yet.")
        if len(words) > _LONGEST_NOTE:
            raise NotPossibleError(
                f"The note has {len(words):,} signs; {_LONGEST_NOTE:,} are the most. Split it in two."
            )
        act_id = self._new_id()
        step = Step("add-note", self._crm.name, f"{act_id}-1", {"text": words, "reason": reason}, customer_id)
        # Signs that turn the direction of a line would turn the lines beside it too.
        shown = "".join(sign for sign in words if sign.isspace() or sign.isprintable())
        title = f"Note: {' '.join(shown.split())[:60]}"
        return await self._outbox.submit(self._act(act_id, customer_id, title, RiskClass.NOTE, step))

    async def look_at_contact(self, customer_id: CustomerId, account_id: str | None) -> SeenContact:
        """Return what CRM and billing hold now; a system that does not answer is left out, and asked when it does."""
        seen: dict[str, Mapping[str, str] | None] = {}
        for system, step in self._contact_steps(customer_id, account_id, {"phone": "", "email": ""}, {}, ""):
            try:
                act = self._act("look", customer_id, "", RiskClass.FIELD, step)
                seen[step.kind] = (await system.read_current(act, step)).values
            except SystemCallError:
                seen[step.kind] = None
        return SeenContact(seen)

    async def change_contact(
        self, customer_id: CustomerId, account_id: str | None, wanted: Mapping[str, str], seen: SeenContact
    ) -> Act:
        """Keep a change of phone or e-mail, for CRM and for billing's copy.

        Raises:
            NotPossibleError: Nothing is changed, or a value is no phone number or e-mail address.
            StoreError: It could not be kept.
        """
        self._check(Deed.CHANGE_CONTACT)
        known = next((values for values in seen.values.values() if values is not None), {})
        changed = {
            key: self._checked(key, value) for key, value in wanted.items() if value.strip() != known.get(key, "")
        }
        if not changed:
            raise NotPossibleError("Nothing was changed.")
        act_id = self._new_id()
        bases = {kind: dict(known if values is None else values) for kind, values in seen.values.items()}
        steps = [step for _, step in self._contact_steps(customer_id, account_id, changed, bases, act_id)]
        title = "Contact: " + ", ".join(f"{key} {value}" for key, value in changed.items())
        return await self._outbox.submit(self._act(act_id, customer_id, title, RiskClass.FIELD, *steps))

    async def promise_to_pay(
        self, customer_id: CustomerId, account: BillingAccount, *, amount: str, due_on: date
    ) -> Act:
        """Keep a customer's promise to pay an amount by a day, in the account's currency.

        Raises:
            NotPossibleError: The amount or the day cannot be, or billing does not say what is owed.
            StoreError: It could not be kept.
        """
        self._check(Deed.PROMISE_TO_PAY)
        if account.balance is None:
            raise NotPossibleError("Billing does not say what is owed, so nothing can be promised on it.")
        money = read_amount(amount, account.balance.currency)
        if money.amount <= 0:
            raise NotPossibleError("The amount must be more than nothing.")
        if account.balance.amount <= 0:
            raise NotPossibleError("Nothing is owed on this account.")
        if money.amount > account.balance.amount:
            raise NotPossibleError(f"Only {account.balance} is owed.")
        today = self._clock.now().date()
        if not 0 <= (due_on - today).days <= 90:
            raise NotPossibleError("The day must be today or within the next 90 days.")
        act_id = self._new_id()
        wanted = {"amount": str(money.amount), "currency": money.currency, "due_on": due_on.isoformat()}
        base = {"balance": str(account.balance)}
        step = Step("promise-to-pay", self._billing.name, f"{act_id}-1", wanted, account.id, base)
        title = f"Promise to pay {money} by {due_on.isoformat()}"
        return await self._outbox.submit(self._act(act_id, customer_id, title, RiskClass.MONEY, step))

    def _contact_steps(
        self,
        customer_id: CustomerId,
        account_id: str | None,
        wanted: Mapping[str, str],
        bases: Mapping[str, Mapping[str, str]],
        act_id: str,
    ) -> list[tuple[ActingSystem, Step]]:
        places: list[tuple[ActingSystem, str, str]] = [(self._crm, "change-contact", customer_id)]
        if account_id is not None:
            places.append((self._billing, "change-billing-contact", account_id))
        found = []
        for number, (system, kind, record) in enumerate(places, 1):
            base = {key: bases.get(kind, {}).get(key, "") for key in wanted}
            found.append((system, Step(kind, system.name, f"{act_id}-{number}", dict(wanted), record, base)))
        return found

    def _checked(self, key: str, value: str) -> str:
        plain = value.strip()
        if key == "email" and not _EMAIL.match(plain):
            raise NotPossibleError(f"{plain or 'Nothing'} is no e-mail address.")
        if key == "phone":
            phone = read_phone(plain, self._country)
            if phone is None:
                raise NotPossibleError(
                    f"{plain or 'Nothing'} is no phone number. Write it with its country, such as +1 …"
                )
            return phone
        return plain

    def _check(self, deed: Deed) -> None:
        refusal = self._permissions.refusal_to_do(deed)
        if refusal is not None:
            raise NotPossibleError(refusal)

    def _act(self, act_id: str, customer_id: str, title: str, risk: RiskClass, *steps: Step) -> Act:
        return Act(act_id, customer_id, title, risk, self._clock.now(), steps, self._permissions.user.role)

    def _new_id(self) -> str:
        return uuid7(self._clock.now(), self._rng)


def read_amount(text: str, currency: str) -> Money:
    """Return a typed amount, exact, in a currency.

    Raises:
        NotPossibleError: It is no amount, has more decimals than the currency, or could mean two amounts.
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d+,\d{1,2}", plain):
        plain = plain.replace(",", ".")
    try:
        amount = Decimal(plain) if re.fullmatch(r"\d{1,9}(?:\.\d+)?", plain) else None
    except InvalidOperation:
        amount = None
    if amount is None:
        raise NotPossibleError(f"{text.strip()[:30] or 'Nothing'} is no amount. Write it like 12.50.")
    digits = minor_digits(currency)
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits:
        raise NotPossibleError(f"Amounts in {currency} have {digits} decimals.")
    return Money(amount, currency)


def uuid7(now: datetime, rng: random.Random) -> str:
    """Return a new identifier that sorts by time. Source: RFC 9562, version 7."""
    ms = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = (ms << 80) | (0x7 << 76) | (rng.getrandbits(12) << 64) | (0b10 << 62) | rng.getrandbits(62)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
