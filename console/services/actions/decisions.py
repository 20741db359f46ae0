"""The user's decisions about a saved action; each checks again whether the user may decide it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from console.messages import actions as say
from console.models.customer import CustomerId
from console.models.money import Money
from console.models.outbox import BARRED, Action, Remark, RiskClass, Step, StepState
from console.models.payload import Payload
from console.services.access.permissions import Permission, Permissions
from console.services.actions.actions import Actions, contact_title, promise_title
from console.services.actions.notes import checked_note, note_title
from console.services.actions.steps import permissions_of
from console.services.customer.contact import NotPossibleError, checked_contact
from console.services.outbox import Outbox

# The fields of an edit form, by their names in the step's payload.
EDITABLE = ("text", "phone", "email", "amount", "due_on")
_WHY_BARRED = {
    Remark.NO_RIGHT: "Not allowed for the role {role}.",
    Remark.NO_ACCESS: "The account was not open for it.",
    Remark.OVER_LIMIT: "Above the credit limit of the role {role}.",
    Remark.NOT_APPROVED: "Its approval does not cover it.",
    Remark.MORE_THAN_OWED: "More than the current balance.",
}


class Decisions:
    """Edit, retry, resolve, settle, undo, withdraw and hand over.

    A decision that only sends typed values again needs today's role and the access grant under which they were typed. A
    decision that enters a new value or undoes something needs the account to be open now. Withdrawing needs neither.
    """

    def __init__(self, outbox: Outbox, actions: Actions, permissions: Permissions, *, country: str) -> None:
        self._outbox, self._actions, self._permissions, self._country = outbox, actions, permissions, country

    async def edit(self, action: Action, values: Mapping[str, str]) -> Action:
        """Change the values of an action while no system can be carrying it out.

        Args:
            action: The action as it is in the outbox.
            values: New values for some of its fields, as typed.

        Raises:
            NotPossibleError: This user may not, a value is not valid, or a system may be carrying it out.
            StoreError: It could not be saved.
        """
        self._check_open(action)
        if action.kind:
            raise NotPossibleError(say.EDITED_IN_ITS_FORM())
        checked = {key: self._checked(action, action.steps[0], key, value) for key, value in values.items()}
        edited = await self._outbox.edit(action.id, checked, title=_title(action, checked))
        if edited is None:
            raise NotPossibleError(say.ON_ITS_WAY())
        return edited

    async def resolve(self, action: Action, index: int, chosen: Mapping[str, Any]) -> None:
        """End the conflict of a step with these values, for every system of the action.

        Raises:
            NotPossibleError: This user may not, the conflict has ended, or a newly typed value is not valid.
            StoreError: It could not be saved.
        """
        step = action.steps[index]
        if step.state is not StepState.CONFLICT:
            raise NotPossibleError(say.CONFLICT_DECIDED())
        typed = {
            key: value for key, value in chosen.items() if value not in (step.wanted.get(key), step.theirs.get(key))
        }
        if typed:
            self._check_open(action)
        else:
            self._check_right(action)
        is_changed = any(step.wanted.get(key) != value for key, value in chosen.items() if key in step.wanted)
        if is_changed and action.kind and action.risk is not RiskClass.FIELD:
            raise NotPossibleError(say.CHANGED_IN_ITS_FORM())
        checked = {
            key: self._checked(action, step, key, value) if key in typed else value for key, value in chosen.items()
        }
        await self._outbox.resolve(action.id, index, checked, title=_title(action, checked))

    async def retry(self, action: Action) -> None:
        """Retry an action now.

        Raises:
            NotPossibleError: This user may not.
            StoreError: It could not be saved.
        """
        self._check_right(action)
        await self._outbox.retry(action.id)

    async def report_outcome(self, action: Action, index: int, *, happened: bool) -> float:
        """End an unknown step as the user decides; returns the same as `Outbox.settle`.

        Raises:
            NotPossibleError: The step would be sent again, and this user may not do that.
            StoreError: It could not be saved.
        """
        if not happened:
            self._check_right(action)
        return await self._outbox.report_outcome(action.id, index, happened=happened)

    async def withdraw(self, action: Action) -> bool:
        """Cancel the open part of an action; False while a system may be carrying it out. This needs no permission.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be checked.
            StoreError: It could not be saved; the action is unchanged.
        """
        return await self._outbox.withdraw(action.id)

    async def undo(self, action: Action) -> Action:
        """Save an action that undoes the finished steps of another, last step first, and cancel its open steps.

        Raises:
            NotPossibleError: This user may not, a step cannot be undone, or a system may be carrying one out.
            StoreError: It could not be saved; nothing has changed.
        """
        if not action.can_be_undone:
            raise NotPossibleError(say.CANNOT_BE_UNDONE())
        self._check_open(action)
        done = [step for step in action.steps if step.state in {StepState.DONE, StepState.AWAITING}]
        backs = [
            replace(one.back, record=one.back.record or one.result) for one in reversed(done) if one.back is not None
        ]
        return await self._outbox.submit(self._undoing(action, f"Undo: {action.title}", backs), instead_of=action)

    async def undo_duplicate(self, action: Action) -> Action:
        """Save an action that undoes the duplicate of another; the first record stays.

        Raises:
            NotPossibleError: This user may not, or no duplicate was found.
            StoreError: It could not be saved; nothing has changed.
        """
        if not action.has_duplicate_to_undo:
            raise NotPossibleError(say.NO_COPY_TO_UNDO())
        self._check_open(action)
        twice = [step for step in action.steps if step.remark is Remark.TWICE and step.others]
        backs = [replace(one.back, record=one.others[0]) for one in twice if one.back is not None]
        kept = await self._outbox.submit(self._undoing(action, f"Undo the duplicate: {action.title}", backs))
        await self._outbox.forget_copies(action.id)
        return kept

    async def hand_over(self, action: Action) -> Action:
        """Save a ticket (TMF621) for a supervisor about a blocked action, and cancel the action's open part.

        Raises:
            NotPossibleError: The action is not blocked, or this user may not open tickets.
            StoreError: It could not be saved; nothing has changed.
        """
        barred = next(
            (step for step in action.steps if step.state is StepState.REJECTED and step.remark in BARRED), None
        )
        if barred is None:
            raise NotPossibleError(say.NOTHING_TO_HAND_OVER())
        if not self._permissions.may_do(Permission.WORK_TICKETS):
            raise NotPossibleError(say.ROLE_OPENS_NO_TICKETS(role=self._permissions.user.role))
        why = _WHY_BARRED[barred.remark].format(role=self._permissions.user.role)
        asked = ", ".join(f"{key} {value}" for key, value in (action.values or barred.wanted).items() if value)
        who = action.person or action.author
        text = f"{action.title}. Entered {action.happened_at:%Y-%m-%d %H:%M} UTC by {who}: {asked}. {why}"
        wanted = {"type": "handover", "severity": "medium", "name": f"Please decide: {action.title}", "text": text}
        back = Step(
            "close-ticket",
            self._actions.system_for("close-ticket"),
            "",
            Payload({"status": "cancelled", "reason": "Taken back"}),
        )
        step = Step("create-ticket", self._actions.system_for("create-ticket"), "", Payload(wanted), back=back)
        ticket = self._actions.new(action.customer_id, f"Hand over: {action.title}", RiskClass.NOTE, (step,))
        # The ticket for the supervisor changes nothing in the account, so it needs no access grant.
        return await self._outbox.submit(replace(ticket, kind="hand-over", grant=None), instead_of=action)

    # ------------------------------------------------------------------ checks

    def _check_open(self, action: Action) -> None:
        """Check that the role allows everything in this action, and that the account is open for it now.

        Raises:
            NotPossibleError: They may not; the message says why.
        """
        for permission in permissions_of(action):
            refusal = self._permissions.refusal_to_do(permission, CustomerId(action.customer_id))
            if refusal is not None:
                raise NotPossibleError(refusal.message)

    def _check_right(self, action: Action) -> None:
        """Check that today's role allows it, and that the account was open for it when the action was made.

        Raises:
            NotPossibleError: They may not; the message says why.
        """
        for permission in permissions_of(action):
            refusal = self._permissions.refusal_to_do(permission)
            if refusal is not None:
                raise NotPossibleError(refusal.message)
            if (
                self._permissions.bar_to_send(permission, CustomerId(action.customer_id), action.grant)
                is not Remark.NONE
            ):
                raise NotPossibleError(say.ACCESS_MISSING())

    def _checked(self, action: Action, step: Step, key: str, value: str) -> str | Money | date:
        if key not in step.wanted or key not in EDITABLE:
            raise NotPossibleError(say.NOT_EDITABLE(key=key))
        if key == "text":
            return checked_note(value)
        if key == "amount":
            return self._actions.checked_promise(action.customer_id, step, value)
        if key == "due_on":
            return self._actions.checked_day(value)
        return checked_contact(key, value, self._country)

    def _undoing(self, action: Action, title: str, backs: Sequence[Step]) -> Action:
        undoing = self._actions.new(action.customer_id, title, action.risk, backs)
        return replace(undoing, kind="take-back", values={"of": action.kind} if action.kind else {})


def _title(action: Action, values: Mapping[str, Any]) -> str:
    """Return the title of an action after its values have changed to these."""
    if action.kind:  # the plan of a declared action gave it its title
        return action.title
    wanted = Payload.read({**action.steps[0].wanted, **values})
    if action.risk is RiskClass.NOTE:
        return note_title(wanted["text"])
    return contact_title(wanted) if action.risk is RiskClass.FIELD else promise_title(wanted)
