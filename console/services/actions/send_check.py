"""Check before an action is sent: today's role and rules, its access grant, and the credits already given."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from console.errors import SystemUnavailableError
from console.models.customer import CustomerId
from console.models.outbox import Action, Remark, Step, StepState
from console.ports.acting import StepOutcome
from console.ports.billing import BILLING_ACCOUNTS, PAYMENTS
from console.ports.systems import Systems
from console.services.access.permissions import Permissions
from console.services.actions.steps import permissions_of
from console.services.customer.contact import NotPossibleError

# A refund that billing accepted may be missing from billing's list for this long.
_LISTED_AFTER = timedelta(hours=1)
COUNTED = timedelta(days=30)
_SENT = frozenset({StepState.SENDING, StepState.ACCEPTED, StepState.UNKNOWN})


class SendCheck:
    """Called before each step is sent, however long it has waited. `actions` returns all actions of this console."""

    def __init__(
        self,
        permissions: Permissions,
        *,
        systems: Systems,
        actions: Callable[[], Sequence[Action]],
    ) -> None:
        self._permissions, self._systems, self._actions = permissions, systems, actions

    async def __call__(self, action: Action, index: int) -> Remark:
        """Return NONE if a step may be sent, else why it may not.

        Raises:
            SystemCallError: This cannot be checked now, or the audit log cannot be written; it is retried.
        """
        if (unrecorded := self._permissions.unrecorded) is not None:
            raise SystemUnavailableError(unrecorded.message, system=action.steps[index].system, code="AUDIT")
        try:
            permissions = permissions_of(action)
        except NotPossibleError:
            return Remark.NO_RIGHT
        for permission in permissions:
            bar = self._permissions.bar_to_send(permission, CustomerId(action.customer_id), action.grant)
            if bar is not Remark.NONE:
                return bar
        step = action.steps[index]
        if step.kind == "refund":
            return await self._bar_to_credit(action, step, action.steps[:index])
        if step.kind == "decide-approval" and step.wanted["decision"] == "approved" and "amount" in step.wanted:
            return await self._bar_to_give(action, step)
        return await self._bar_to_promise(action, step) if step.kind == "promise-to-pay" else Remark.NONE

    async def _bar_to_promise(self, action: Action, step: Step) -> Remark:
        system = self._systems.named(step.system)
        if system is None or not system.serves(BILLING_ACCOUNTS):
            return Remark.NO_RIGHT
        accounts = await system.port(BILLING_ACCOUNTS).fetch_billing_accounts(CustomerId(action.customer_id))
        account = next((one.value for one in accounts if one.value.id == step.record), None)
        if account is None or account.balance is None:
            return Remark.NONE  # the step itself finds out whether the account exists
        open_amount = account.balance.amount - account.promised.amount
        return Remark.NONE if step.wanted.money().amount <= open_amount else Remark.MORE_THAN_OWED

    async def _bar_to_credit(self, action: Action, step: Step, before: Sequence[Step]) -> Remark:
        approval = next((one for one in before if one.kind == "ask-approval"), None)
        if approval is not None:
            system = self._systems.named(approval.system)
            if system is None or system.actions is None:
                return Remark.NOT_APPROVED
            finding = await system.actions.look_up(action, approval)
            return Remark.NONE if finding.outcome is StepOutcome.HAPPENED else Remark.NOT_APPROVED
        return await self._bar_to_give(action, step)

    async def _bar_to_give(self, action: Action, step: Step) -> Remark:
        """Return whether the user's credit limit of today covers the amount that a step gives or approves."""
        money = step.wanted.money()
        given = await self._given(action, money.currency)
        limit = self._permissions.user.credit_limits.get(money.currency, Decimal(0))
        return Remark.NONE if given + money.amount <= limit else Remark.OVER_LIMIT

    async def _given(self, action: Action, currency: str) -> Decimal:
        """Return the sum of the customer's refunds in the last 30 days, from every console (TMF676 Refund).

        It includes refunds that this console is sending.
        """
        refunds = [
            refund
            for system in self._systems.serving(PAYMENTS)
            for refund in await system.port(PAYMENTS).fetch_recent_refunds(
                CustomerId(action.customer_id), within=COUNTED
            )
        ]
        listed = {one.id for one in refunds}
        amounts = [one.amount for one in refunds if one.amount is not None]
        amounts += [
            step.wanted.money()
            for other in self._actions()
            if other.id != action.id and other.customer_id == action.customer_id
            for step in other.steps
            if step.kind == "refund" and step.result not in listed and _may_be_unlisted(action, other, step)
        ]
        return sum((one.amount for one in amounts if one.currency == currency), start=Decimal(0))


def _may_be_unlisted(action: Action, other: Action, step: Step) -> bool:
    """Return whether another action's refund may be given but still missing from billing's list."""
    if step.state is StepState.DONE:
        last = other.changed_at or other.happened_at
        return (action.changed_at or action.happened_at) - last < _LISTED_AFTER
    return step.state in _SENT and not other.withdrawn
