"""Compares what a caller says with CRM's data, or cached data if CRM is down, and counts wrong answers."""

import hmac
import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from console.errors import SystemCallError, SystemUnavailableError, UnknownCustomerError
from console.messages import Message
from console.messages import access as say
from console.models.caller_proof import ProofResult, SentCode
from console.models.customer import Customer, CustomerId
from console.models.inventory import Service
from console.ports.caller_proof import CallerProof
from console.ports.clock import Clock
from console.ports.customers import Appointments, Customers, Tickets
from console.ports.provisioning import Services
from console.services.access.permissions import DataScope
from console.services.customer.contact import NotPossibleError
from console.services.customer.dataset_cache import DatasetCache
from console.services.search.days import DayOrder, InvalidDateError, read_past_day
from console.settings.verification import Method, VerificationSettings

_DAY = timedelta(hours=24)
# The person who calls now did not set up a service's number that is this old.
_TRUSTED_AFTER = timedelta(days=30)
_NUMBERS = frozenset({"phonenumber", "msisdn", "telephonenumber", "directorynumber"})
# How many times per 24 h the attempts for one account may be used up.
_A_DAY = 5


@dataclass(frozen=True, slots=True)
class CallerSystems:
    """The systems and settings used to verify a caller.

    `services` finds numbers that belong to a customer's services; without it no number counts as one. `day_order` is
    how people of the deployment's country write a date of birth.
    """

    customers: Customers
    tickets: Sequence[Tickets] = ()
    appointments: Sequence[Appointments] = ()
    services: Sequence[Services] = ()
    proof: CallerProof | None = None
    day_order: DayOrder = DayOrder.ASKED


