"""Makes actions from typed values: checks them, adds the values that the rep saw, and saves them in the outbox."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from console.errors import SystemCallError
from console.messages import actions as say
from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.models.money import Money
from console.models.outbox import Action, ActionState, RiskClass, Step
from console.models.payload import Payload
from console.ports.acting import ActingSystem
from console.ports.clock import Clock
from console.ports.systems import Systems
from console.services.access.denial import Denial
from console.services.access.permissions import Permission, Permissions
from console.services.actions.action_context import ActionContext, context_of
from console.services.actions.amounts import read_positive
from console.services.actions.catalogue import ACTIONS
from console.services.actions.declared import ActionPlan, PlannedStep, Values
from console.services.actions.ids import uuid7
from console.services.actions.notes import checked_note, note_title
from console.services.actions.routing import STEP_CAPABILITY, Origins, SystemEffects, by_system, route, route_step
from console.services.actions.steps import permissions_of
from console.services.customer.contact import (
    IN_BILLING,
    IN_CRM,
    KEYS,
    NotPossibleError,
    SeenContact,
    checked_contact,
    refuse_card_numbers,
)
from console.services.customer.customer_view import CustomerView
from console.services.outbox import Outbox
from console.services.search.days import day_order, read_day

_NAMES = {"email": "e-mail"}
_LATEST_PROMISE = timedelta(days=90)


_ON_ITS_WAY = {ActionState.QUEUED, ActionState.SENDING, ActionState.UNKNOWN, ActionState.HALF_DONE}


def _ended_lately(action: Action, now: datetime) -> bool:
    follow_s = ACTIONS[action.kind].follow_s if action.kind in ACTIONS else ()
    return (
        bool(follow_s) and action.changed_at is not None and now - action.changed_at < timedelta(seconds=max(follow_s))
    )


class Actions:
    """The actions of this console. Each is checked before it is saved; a saved action is never lost."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        systems: Systems,
        with_service_orders: bool = False,
        permissions: Permissions,
        clock: Clock,
        rng: random.Random,
        country: str,
        person: str = "",
        name_of: Callable[[CustomerId], str] = lambda _customer: "",
        account: Callable[[str, str], BillingAccount | None] = lambda _customer, _account: None,
        account_systems: Callable[[str, str], frozenset[str]] = lambda _customer, _account: frozenset(),
    ) -> None:
        self._account_systems = account_systems
        self._person, self._name_of, self._account = person, name_of, account
        self._outbox, self._systems, self._with_service_orders = outbox, systems, with_service_orders
        self._permissions, self._clock, self._rng, self._country = permissions, clock, rng, country
        self.day_order = day_order(country)

    def is_booking(self, customer_id: CustomerId) -> bool:
        """Return whether money that this console moved for a customer may be missing from the balance.

        True from the moment the action is saved until the last follow-up load (`follow_s`) after it was done.
        """
        now = self._clock.now()
        return any(
            action.risk is RiskClass.MONEY
            and not action.withdrawn
            and (action.state in _ON_ITS_WAY or (action.state is ActionState.DONE and _ended_lately(action, now)))
            for action in self._outbox.of_customer(customer_id)
        )

    async def add_note(
        self, customer_id: CustomerId, text: str, *, reason: str, typed_in: Sequence[str] = ()
    ) -> Action:
        """Save a note for the customer's interactions (TMF683) and delete the drafts it was typed in.

        Raises:
            NotPossibleError: The note is empty or too long, or this user may not add it.
            StoreError: The note could not be saved; its draft is unchanged.
        """
        self._check(Permission.ADD_NOTE, customer_id)
        words = checked_note(text)
        action_id = self._new_id()
        step = Step(
            "add-note",
            self.system_for("add-note"),
            f"{action_id}-1",
            Payload({"text": words, "reason": reason}),
            customer_id,
        )
        action = self._action(action_id, customer_id, note_title(words), RiskClass.NOTE, step)
        return await self._outbox.submit(action, typed_in=typed_in)

    async def look_at_contact(
        self, customer_id: CustomerId, account_id: str | None, known: SeenContact | None = None
    ) -> SeenContact:
        """Return the contact data that CRM and billing have now; the last known data if a system does not reply."""
        last = (known or SeenContact()).values
        seen: dict[str, Mapping[str, str] | None] = {}
        answered = set()
        for step in self._contact_steps(customer_id, account_id, dict.fromkeys(KEYS, ""), {}, ""):
            try:
                action = self._action("look", customer_id, "", RiskClass.FIELD, step)
                seen[step.kind] = (await self._acting(step.system).read_current(action, step)).values
                answered.add(step.kind)
            except SystemCallError:
                seen[step.kind] = last.get(step.kind)
        return SeenContact(seen, frozenset(answered))

    async def change_contact(
        self,
        customer_id: CustomerId,
        account_id: str | None,
        wanted: Mapping[str, str],
        seen: SeenContact,
        *,
        typed_in: Sequence[str] = (),
    ) -> Action:
        """Save a change of phone or e-mail for CRM and for billing's copy, and delete its drafts.

        Raises:
            NotPossibleError: Nothing was changed, a value is not valid, or this user may not do it.
            StoreError: It could not be saved.
        """
        self._check(Permission.CHANGE_CONTACT, customer_id)
        shown = seen.shown
        typed = {key: value for key, value in wanted.items() if value.strip() != shown.get(key, "")}
        checked = {key: checked_contact(key, value, self._country) for key, value in typed.items()}
        changed = {key: value for key, value in checked.items() if value != shown.get(key, "")}
        if not changed:
            raise NotPossibleError(say.NOTHING_CHANGED())
        action_id = self._new_id()
        steps = self._contact_steps(customer_id, account_id, changed, seen.values, action_id)
        action = self._action(action_id, customer_id, contact_title(changed), RiskClass.FIELD, *steps)
        return await self._outbox.submit(action, typed_in=typed_in)

    async def promise_to_pay(
        self,
        customer_id: CustomerId,
        account: BillingAccount,
        *,
        amount: str,
        due_on: date,
        typed_in: Sequence[str] = (),
    ) -> Action:
        """Save a promise to pay an amount by a day, in the account's currency, and delete its drafts.

        Raises:
            NotPossibleError: The amount or the day is not valid, or the balance is unknown.
            StoreError: It could not be saved.
        """
        self._check(Permission.PROMISE_TO_PAY, customer_id)
        if account.balance is None:
            raise NotPossibleError(say.NO_BALANCE_TO_PROMISE_ON())
        money = _promised(account, amount)
        self._check_day(due_on)
        action_id = self._new_id()
        wanted = Payload({"amount": money, "due_on": due_on})
        base = Payload({"balance": account.balance})
        step = Step(
            "promise-to-pay",
            self._system_of_account(customer_id, account.id),
            f"{action_id}-1",
            wanted,
            account.id,
            base,
        )
        action = self._action(action_id, customer_id, promise_title(wanted), RiskClass.MONEY, step)
        return await self._outbox.submit(action, typed_in=typed_in)

    def checked_promise(self, customer_id: str, step: Step, amount: str) -> Money:
        """Return the typed amount if the account can take a promise of it, by billing's latest data.

        Raises:
            NotPossibleError: This amount cannot be promised.
        """
        account = self._account(customer_id, step.record)
        return read_positive(amount, step.wanted.money().currency) if account is None else _promised(account, amount)

    def checked_day(self, typed: str) -> date:
        """Return a typed day on which a promise can be due. Raises as `checked_promise` and `read_day`."""
        day = self.read_day(typed)
        self._check_day(day)
        return day

    def read_day(self, typed: str) -> date:
        """Return the typed day, read in the order of this deployment's country.

        Raises:
            NoDayError: It is not a valid day, or has two meanings.
        """
        return read_day(typed, self._clock.now().astimezone().date(), self.day_order)

    # ------------------------------------------------------------------ declared actions

    def context(self, view: CustomerView) -> ActionContext:
        """Return the context in which an action on this customer would be planned now."""
        return context_of(
            view,
            self._outbox.of_customer(view.customer_id),
            self._permissions.user,
            person=self._person,
            with_service_orders=self._with_service_orders,
            day_order=self.day_order,
        )

    def may(self, kind: str, customer_id: CustomerId | None = None) -> Denial | None:
        """Return why this user may not do this type of action (for one customer or at all), None if they may."""
        return self._permissions.refusal_to_do(ACTIONS[kind].permission, customer_id)

    def plan(self, kind: str, context: ActionContext, values: Values) -> ActionPlan:
        """Return the plan of an action without doing any of it.

        Raises:
            NotPossibleError: This user may not do it, or it is not possible; the message says why.
        """
        self._check(ACTIONS[kind].permission, context.customer.id if context.customer is not None else None)
        refuse_card_numbers(values.values())
        return ACTIONS[kind].plan(context, values)

    async def do(
        self,
        kind: str,
        context: ActionContext,
        values: Values,
        customer_id: CustomerId,
        *,
        typed_in: Sequence[str] = (),
        instead_of: Action | None = None,
    ) -> Action:
        """Plan and save an action; delete its drafts and withdraw the open rest of `instead_of`.

        Raises:
            NotPossibleError: This user may not do it, or it is not possible.
            StoreError: It could not be saved.
        """
        self._check(ACTIONS[kind].permission, customer_id)
        plan = self.plan(kind, context, values)
        action_id = self._new_id()
        steps = [self._step(step, f"{action_id}-{number}", context) for number, step in enumerate(plan.steps, 1)]
        action = replace(
            self._action(action_id, customer_id, plan.title, plan.risk, *steps), kind=kind, values=dict(values)
        )
        if instead_of is not None and instead_of.customer_id != customer_id:
            raise NotPossibleError(say.OF_ANOTHER_CUSTOMER())
        if instead_of is not None and not instead_of.is_settled:
            raise NotPossibleError(say.ON_ITS_WAY())
        return await self._outbox.submit(action, typed_in=typed_in, instead_of=instead_of)

    def touched(self, plan: ActionPlan, context: ActionContext) -> Sequence[SystemEffects]:
        """Return a plan's effects for each system; a system that does not change has an empty list."""
        return by_system(self._systems, context.origins, plan)

    def system_for(self, kind: str, records: Sequence[str] = (), origins: Origins | None = None) -> str:
        """Return the name of the system that takes this kind of step.

        Raises:
            NotPossibleError: No system serves it, or two have the record.
        """
        return route(self._systems, origins or {}, STEP_CAPABILITY[kind], records).name

    def _acting(self, system: str) -> ActingSystem:
        found = self._systems.named(system)
        if found is None or found.actions is None:
            raise NotPossibleError(say.SYSTEM_GONE(system=system))
        return found.actions

    def _system_of_account(self, customer_id: CustomerId, account_id: str) -> str:
        systems = self._account_systems(customer_id, account_id)
        return self.system_for("promise-to-pay", [account_id], {account_id: systems})

    def _step(self, planned: PlannedStep, key: str, context: ActionContext, system: str | None = None) -> Step:
        system = system or route_step(self._systems, context.origins, planned).name
        back = None if planned.back is None else self._step(planned.back, f"{key}-back", context, system)
        return Step(
            planned.kind, system, key, Payload(planned.wanted), planned.record, Payload.read(planned.base), back=back
        )

    def check_taken_in(self, action: Action) -> None:
        """Check that this user may do an action imported from another console.

        Raises:
            NotPossibleError: They may not.
        """
        for permission in permissions_of(action):
            self._check(permission, CustomerId(action.customer_id))

    def _contact_steps(
        self,
        customer_id: CustomerId,
        account_id: str | None,
        wanted: Mapping[str, str],
        bases: Mapping[str, Mapping[str, str] | None],
        action_id: str,
    ) -> list[Step]:
        targets: list[tuple[str, str, str]] = [(self.system_for(IN_CRM), IN_CRM, customer_id)]
        if account_id is not None:
            targets.append((self._system_of_account(customer_id, account_id), IN_BILLING, account_id))
        found = []
        for number, (system, kind, record) in enumerate(targets, 1):
            held = bases.get(kind) or {}
            base = {key: held.get(key, "") for key in wanted}
            found.append(Step(kind, system, f"{action_id}-{number}", Payload(wanted), record, Payload.read(base)))
        return found

    def _check_day(self, due_on: date) -> None:
        today = self._clock.now().astimezone().date()  # the day in the user's time zone, not in UTC
        if not timedelta() <= due_on - today <= _LATEST_PROMISE:
            raise NotPossibleError(say.DAY_OUT_OF_RANGE())

    def _check(self, permission: Permission, customer_id: CustomerId | None) -> None:
        refusal = self._permissions.refusal_to_do(permission, customer_id)
        if refusal is not None:
            raise NotPossibleError(refusal.message)

    def new(self, customer_id: str, title: str, risk: RiskClass, steps: Sequence[Step]) -> Action:
        """Return a new, unsaved action of this user, with a key for each step."""
        action_id = self._new_id()
        keyed = [replace(step, key=f"{action_id}-{number}") for number, step in enumerate(steps, 1)]
        return self._action(action_id, customer_id, title, risk, *keyed)

    def _action(self, action_id: str, customer_id: str, title: str, risk: RiskClass, *steps: Step) -> Action:
        customer = CustomerId(customer_id)
        return Action(
            action_id,
            customer_id,
            title=title,
            risk=risk,
            happened_at=self._clock.now(),
            steps=steps,
            author=self._permissions.user.role,
            customer_name=self._name_of(customer),
            person=self._person,
            grant=self._permissions.action_grant(customer),
        )

    def _new_id(self) -> str:
        return uuid7(self._clock.now(), self._rng)


def _promised(account: BillingAccount, amount: str) -> Money:
    """Return an amount that can be promised on an account.

    Raises:
        NotPossibleError: It is not a valid amount, or more than the balance that is not yet promised.
    """
    if account.balance is None:
        raise NotPossibleError(say.NO_BALANCE_TO_PROMISE_ON())
    money = read_positive(amount, account.balance.currency)
    if account.balance.amount <= 0:
        raise NotPossibleError(say.NOTHING_OWED())
    promised = account.promised
    if money.amount + promised.amount > account.balance.amount:
        if promised.amount:
            raise NotPossibleError(say.LESS_OWED_SOME_PROMISED(balance=account.balance, promised=promised))
        raise NotPossibleError(say.LESS_OWED(balance=account.balance))
    return money


def contact_title(changed: Mapping[str, str]) -> str:
    """Return a one-line title for a change of contact data."""
    return "Contact: " + ", ".join(f"{_NAMES.get(key, key)} {value}" for key, value in changed.items())


def promise_title(wanted: Payload) -> str:
    """Return a one-line title for a promise."""
    return f"Promise to pay {wanted.money()} by {wanted['due_on']}"
