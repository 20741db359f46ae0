"""Which accounts are open at this console, why, and how well the caller is verified. By default, none is open.

Source: 47 CFR 64.2010 and the FCC order of 2023 (FCC 23-95). Staff see nothing of an account before the caller is
verified, and no call detail before a stronger step.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from console.messages import Message
from console.messages import access as say
from console.models.audit import AuditEntry
from console.models.caller_proof import SentCode
from console.models.customer import CustomerId
from console.models.outbox import ActionGrant
from console.ports.clock import Clock
from console.services.access.access_grant import AccessGrant, AccessLevel, AccessReason, Caller, read_reason
from console.services.access.access_history import (
    ACTED,
    BY_LAST_KNOWN,
    OPENED,
    READ_AHEAD,
    VERIFICATION_FAILED,
    PastAccess,
    past_access,
)
from console.services.access.caller_check import CallerCheck, CallerSystems
from console.services.access.denial import Denial, DenialReason
from console.services.access.permissions import DataScope, Permission
from console.services.access.shown_accounts import ShownAccounts
from console.services.access.snooping import SnoopingDetector
from console.services.customer.contact import NotPossibleError, refuse_card_numbers
from console.services.customer.dataset_cache import DatasetCache
from console.services.outbox.shared_notes import SharedNotes
from console.services.system.subscribers import Subscribers
from console.settings.roles import named
from console.settings.verification import Method, VerificationSettings

__all__ = ["EXPIRY_WARNING", "SNOOPING", "AccessGrant", "AccessLevel", "AccessReason", "AccessService", "Caller"]

# Data scopes that belong to no customer's account.
OPEN_TO_ALL = frozenset({DataScope.OFFERINGS, DataScope.TIME_SLOTS})
# The audit's word for a snooping pattern; it is stored, so it stays as it is.
SNOOPING = "harvesting"
# The window warns this long before a grant expires.
EXPIRY_WARNING = timedelta(minutes=2)


class AccessService:
    """Opens and closes accounts, and decides what may be seen and done in them.

    `on_event` receives every access, denial and snooping pattern, for the audit. A grant expires by itself. After that,
    nothing of the account is shown or done.
    """

    def __init__(
        self,
        settings: VerificationSettings | None,
        *,
        systems: CallerSystems,
        cache: DatasetCache | None = None,
        clock: Clock,
        on_event: Callable[..., None] = lambda *_what: None,
        shared: SharedNotes | None = None,
    ) -> None:
        self._settings = settings if settings is not None and settings.required else None
        self._clock, self._on_event, self._shared = clock, on_event, shared or SharedNotes(None, clock)
        declared = settings or VerificationSettings()
        self._stronger_seen, self._stronger_done = named(declared.stronger)
        self._without_caller = named(declared.without_caller)[1]
        self._lasts = timedelta(minutes=declared.lapse_min)
        self._open: dict[str, AccessGrant] = {}
        self._check = CallerCheck(declared, systems, clock, cache)
        self._snooping = SnoopingDetector()
        self._shown = ShownAccounts()
        self._subscribers: Subscribers[[CustomerId]] = Subscribers()

    @property
    def is_required(self) -> bool:
        """Whether accounts are locked until they are opened here."""
        return self._settings is not None

    @property
    def methods(self) -> tuple[Method, ...]:
        """The verification methods of this deployment that its CRM supports."""
        declared = self._settings.methods if self._settings is not None else ()
        return tuple(method for method in declared if self._check.offers(method))

    def methods_for(self, customer_id: CustomerId) -> tuple[Method, ...]:
        """Return the methods that open a locked account, or that raise the level of an open one."""
        found = self.grant_of(customer_id)
        if found is None or found.reason is not AccessReason.CALLER:
            return self.methods
        further = [one for one in self.methods if one.opens == "call detail" or one.shows == "phone"]
        return tuple(further) if found.level < AccessLevel.CALL_DETAIL else ()

    def subscribe(self, on_change: Callable[[CustomerId], None]) -> Callable[[], None]:
        """Call back with a customer whose access changed or ended; return a function that unsubscribes."""
        return self._subscribers.add(on_change)

    def grant_of(self, customer_id: CustomerId) -> AccessGrant | None:
        """Return the grant of an account; None if the account is locked or the grant has expired."""
        found = self._open.get(customer_id)
        return found if found is not None and self._clock.now() < found.until else None

    def level(self, customer_id: CustomerId) -> AccessLevel:
        """Return the access level of an account; the highest if this deployment verifies no callers."""
        if self._settings is None:
            return AccessLevel.CALL_DETAIL
        found = self.grant_of(customer_id)
        return found.level if found is not None else AccessLevel.CLOSED

    def expiring(self) -> tuple[list[AccessGrant], list[AccessGrant]]:
        """Return the grants that expired but are not closed yet, and those that expire within 2 min, earliest first."""
        now = self._clock.now()
        ordered = sorted(self._open.values(), key=lambda one: one.until)
        return (
            [one for one in ordered if one.until <= now],
            [one for one in ordered if now < one.until <= now + EXPIRY_WARNING],
        )

    def prolong(self, customer_id: CustomerId) -> None:
        """Extend a grant by a full period from now, because the caller is still there; an expired one stays expired."""
        found = self.grant_of(customer_id)
        if found is not None:
            self._open[customer_id] = replace(found, until=self._clock.now() + self._lasts)
            self._on_event("prolonged", customer_id, f"{found.reason.value}: {found.how}")
            self._tell(customer_id)

    # ------------------------------------------------------------------ what may be seen and done

    def refusal(self, scope: DataScope, customer_id: CustomerId) -> Denial | None:
        """Return why a data scope of an account is denied now, or None if it may be shown."""
        level = self.level(customer_id)
        if scope in OPEN_TO_ALL or level is AccessLevel.CALL_DETAIL:
            return None
        if level is AccessLevel.CLOSED:
            return Denial(DenialReason.LOCKED, say.ACCOUNT_LOCKED())
        if scope in self._stronger_seen:
            return Denial(DenialReason.STRONGER_NEEDED, say.VERIFY_FURTHER_TO_SEE(scope=scope))
        return None

    def refusal_to_do(self, permission: Permission, customer_id: CustomerId) -> Denial | None:
        """Return why an action is denied in an account now, or None if it may be done."""
        if self._settings is None:
            return None
        found = self.grant_of(customer_id)
        if found is None:
            return Denial(DenialReason.LOCKED, say.VERIFY_FIRST())
        if found.reason is not AccessReason.CALLER and permission not in self._without_caller:
            text = say.OPEN_WITHOUT_CALLER(permission=permission, reason=found.reason)
            return Denial(DenialReason.CALLER_NEEDED, text)
        if permission in self._stronger_done and found.level is not AccessLevel.CALL_DETAIL:
            return Denial(DenialReason.STRONGER_NEEDED, say.VERIFY_FURTHER_TO_DO(permission=permission))
        return None

    def action_grant(self, customer_id: CustomerId) -> ActionGrant | None:
        """Return the grant to record on an action; None if the account is locked or nothing is ever locked."""
        found = self.grant_of(customer_id) if self._settings is not None else None
        if found is None:
            return None
        return ActionGrant(found.at, found.reason.value, reaches_call_detail=found.level is AccessLevel.CALL_DETAIL)

    def admits(self, permission: Permission, customer_id: CustomerId, grant: ActionGrant | None) -> bool:
        """Return whether an action that was made under a grant may be sent now, by today's rules.

        Enough wrong answers to lock the account, given after the grant began, revoke it. Actions of earlier versions
        have no grant; they were checked when they were made.
        """
        if self._settings is None or grant is None:
            return True
        if grant.reason != AccessReason.CALLER.value and permission not in self._without_caller:
            return False
        if permission in self._stronger_done and not grant.reaches_call_detail:
            return False
        shut_at = self._check.shut_at(customer_id)
        return shut_at is None or shut_at < grant.at

    def note_action(self, customer_id: str) -> None:
        """Note that an action was sent in an account; then opening it does not count as snooping."""
        if self._snooping.touched(customer_id):
            self._shared.add_later(ACTED, customer_id)

    async def aclose(self) -> None:
        """Wait until all notes are shared with this user's other programs."""
        await self._shared.aclose()

    def recall(self, entries: Iterable[AuditEntry]) -> None:
        """Load what an earlier run logged: wrong answers, accounts that were on screen, and signs of snooping.

        Closing and restarting the console resets nothing.
        """
        for entry in entries:
            if entry.what == OPENED:
                opened, checked = past_access(entry, self.methods), False
                if opened.reason is AccessReason.CALLER:
                    self._check.forgive(entry.customer)
                    checked = self._shown.note_verified(entry.customer, entry.at, compared=opened.compared)
                else:
                    self._shown.note_seen(entry.customer, entry.at)
                self._snooping.opened(entry.customer, entry.at, checked=checked)
            elif entry.what == VERIFICATION_FAILED:
                self._check.recall_wrong(entry.customer, entry.at)
                self._snooping.guessed(entry.customer, entry.at)
            elif entry.what == READ_AHEAD:
                self._snooping.opened(entry.customer, entry.at, checked=False)
            elif entry.what == ACTED:
                self._snooping.touched(entry.customer)

    # ------------------------------------------------------------------ opening

    async def caller(self, customer_id: CustomerId) -> Caller:
        """Return the data to show before verification; CRM gets a request for those fields only.

        Raises:
            SystemCallError: CRM does not respond, and the customer is not cached. A method that needs no data from CRM
                can still open the account.
            UnknownCustomerError: CRM has no such customer.
        """
        shown = self._settings.shown if self._settings is not None else ("name",)
        found = await self._check.caller(customer_id, with_phone="phone" in shown)
        phone = next((medium.text for medium in found.contact_media if medium.kind == "phone"), None)
        return Caller(customer_id, found.name if "name" in shown else None, phone if "phone" in shown else None)

    async def number_on_file(self, customer_id: CustomerId) -> str:
        """Return the phone number to call back, and log that; empty if none is known. Raises as `caller`."""
        self._check.check_attempts(customer_id)
        phone = await self._check.number_to_call(customer_id)
        self._on_event("number shown", customer_id, "to call back")
        return phone

    async def send_code(self, customer_id: CustomerId) -> SentCode:
        """Have CRM send a code to the customer's number of record; the console never receives the code.

        Raises:
            NotPossibleError: CRM has no such number, or too many answers were wrong.
            SystemCallError: CRM does not respond, or sends no more codes now.
        """
        self._check.check_attempts(customer_id)
        sent = await self._check.send_code(customer_id)
        self._on_event("code sent", customer_id, f"to a number that ends in {sent.ends_in}")
        return sent

    async def catch_up(self) -> bool:
        """Load what this user's other programs noted; return whether there was anything new."""
        news = await self._shared.news()
        self.recall(news)
        return bool(news)

    async def verify(self, customer_id: CustomerId, name: str, answer: str) -> AccessGrant:
        """Open an account for its caller, verified by the method `name`; return the grant.

        Raises:
            NotPossibleError: The answer does not match CRM, or too many answers were wrong.
            NoDayError: The answer is not a date, or an ambiguous one. It does not count as an attempt.
            SystemCallError: CRM does not respond.
        """
        method = next(one for one in self.methods if one.name == name)
        await self.catch_up()
        self._check.check_attempts(customer_id)
        is_asked = method.checks is not None and method.proof is None
        if is_asked and self._shown.was_seen(customer_id, self._clock.now()):
            raise NotPossibleError(say.PROVES_NOTHING())
        if not await self._check.fits(customer_id, method, answer):
            raise NotPossibleError(await self._note_wrong(customer_id, method, answer))
        self._check.forgive(customer_id)
        compared = method.checks is not None
        checked = self._shown.note_verified(customer_id, self._clock.now(), compared=compared)
        level = self._level_of(customer_id, method)
        before = self.grant_of(customer_id)
        if before is not None:  # an earlier proof stays valid
            checked = checked or before.checked
            level = max(level, before.level) if before.reason is AccessReason.CALLER else level
        how = method.words + self._as_known()
        return await self._set(customer_id, AccessReason.CALLER, how, level, checked=checked, compared=compared)

    def _level_of(self, customer_id: CustomerId, method: Method) -> AccessLevel:
        """Return the level a method opens; a callback to a customer's own service number also opens call detail."""
        by_service = method.shows == "phone" and self._check.called_a_service(customer_id)
        return AccessLevel.CALL_DETAIL if method.opens == "call detail" or by_service else AccessLevel.ACCOUNT

    async def _note_wrong(self, customer_id: CustomerId, method: Method, answer: str) -> str | Message:
        """Count a wrong answer here, in the audit and in other programs; return the message to show."""
        text, counts = self._check.note_wrong(customer_id, method, answer)
        if counts:
            self._on_event(VERIFICATION_FAILED, customer_id, method.words)
            await self._shared.add(VERIFICATION_FAILED, customer_id, method.words)
            self._warn(customer_id, self._snooping.guessed(customer_id, self._clock.now()))
        return text

    def refusal_to_open(self, customer_id: CustomerId) -> Message | str | None:
        """Return why an account cannot be opened now, whatever the answer; None if it can."""
        try:
            self._check.check_attempts(customer_id)
        except NotPossibleError as error:
            return error.message
        return None

    async def open_for(self, customer_id: CustomerId, reason: AccessReason, words: str) -> AccessGrant:
        """Open an account without a caller, for a ticket, an appointment or another reason; return the grant.

        Raises:
            NotPossibleError: The reason is missing, names no ticket or appointment of this customer, or too many
                answers were wrong. The last locks the account for any reason.
            SystemCallError: CRM does not respond to the lookup of the ticket or appointment.
        """
        await self.catch_up()
        self._check.check_attempts(customer_id)
        text = read_reason(words) if reason is AccessReason.TYPED else " ".join(words.split())
        if reason in {AccessReason.TICKET, AccessReason.JOB}:
            await self._check_number(customer_id, reason, text)
            text += self._as_known()
        self._shown.note_seen(customer_id, self._clock.now())
        return await self._set(customer_id, reason, text, AccessLevel.ACCOUNT, checked=False)

    def check_reason(self, words: str) -> None:
        """Check that a reason has enough words.

        Raises:
            NotPossibleError: It is missing, too long, or contains a card number.
        """
        read_reason(words)

    async def open_to_read_ahead(self, customer_id: CustomerId, words: str) -> None:
        """Open an account to load it into the store without showing it; to be shown, it must be opened again.

        Snooping detection counts it like any other access.

        Raises:
            NotPossibleError: The reason is missing or too long, or too many answers for the account were wrong.
        """
        await self.catch_up()
        self._check.check_attempts(customer_id)
        text = read_reason(words)
        now = self._clock.now()
        self._open[customer_id] = AccessGrant(
            customer_id, AccessReason.AHEAD, how=text, level=AccessLevel.ACCOUNT, at=now, until=now + self._lasts
        )
        self._on_event(READ_AHEAD, customer_id, text)
        await self._shared.add(READ_AHEAD, customer_id, text)
        self._warn(customer_id, self._snooping.opened(customer_id, now, checked=False))

    def close(self, customer_id: CustomerId) -> None:
        """Lock an account; the caller must be verified again next time."""
        if self._open.pop(customer_id, None) is not None:
            self._on_event("closed", customer_id, "")
            self._tell(customer_id)

    def close_all(self) -> None:
        """Lock every account, for example when the console is locked."""
        for customer_id in list(self._open):
            self.close(CustomerId(customer_id))

    # ------------------------------------------------------------------ the rules

    async def _check_number(self, customer_id: CustomerId, reason: AccessReason, number: str) -> None:
        """Accept the number of a ticket or appointment that CRM has for this customer; log and reject others."""
        refuse_card_numbers([number])
        if not any(sign.isalnum() for sign in number):
            raise NotPossibleError(say.RECORD_NUMBER_MISSING(reason=reason))
        is_ticket = reason is AccessReason.TICKET
        if not await self._check.has(customer_id, number, ticket=is_ticket):
            self._on_event("reason refused", customer_id, f"{reason.value}: {number}")
            raise NotPossibleError(say.NO_SUCH_RECORD(kind="ticket" if is_ticket else "appointment", number=number))

    def _as_known(self) -> str:
        return BY_LAST_KNOWN if self._check.by_last_known else ""

    async def _set(
        self,
        customer_id: CustomerId,
        reason: AccessReason,
        how: str,
        level: AccessLevel,
        *,
        checked: bool,
        compared: bool = False,
    ) -> AccessGrant:
        now = self._clock.now()
        grant = self._open[customer_id] = AccessGrant(
            customer_id, reason, how=how, level=level, at=now, until=now + self._lasts, checked=checked
        )
        words, facts = f"{reason.value}: {how}", PastAccess(reason, compared).facts
        self._on_event(OPENED, customer_id, words, facts)
        await self._shared.add(OPENED, customer_id, words, facts)
        self._warn(customer_id, self._snooping.opened(customer_id, now, checked=checked))
        self._tell(customer_id)
        return grant

    def _warn(self, customer_id: CustomerId, words: str | None) -> None:
        if words is not None:
            self._on_event(SNOOPING, customer_id, words)

    def _tell(self, customer_id: CustomerId) -> None:
        self._subscribers.notify(customer_id)
