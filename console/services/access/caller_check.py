"""Compares what a caller says with what CRM holds, or was last known of it, and counts what was wrong."""

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
from console.services.search.days import DayOrder, NoDayError, read_past_day
from console.settings.verification import Method, VerificationSettings

_DAY = timedelta(hours=24)
# A number that a service has had for so long was not put there by whoever calls.
_TRUSTED_AFTER = timedelta(days=30)
_NUMBERS = frozenset({"phonenumber", "msisdn", "telephonenumber", "directorynumber"})
# So many times the attempts may be used up at one account within a day.
_A_DAY = 5


@dataclass(frozen=True, slots=True)
class CallerSystems:
    """What a caller is checked with: who keeps customers, and where they are kept tickets, visits and services.

    Without `services` no number is known to be a service's. `day_order` is how people of the deployment's country write
    a day of birth.
    """

    customers: Customers
    tickets: Sequence[Tickets] = ()
    appointments: Sequence[Appointments] = ()
    services: Sequence[Services] = ()
    proof: CallerProof | None = None
    day_order: DayOrder = DayOrder.ASKED


class CallerCheck:
    """Wrong answers are counted for each account; after as many as the deployment allows it stays closed a while.

    While CRM cannot be reached what the store has of a customer is compared with; `by_last_known` says of the last
    comparison whether it was.
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
        """Let an account pass for which an answer may be tried now.

        Raises:
            NotPossibleError: There were too many wrong ones; the sentence says for how long.
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
        """Return whether this deployment's CRM can do what a method needs."""
        proof = self._systems.proof
        return method.proof is None or (proof is not None and method.proof in proof.offers)

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
        """Return the day that an answer says, in the order of this deployment's country.

        Raises:
            NoDayError: It is no day, may be two, or is to come: none of them is a wrong answer yet.
        """
        day = read_past_day(answer, self._systems.day_order)
        if day > self._clock.now().date():
            raise NoDayError(say.BIRTH_DAY_TO_COME(day=day))
        return day

    async def send_code(self, customer_id: CustomerId) -> SentCode:
        """Have CRM send the caller a code, for `fits` to have checked.

        Raises:
            NotPossibleError: CRM keeps no number that it would send one to.
            SystemCallError: CRM does not answer, or sends no more codes now.
        """
        proof = self._systems.proof
        sent = await proof.send_code(customer_id) if proof is not None else None
        if sent is None:
            raise NotPossibleError(say.NO_NUMBER_FOR_CODE())
        self._sent[customer_id] = sent
        return sent

    async def _proves(self, customer_id: CustomerId, what: str, answer: str) -> bool:
        """Return whether the system takes a PIN or code for right. Raises as `fits`."""
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
        """Return the number to call back: one that a service has had for 30 days where there is any, else CRM's.

        Empty where there is none at all. Raises as `caller`.
        """
        self._trusted_number.discard(customer_id)
        number = await self._service_number(customer_id)
        if number is not None:
            self._trusted_number.add(customer_id)
            return number
        found = await self.caller(customer_id, with_phone=True)
        return next((one.text for one in found.contact_media if one.kind == "phone"), "")

    def called_a_service(self, customer_id: CustomerId) -> bool:
        """Return whether the number shown last to call back is one that a service has had for 30 days."""
        return customer_id in self._trusted_number

    async def _service_number(self, customer_id: CustomerId) -> str | None:
        long_ago = self._clock.now() - _TRUSTED_AFTER
        for system in self._systems.services:
            try:
                services = await system.fetch_services(customer_id)
            except SystemCallError:
                continue  # then CRM's number is shown, which opens less
            numbers = (_number_of(one.value) for one in services if _is_trusted(one.value, long_ago))
            if (number := next(filter(None, numbers), None)) is not None:
                return number
        return None

    async def has(self, customer_id: CustomerId, number: str, *, ticket: bool) -> bool:
        """Return whether CRM keeps a ticket, or else a visit, of this number for this customer. Raises as `fits`."""
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
        """Return a customer's name, and where it is asked for how to call them. Raises as `fits`."""
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
        """Return what to say to a wrong answer, and whether it counts: the same once more tells nobody anything new."""
        answers = self._answers.setdefault(customer_id, set())
        if method.proof is not None:  # counted by the system too, and kept here nowhere
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
        """Count a wrong answer, given now or written down by an earlier run or another program."""
        self._today.setdefault(customer, []).append(at)
        self._wrong[customer] = (self._wrong.get(customer, (0, at))[0] + 1, at)

    def forgive(self, customer: str) -> None:
        """Forget what was wrong, because the caller is known by now, or it is long ago; a day's count stays."""
        self._wrong.pop(customer, None)
        self._answers.pop(customer, None)


# Why an answer was not compared at all.
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
