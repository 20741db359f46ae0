"""Compares what a caller says with what CRM holds, or was last known of it, and counts what was wrong."""

import hmac
import re
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

from console.errors import SystemUnavailableError, UnknownCustomerError
from console.models.customer import Customer, CustomerId
from console.ports.clock import Clock
from console.ports.crm import CrmSystem
from console.services.contact import NotPossibleError
from console.services.days import read_past_day
from console.services.known import KnownFacts
from console.services.permissions import Subject
from console.settings.verification import Method, VerificationSettings

_DAY = timedelta(hours=24)
# So many times the attempts may be used up at one account within a day.
_A_DAY = 5


class CallerCheck:
    """Wrong answers are counted for each account; after as many as the deployment allows it stays closed a while.

    While CRM cannot be reached what the store has of a customer is compared with; `by_last_known` says of the last
    comparison whether it was.
    """

    def __init__(
        self, settings: VerificationSettings, crm: CrmSystem, clock: Clock, known: KnownFacts | None = None
    ) -> None:
        self._settings, self._crm, self._clock, self._known = settings, crm, clock, known
        self.by_last_known = False
        self._wrong: dict[str, tuple[int, datetime]] = {}
        self._answers: dict[str, set[tuple[str, str]]] = {}
        self._today: dict[str, list[datetime]] = {}

    def check_attempts(self, customer_id: CustomerId) -> None:
        """Let an account pass for which an answer may be tried now.

        Raises:
            NotPossibleError: There were too many wrong ones; the sentence says for how long.
        """
        now = self._clock.now()
        today = self._today[customer_id] = [at for at in self._today.get(customer_id, ()) if now - at <= _DAY]
        if len(today) >= _A_DAY * self._settings.attempts:
            hours = max(1, round((today[0] + _DAY - now).total_seconds() / 3600))
            raise NotPossibleError(f"Too many wrong answers today. This account can be tried again in {hours} h.")
        count, last = self._wrong.get(customer_id, (0, now))
        if count < self._settings.attempts:
            return
        left = last + timedelta(minutes=self._settings.closed_min) - self._clock.now()
        if left > timedelta():
            minutes = max(1, round(left.total_seconds() / 60))
            raise NotPossibleError(f"Too many wrong answers. This account can be tried again in {minutes} min.")
        self.forgive(customer_id)

    def shut_at(self, customer_id: CustomerId) -> datetime | None:
        """Return when the last wrong answer closed an account (aware UTC), None where none did, or it is forgiven."""
        count, last = self._wrong.get(customer_id, (0, None))
        return last if count >= self._settings.attempts else None

    async def fits(self, customer_id: CustomerId, method: Method, answer: str) -> bool:
        """Return whether an answer is what CRM holds; always so for a method that compares nothing.

        Raises:
            NotPossibleError: CRM holds nothing to compare with, or no account number was typed.
            NoDayError: The answer is no day, or may be two.
            SystemCallError: CRM does not answer.
            UnknownCustomerError: There is no such customer.
        """
        self.by_last_known = False
        if method.checks is None:
            return True
        if method.checks == "account_number" and not _plain(answer):
            raise NotPossibleError("Type the account number that the caller says.")
        customer = await self._or_known(customer_id, Subject.CUSTOMER, self._crm.fetch_customer(customer_id))
        if customer is None:
            raise UnknownCustomerError(f"CRM has no customer {customer_id}.")
        if method.checks == "account_number":
            held = [_plain(number) for number in customer.value.account_ids]
            return any(hmac.compare_digest(_plain(answer), one) for one in held)
        party = await self._or_known(customer_id, Subject.PARTY, self._crm.fetch_party(customer.value))
        born = party.value.birth_on if party is not None else None
        if not born:
            raise NotPossibleError("CRM keeps no day of birth for this customer. Choose another way.")
        return hmac.compare_digest(read_past_day(answer).isoformat(), born[:10])

    async def has(self, customer_id: CustomerId, number: str, *, ticket: bool) -> bool:
        """Return whether CRM keeps a ticket, or else a visit, of this number for this customer. Raises as `fits`."""
        self.by_last_known = False
        subject = Subject.TICKETS if ticket else Subject.APPOINTMENTS
        ask = self._crm.fetch_trouble_tickets if ticket else self._crm.fetch_appointments
        found = await self._or_known(customer_id, subject, ask(customer_id))
        return _plain(number) in {_plain(item.value.id) for item in found}

    async def caller(self, customer_id: CustomerId, *, with_phone: bool) -> Customer:
        """Return a customer's name, and where it is asked for how to call them. Raises as `fits`."""
        try:
            found = await self._crm.fetch_caller(customer_id, with_phone=with_phone)
        except SystemUnavailableError:
            known = await self._last_known(customer_id, Subject.CUSTOMER)
            if known is None:
                raise
            found = known.value
        if found is None:
            raise UnknownCustomerError(f"CRM has no customer {customer_id}.")
        return found

    async def _or_known(self, customer_id: CustomerId, subject: Subject, asked: Awaitable[Any]) -> Any:
        try:
            return await asked
        except SystemUnavailableError:
            known = await self._last_known(customer_id, subject)
            if known is None:
                raise
            self.by_last_known = True
            return known

    async def _last_known(self, customer_id: CustomerId, subject: Subject) -> Any:
        if self._known is None:
            return None
        here = self._known.load(customer_id, (subject, ""))
        return here or (await self._known.load_stored(customer_id)).get((subject.value, ""))

    def note_wrong(self, customer_id: CustomerId, method: Method, answer: str) -> tuple[str, bool]:
        """Return what to say to a wrong answer, and whether it counts: the same once more tells nobody anything new."""
        answers = self._answers.setdefault(customer_id, set())
        said = method.name, read_past_day(answer).isoformat() if method.checks == "birth_on" else _plain(answer)
        if said in answers:
            return "That was wrong before. Ask the caller again, or choose another way.", False
        answers.add(said)
        self.recall_wrong(customer_id, self._clock.now())
        left = self._settings.attempts - self._wrong[customer_id][0]
        if left <= 0:
            minutes = self._settings.closed_min
            return f"That is not what CRM holds. This account can be tried again in {minutes} min.", True
        return f"That is not what CRM holds. {left} more {'attempt' if left == 1 else 'attempts'}.", True

    def recall_wrong(self, customer: str, at: datetime) -> None:
        """Count a wrong answer, given now or written down by an earlier run or another program."""
        self._today.setdefault(customer, []).append(at)
        self._wrong[customer] = (self._wrong.get(customer, (0, at))[0] + 1, at)

    def forgive(self, customer: str) -> None:
        """Forget what was wrong, because the caller is known by now, or it is long ago; a day's count stays."""
        self._wrong.pop(customer, None)
        self._answers.pop(customer, None)


def _plain(number: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", number).upper()
