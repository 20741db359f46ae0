"""Which accounts are open at this desk, for what reason, and how well the caller is known. Default: none.

Source: 47 CFR 64.2010 and the order of 2023 (FCC 23-95): staff see nothing of an account before the caller is verified,
and no call detail before a stronger step.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from console.models.audit import AuditEntry
from console.models.caller_proof import SentCode
from console.models.customer import CustomerId
from console.models.outbox import Grant
from console.ports.clock import Clock
from console.services.access.access_grant import Caller, Opening, Reason, Step, read_reason
from console.services.access.caller_check import CallerCheck, CallerSystems
from console.services.access.harvest import HarvestWatch
from console.services.access.permissions import Deed, Subject
from console.services.customer.contact import NotPossibleError, refuse_card_numbers
from console.services.customer.known import KnownFacts
from console.services.outbox.shared_notes import SharedNotes
from console.services.system.subscribers import Subscribers
from console.settings.roles import named
from console.settings.verification import Method, VerificationSettings

__all__ = ["HARVESTING", "LAPSE_TOLD", "Caller", "Opening", "Openings", "Reason", "Step"]

# For so long after an account was open without a caller nobody is verified by what it shows.
_REMEMBERED = timedelta(hours=1)
# What is no part of anybody's account.
OPEN_TO_ALL = frozenset({Subject.OFFERINGS, Subject.TIME_SLOTS})
# What is said of a caller or a reason that could not be compared with CRM itself.
_BY_LAST_KNOWN = ", by what was last known, as CRM did not answer"
# How the audit calls the pattern of looking around.
HARVESTING = "harvesting"
# For so long before an opening lapses it is announced.
LAPSE_TOLD = timedelta(minutes=2)


class Openings:
    """Opens accounts and says what is open. `told` hears of every opening, refusal and pattern, for the audit.

    An opening lapses by itself; from then on nothing of the account is shown or done, whoever may have forgotten it.
    """

    def __init__(
        self,
        settings: VerificationSettings | None,
        *,
        systems: CallerSystems,
        known: KnownFacts | None = None,
        clock: Clock,
        told: Callable[[str, str, str], None] = lambda _what, _customer, _words: None,
        shared: SharedNotes | None = None,
    ) -> None:
        self._settings = settings if settings is not None and settings.required else None
        self._clock, self._told, self._shared = clock, told, shared or SharedNotes(None, clock)
        declared = settings or VerificationSettings()
        self._stronger_seen, self._stronger_done = named(declared.stronger)
        self._without_caller = named(declared.without_caller)[1]
        self._lasts = timedelta(minutes=declared.lapse_min)
        self._open: dict[str, Opening] = {}
        self._check = CallerCheck(declared, systems, clock, known)
        self._harvest = HarvestWatch()
        self._seen_at: dict[str, datetime] = {}
        self._verified_at: dict[str, datetime] = {}
        self._unchecked_at: dict[str, datetime] = {}
        self._subscribers: Subscribers[[CustomerId]] = Subscribers()

    @property
    def is_required(self) -> bool:
        """Whether accounts are closed until they are opened here."""
        return self._settings is not None

    @property
    def methods(self) -> tuple[Method, ...]:
        """The ways to verify a caller that this deployment has."""
        declared = self._settings.methods if self._settings is not None else ()
        return tuple(method for method in declared if self._check.offers(method))

    def methods_for(self, customer_id: CustomerId) -> tuple[Method, ...]:
        """Return the ways to verify that open an account, or open one further that is open."""
        found = self.opening(customer_id)
        if found is None or found.reason is not Reason.CALLER:
            return self.methods
        further = [one for one in self.methods if one.opens == "call detail" or one.shows == "phone"]
        return tuple(further) if found.step < Step.CALL_DETAIL else ()

    def subscribe(self, told: Callable[[CustomerId], None]) -> Callable[[], None]:
        """Call back with a customer whose account was opened, opened further, or closed; return what ends that."""
        return self._subscribers.add(told)

    def opening(self, customer_id: CustomerId) -> Opening | None:
        """Return how an account is open; None while it is not, or no longer is."""
        found = self._open.get(customer_id)
        return found if found is not None and self._clock.now() < found.until else None

    def step(self, customer_id: CustomerId) -> Step:
        """Return how far an account is open."""
        if self._settings is None:
            return Step.CALL_DETAIL
        found = self.opening(customer_id)
        return found.step if found is not None else Step.CLOSED

    def lapsing(self) -> tuple[list[Opening], list[Opening]]:
        """Return what has lapsed and is not closed yet, and what lapses within two minutes, the next first."""
        now = self._clock.now()
        ordered = sorted(self._open.values(), key=lambda one: one.until)
        return (
            [one for one in ordered if one.until <= now],
            [one for one in ordered if now < one.until <= now + LAPSE_TOLD],
        )

    def prolong(self, customer_id: CustomerId) -> None:
        """Keep an account open for as long again, because the caller is still there; nothing once it has lapsed."""
        found = self.opening(customer_id)
        if found is not None:
            self._open[customer_id] = replace(found, until=self._clock.now() + self._lasts)
            self._told("prolonged", customer_id, f"{found.reason.value}: {found.how}")
            self._tell(customer_id)

    # ------------------------------------------------------------------ what is open

    def refusal(self, subject: Subject, customer_id: CustomerId) -> str | None:
        """Return why something of an account is not shown now, in one sentence, or None."""
        step = self.step(customer_id)
        if subject in OPEN_TO_ALL or step is Step.CALL_DETAIL:
            return None
        if step is Step.CLOSED:
            return "The account is closed until the caller is verified."
        if subject in self._stronger_seen:
            return f"To see {subject.value} the caller must be verified further."
        return None

    def refusal_to_do(self, deed: Deed, customer_id: CustomerId) -> str | None:
        """Return why something cannot be done in an account now, in one sentence, or None."""
        if self._settings is None:
            return None
        found = self.opening(customer_id)
        if found is None:
            return "Verify the caller first; the account is closed."
        if found.reason is not Reason.CALLER and deed not in self._without_caller:
            return f"To {deed.value} the caller must be verified; the account is open for {found.reason.value}."
        if deed in self._stronger_done and found.step is not Step.CALL_DETAIL:
            return f"To {deed.value} the caller must be verified further."
        return None

    def grant(self, customer_id: CustomerId) -> Grant | None:
        """Return how an account is open now, to stand on what is made under it; None where none is ever closed."""
        found = self.opening(customer_id) if self._settings is not None else None
        if found is None:
            return None
        return Grant(found.at, found.reason.value, reaches_call_detail=found.step is Step.CALL_DETAIL)

    def admits(self, deed: Deed, customer_id: CustomerId, grant: Grant | None) -> bool:
        """Return whether what was made under a grant may be sent now, by today's rules.

        A grant is revoked by as many wrong answers as close the account, given after it. What an earlier version made
        carries none; it was checked when it was made.
        """
        if self._settings is None or grant is None:
            return True
        if grant.reason != Reason.CALLER.value and deed not in self._without_caller:
            return False
        if deed in self._stronger_done and not grant.reaches_call_detail:
            return False
        shut_at = self._check.shut_at(customer_id)
        return shut_at is None or shut_at < grant.at

    def note_act(self, customer_id: str) -> None:
        """Note that something was sent in an account, so that opening it was no looking around."""
        if self._harvest.touched(customer_id):
            self._shared.add_later("did", customer_id)

    async def aclose(self) -> None:
        """Wait until other programs can know all that was noted."""
        await self._shared.aclose()

    def recall(self, entries: Iterable[AuditEntry]) -> None:
        """Take up what an earlier run wrote down: attempts, what was on the screen, and who looked around.

        Closing the desk and starting it anew forgives nothing.
        """
        for entry in entries:
            reason, _, how = entry.words.partition(": ")
            if entry.what == "opened":
                compared = any(one.words == how.removesuffix(_BY_LAST_KNOWN) and one.checks for one in self.methods)
                checked = False
                if reason == Reason.CALLER.value:
                    self._check.forgive(entry.customer)
                    checked = self._note_verified(entry.customer, entry.at, compared=compared)
                else:
                    self._note_seen(entry.customer, entry.at)
                self._harvest.opened(entry.customer, entry.at, checked=checked)
            elif entry.what == "verification failed":
                self._check.recall_wrong(entry.customer, entry.at)
                self._harvest.guessed(entry.customer, entry.at)
            elif entry.what == "read ahead":
                self._harvest.opened(entry.customer, entry.at, checked=False)
            elif entry.what == "did":
                self._harvest.touched(entry.customer)

    # ------------------------------------------------------------------ opening

    async def caller(self, customer_id: CustomerId) -> Caller:
        """Return what is shown of a customer before; CRM is asked for that alone.

        Raises:
            SystemCallError: CRM does not answer, and the customer is not known here; the account can still be opened
                by what needs no answer of CRM's.
            UnknownCustomerError: There is no such customer.
        """
        shown = self._settings.shown if self._settings is not None else ("name",)
        found = await self._check.caller(customer_id, with_phone="phone" in shown)
        phone = next((medium.text for medium in found.contact_media if medium.kind == "phone"), None)
        return Caller(customer_id, found.name if "name" in shown else None, phone if "phone" in shown else None)

    async def number_on_file(self, customer_id: CustomerId) -> str:
        """Return the phone number to call back, which is recorded; empty where CRM keeps none. Raises as `caller`."""
        self._check.check_attempts(customer_id)
        phone = await self._check.number_to_call(customer_id)
        self._told("number shown", customer_id, "to call back")
        return phone

    async def send_code(self, customer_id: CustomerId) -> SentCode:
        """Have CRM send a code to the customer's number of record; the desk never learns it.

        Raises:
            NotPossibleError: There is no such number, or answers were wrong too often.
            SystemCallError: CRM does not answer, or sends no more codes now.
        """
        self._check.check_attempts(customer_id)
        sent = await self._check.send_code(customer_id)
        self._told("code sent", customer_id, f"to a number that ends in {sent.ends_in}")
        return sent

    async def catch_up(self) -> bool:
        """Take up what other programs of this person noted; return whether there was anything."""
        news = await self._shared.news()
        self.recall(news)
        return bool(news)

    async def verify(self, customer_id: CustomerId, name: str, answer: str) -> Opening:
        """Open an account for its caller by one of the methods.

        Raises:
            NotPossibleError: The answer is not what CRM holds, or was wrong too often.
            NoDayError: A day of birth was asked for, and the answer is none or may be two; it counts as no attempt.
            SystemCallError: CRM does not answer what the answer is compared with.
        """
        method = next(one for one in self.methods if one.name == name)
        await self.catch_up()
        self._check.check_attempts(customer_id)
        seen_at = self._seen_at.get(customer_id)
        if (
            method.checks is not None
            and method.proof is None
            and seen_at is not None
            and self._clock.now() - seen_at < _REMEMBERED
        ):
            told = "It was open without a caller, so what it shows proves nothing. Call back, or see a photo ID."
            raise NotPossibleError(told)
        if not await self._check.fits(customer_id, method, answer):
            told, counts = self._check.note_wrong(customer_id, method, answer)
            if counts:
                self._told("verification failed", customer_id, method.words)
                await self._shared.add("verification failed", customer_id, method.words)
                self._warn(customer_id, self._harvest.guessed(customer_id, self._clock.now()))
            raise NotPossibleError(told)
        self._check.forgive(customer_id)
        checked = self._note_verified(customer_id, self._clock.now(), compared=method.checks is not None)
        by_service = method.shows == "phone" and self._check.called_a_service(customer_id)
        step = Step.CALL_DETAIL if method.opens == "call detail" or by_service else Step.ACCOUNT
        before = self.opening(customer_id)
        if before is not None and before.reason is Reason.CALLER:
            step = max(step, before.step)
        checked = checked or (before is not None and before.checked)
        return await self._set(customer_id, Reason.CALLER, method.words + self._as_known(), step, checked=checked)

    def refusal_to_open(self, customer_id: CustomerId) -> str | None:
        """Return why an account cannot be opened now, whatever is answered; None where it can."""
        try:
            self._check.check_attempts(customer_id)
        except NotPossibleError as error:
            return str(error)
        return None

    async def open_for(self, customer_id: CustomerId, reason: Reason, words: str) -> Opening:
        """Open an account without a caller, to look at it and do what somebody asked for.

        Raises:
            NotPossibleError: The reason is missing, or names no ticket or visit of this customer; or answers were wrong
                too often, after which it stays closed whatever the reason.
            SystemCallError: CRM does not say whether there is such a ticket or visit.
        """
        await self.catch_up()
        self._check.check_attempts(customer_id)
        told = read_reason(words) if reason is Reason.TYPED else " ".join(words.split())
        if reason in {Reason.TICKET, Reason.JOB}:
            await self._check_number(customer_id, reason, told)
            told += self._as_known()
        self._note_seen(customer_id, self._clock.now())
        return await self._set(customer_id, reason, told, Step.ACCOUNT, checked=False)

    def check_reason(self, words: str) -> None:
        """Let a reason pass that says something.

        Raises:
            NotPossibleError: It is missing, too long, or holds a card number.
        """
        read_reason(words)

    async def open_to_read_ahead(self, customer_id: CustomerId, words: str) -> None:
        """Open an account to read it into the store, where nobody sees it: to be shown it must be opened anew.

        It counts in the patterns of looking around like every other opening.

        Raises:
            NotPossibleError: The reason is missing or too long, or answers for the account were wrong too often.
        """
        await self.catch_up()
        self._check.check_attempts(customer_id)
        told = read_reason(words)
        now = self._clock.now()
        self._open[customer_id] = Opening(customer_id, Reason.AHEAD, told, Step.ACCOUNT, now, now + self._lasts)
        self._told("read ahead", customer_id, told)
        await self._shared.add("read ahead", customer_id, told)
        self._warn(customer_id, self._harvest.opened(customer_id, now, checked=False))

    def close(self, customer_id: CustomerId) -> None:
        """Close an account; the next time it must be opened anew."""
        if self._open.pop(customer_id, None) is not None:
            self._told("closed", customer_id, "")
            self._tell(customer_id)

    def close_all(self) -> None:
        """Close every account, as when the desk is locked."""
        for customer_id in list(self._open):
            self.close(CustomerId(customer_id))

    # ------------------------------------------------------------------ the rules

    async def _check_number(self, customer_id: CustomerId, reason: Reason, number: str) -> None:
        """Let the number of a ticket or visit pass that CRM keeps for this customer."""
        refuse_card_numbers([number])
        if not any(sign.isalnum() for sign in number):
            raise NotPossibleError(f"Write the number of {reason.value}.")
        is_ticket = reason is Reason.TICKET
        if not await self._check.has(customer_id, number, ticket=is_ticket):
            self._told("reason refused", customer_id, f"{reason.value}: {number}")
            raise NotPossibleError(f"CRM keeps no {'ticket' if is_ticket else 'visit'} {number} for this customer.")

    def _as_known(self) -> str:
        return _BY_LAST_KNOWN if self._check.by_last_known else ""

    def _note_verified(self, customer: str, at: datetime, *, compared: bool) -> bool:
        """Note a verified caller; return whether that was a check of the desk's.

        What a caller on the rep's word alone has just brought onto the screen opens the account, but proves nothing.
        """
        shown_at, checked_at = self._unchecked_at.get(customer), self._verified_at.get(customer)
        is_check = compared and (shown_at is None or at - shown_at >= _REMEMBERED)
        if is_check:
            self._verified_at[customer] = at
        elif checked_at is None or at - checked_at >= _REMEMBERED:
            self._unchecked_at[customer] = at
        return is_check

    def _note_seen(self, customer: str, at: datetime) -> None:
        """Remember that an account stood on the screen without a caller, unless its caller was verified just before.

        Who writes down after a call what was forgotten in it sees nothing that they had not seen anyway.
        """
        verified_at = self._verified_at.get(customer)
        if verified_at is None or at - verified_at >= _REMEMBERED:
            self._seen_at[customer] = at

    async def _set(self, customer_id: CustomerId, reason: Reason, how: str, step: Step, *, checked: bool) -> Opening:
        now = self._clock.now()
        opening = self._open[customer_id] = Opening(customer_id, reason, how, step, now, now + self._lasts, checked)
        self._told("opened", customer_id, f"{reason.value}: {how}")
        await self._shared.add("opened", customer_id, f"{reason.value}: {how}")
        self._warn(customer_id, self._harvest.opened(customer_id, now, checked=checked))
        self._tell(customer_id)
        return opening

    def _warn(self, customer_id: CustomerId, words: str | None) -> None:
        if words is not None:
            self._told(HARVESTING, customer_id, words)

    def _tell(self, customer_id: CustomerId) -> None:
        self._subscribers.tell(customer_id)