class CallerCheck:
    """Checks answers and counts wrong ones per account; too many lock the account for `closed_min` minutes.

    If CRM cannot be reached, answers are compared with cached data. `by_last_known` is true if the last check did so.
    """

    def __init__(
        self, settings: VerificationSettings, systems: CallerSystems, clock: Clock, cache: DatasetCache | None = None
    ) -> None:
        self._settings, self._systems, self._clock, self._cache = settings, systems, clock, cache
        self._crm = systems.customers
        self._sent: dict[str, SentCode] = {}
        self._trusted_number: set[str] = set()
        self.by_last_known = False
        self._wrong: dict[str, tuple[int, datetime]] = {}
        self._answers: dict[str, set[tuple[str, str]]] = {}
        self._today: dict[str, list[datetime]] = {}

    def check_attempts(self, customer_id: CustomerId) -> None:
        """Check that another answer may be tried for an account now.

        Raises:
            NotPossibleError: Too many were wrong; the message says for how long the account is locked.
        """
        now = self._clock.now()
        today = self._today[customer_id] = [at for at in self._today.get(customer_id, ()) if now - at <= _DAY]
        if len(today) >= _A_DAY * self._settings.attempts:
            hours = max(1, round((today[0] + _DAY - now).total_seconds() / 3600))
            raise NotPossibleError(say.TOO_MANY_WRONG_ANSWERS_TODAY(hours=hours))
        count, last = self._wrong.get(customer_id, (0, now))
        if count < self._settings.attempts:
            return
        left = last + timedelta(minutes=self._settings.closed_min) - self._clock.now()
        if left > timedelta():
            minutes = max(1, round(left.total_seconds() / 60))
            raise NotPossibleError(say.TOO_MANY_WRONG_ANSWERS_NOW(minutes=minutes))
        self.forgive(customer_id)

    def offers(self, method: Method) -> bool:
        """Return whether this deployment's CRM supports a method."""
        proof = self._systems.proof
        return method.proof is None or (proof is not None and method.proof in proof.offers)

    def shut_at(self, customer_id: CustomerId) -> datetime | None:
        """Return when wrong answers locked an account (aware UTC); None if they did not, or were cleared since."""
        count, last = self._wrong.get(customer_id, (0, None))
        return last if count >= self._settings.attempts else None

    async def fits(self, customer_id: CustomerId, method: Method, answer: str) -> bool:
        """Return whether an answer matches CRM's data; always true for a method that compares nothing.

        Raises:
            NotPossibleError: The answer cannot be compared. It is empty or not digits, CRM has nothing to compare with,
                the PIN is locked, or the code expired.
            NoDayError: The answer is not a date, or an ambiguous one.
            SystemCallError: CRM does not respond.
            UnknownCustomerError: CRM has no such customer.
        """
        self.by_last_known = False
        if method.checks is None:
            return True
        if method.proof is not None:
            return await self._proves(customer_id, method.proof, answer.strip())
        if method.checks == "account_number" and not _plain(answer):
            raise NotPossibleError(say.ACCOUNT_NUMBER_MISSING())
        customer = await self._or_known(customer_id, DataScope.CUSTOMER, self._crm.fetch_customer(customer_id))
        if customer is None:
            raise UnknownCustomerError(say.UNKNOWN_CUSTOMER(customer_id=customer_id))
        if method.checks == "account_number":
            held = [_plain(number) for number in customer.value.account_ids]
            return any(hmac.compare_digest(_plain(answer), one) for one in held)
        party = await self._or_known(customer_id, DataScope.PARTY, self._crm.fetch_party(customer.value))
        born = party.value.birth_on if party is not None else None
        if not born:
            raise NotPossibleError(say.NO_BIRTH_DAY_KEPT())
        return hmac.compare_digest(self.read_birth_day(answer).isoformat(), born[:10])

    def read_birth_day(self, answer: str) -> date:
        """Return the date of birth in an answer, in the order of day and month of this deployment's country.

        Raises:
            NoDayError: It is not a date, is ambiguous, or is in the future. None of these counts as a wrong answer.
        """
        day = read_past_day(answer, self._systems.day_order)
        if day > self._clock.now().date():
            raise InvalidDateError(say.BIRTH_DAY_TO_COME(day=day))
        return day

    async def send_code(self, customer_id: CustomerId) -> SentCode:
        """Have CRM send a code to the customer, which `fits` checks later.

        Raises:
            NotPossibleError: CRM has no number to send a code to.
            SystemCallError: CRM does not respond, or sends no more codes now.
        """
        proof = self._systems.proof
        sent = await proof.send_code(customer_id) if proof is not None else None
        if sent is None:
            raise NotPossibleError(say.NO_NUMBER_FOR_CODE())
        self._sent[customer_id] = sent
        return sent

    async def _proves(self, customer_id: CustomerId, what: str, answer: str) -> bool:
        """Return whether the system accepts a PIN or code. Raises as `fits`."""
        proof, sent = self._systems.proof, self._sent.get(customer_id)
        if proof is None:
            raise NotPossibleError(say.CHECK_NOT_OFFERED())
        if not (answer.isascii() and answer.isdigit()):
            raise NotPossibleError(say.DIGITS_MISSING())
        if what == "pin":
            result = await proof.check_pin(customer_id, answer)
        elif sent is not None:
            result = await proof.check_code(sent, answer)
        else:
            raise NotPossibleError(say.CODE_NOT_SENT())
        if result in {ProofResult.MATCH, ProofResult.EXPIRED}:
            self._sent.pop(customer_id, None)
        refusal = _NOT_CHECKED.get(result)
        if refusal is not None:
            raise NotPossibleError(refusal)
        return result is ProofResult.MATCH

    async def number_to_call(self, customer_id: CustomerId) -> str:
        """Return the number to call back: a service's number that is at least 30 days old, else CRM's.

        Empty if there is none. Raises as `caller`.
        """
        self._trusted_number.discard(customer_id)
        number = await self._service_number(customer_id)
        if number is not None:
            self._trusted_number.add(customer_id)
            return number
        found = await self.caller(customer_id, with_phone=True)
        return next((one.text for one in found.contact_media if one.kind == "phone"), "")

    def called_a_service(self, customer_id: CustomerId) -> bool:
        """Return whether the last number shown for calling back belongs to a service at least 30 days old."""
        return customer_id in self._trusted_number

    async def _service_number(self, customer_id: CustomerId) -> str | None:
        long_ago = self._clock.now() - _TRUSTED_AFTER
        for system in self._systems.services:
            try:
                services = await system.fetch_services(customer_id)
            except SystemCallError:
                continue  # then CRM's number is shown, which opens no call detail
            numbers = (_number_of(one.value) for one in services if _is_trusted(one.value, long_ago))
            if (number := next(filter(None, numbers), None)) is not None:
                return number
        return None

    async def has(self, customer_id: CustomerId, number: str, *, ticket: bool) -> bool:
        """Return whether CRM has a ticket, or else an appointment, of this number for a customer. Raises as `fits`."""
        self.by_last_known = False
        scope = DataScope.TICKETS if ticket else DataScope.APPOINTMENTS
        asked = (
            [system.fetch_trouble_tickets(customer_id) for system in self._systems.tickets]
            if ticket
            else [system.fetch_appointments(customer_id) for system in self._systems.appointments]
        )
        lists = [await self._or_known(customer_id, scope, asking) for asking in asked]
        return _plain(number) in {_plain(item.value.id) for found in lists for item in found}

    async def caller(self, customer_id: CustomerId, *, with_phone: bool) -> Customer:
        """Return a customer's name and, with `with_phone`, phone numbers. Raises as `fits`."""
        try:
            found = await self._crm.fetch_caller(customer_id, with_phone=with_phone)
        except SystemUnavailableError:
            cache = await self._last_known(customer_id, DataScope.CUSTOMER)
            if cache is None:
                raise
            found = cache.value
        if found is None:
            raise UnknownCustomerError(say.UNKNOWN_CUSTOMER(customer_id=customer_id))
        return found

    async def _or_known(self, customer_id: CustomerId, scope: DataScope, asked: Awaitable[Any]) -> Any:
        try:
            return await asked
        except SystemUnavailableError:
            cache = await self._last_known(customer_id, scope)
            if cache is None:
                raise
            self.by_last_known = True
            return cache

    async def _last_known(self, customer_id: CustomerId, scope: DataScope) -> Any:
        if self._cache is None:
            return None
        here = self._cache.load(customer_id, (scope, ""))
        return here or (await self._cache.load_stored(customer_id)).get((scope.value, ""))

    def note_wrong(self, customer_id: CustomerId, method: Method, answer: str) -> tuple[Message, bool]:
        """Return the message for a wrong answer, and whether it counts; repeating the same answer does not."""
        answers = self._answers.setdefault(customer_id, set())
        if method.proof is not None:  # the system counts too; a PIN or code is never stored here
            answers = set()
        said = method.name, self.read_birth_day(answer).isoformat() if method.checks == "birth_on" else _plain(answer)
        if said in answers:
            return say.WRONG_BEFORE(), False
        answers.add(said)
        self.recall_wrong(customer_id, self._clock.now())
        left = self._settings.attempts - self._wrong[customer_id][0]
        if left <= 0:
            return say.WRONG_AND_LOCKED(minutes=self._settings.closed_min), True
        return say.WRONG_ONE_LEFT() if left == 1 else say.WRONG_SOME_LEFT(left=left), True

    def recall_wrong(self, customer: str, at: datetime) -> None:
        """Count a wrong answer that was given now, in an earlier run or in another program."""
        self._today.setdefault(customer, []).append(at)
        self._wrong[customer] = (self._wrong.get(customer, (0, at))[0] + 1, at)

    def forgive(self, customer: str) -> None:
        """Clear an account's wrong answers after a verification or the lock time; the count per day stays."""
        self._wrong.pop(customer, None)
        self._answers.pop(customer, None)


# Messages for answers that the system did not compare.
_NOT_CHECKED = {
    ProofResult.LOCKED: say.PIN_LOCKED(),
    ProofResult.NOTHING_SET: say.NO_PIN_SET(),
    ProofResult.EXPIRED: say.CODE_EXPIRED(),
}


def _is_trusted(service: Service, long_ago: datetime) -> bool:
    return (
        service.started_at is not None
        and service.started_at <= long_ago
        and service.ended_at is None
        and service.state in {"active", "suspended"}
    )


def _number_of(service: Service) -> str | None:
    return next((value for name, value in service.characteristics if name.casefold() in _NUMBERS and value), None)


def _plain(number: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", number).upper()
