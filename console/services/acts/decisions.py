"""What a user decides about an action that is kept: each decision asks anew whether they may."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from console.messages import actions as say
from console.models.customer import CustomerId
from console.models.money import Money
from console.models.outbox import BARRED, Act, Remark, RiskClass, Step, StepState
from console.models.payload import Payload
from console.services.access.permissions import Deed, Permissions
from console.services.acts.desk_acts import Acts, contact_title, promise_title
from console.services.acts.notes import checked_note, note_title
from console.services.acts.steps import deeds_of
from console.services.customer.contact import NotPossibleError, checked_contact
from console.services.outbox import Outbox

# What stands in an edit's form, by the step's own words.
EDITABLE = ("text", "phone", "email", "amount", "due_on")
_WHY_BARRED = {
    Remark.NO_RIGHT: "Not allowed for the role {role}.",
    Remark.NO_ACCESS: "The access to the account does not cover it.",
    Remark.OVER_LIMIT: "Above the credit limit of the role {role}.",
    Remark.NOT_APPROVED: "Its approval does not cover it.",
    Remark.MORE_THAN_OWED: "More than is owed by now.",
}


class Decisions:
    """Edit, retry, resolve, settle, take back, withdraw and hand over.

    A decision that sends what was typed before needs today's role and the access it was typed under; one that types
    something new, or undoes something, needs the account open now. Giving up what is not done needs neither.
    """

    def __init__(self, outbox: Outbox, acts: Acts, permissions: Permissions, *, country: str) -> None:
        self._outbox, self._acts, self._permissions, self._country = outbox, acts, permissions, country

    async def edit(self, act: Act, values: Mapping[str, str]) -> Act:
        """Change what an action asks for, while no system can be doing it.

        Args:
            act: As it stands in the outbox.
            values: Some of the values its steps want, as typed.

        Raises:
            NotPossibleError: This user may not, a value cannot be sent, or a system may be doing it.
            StoreError: It could not be kept.
        """
        self._check_open(act)
        if act.kind:
            raise NotPossibleError(say.EDITED_IN_ITS_FORM())
        checked = {key: self._checked(act, act.steps[0], key, value) for key, value in values.items()}
        edited = await self._outbox.edit(act.id, checked, title=_title(act, checked))
        if edited is None:
            raise NotPossibleError(say.ON_ITS_WAY())
        return edited

    async def resolve(self, act: Act, place: int, chosen: Mapping[str, Any]) -> None:
        """End a conflict of a step with these values, for every system of the action.

        Raises:
            NotPossibleError: This user may not; it is no conflict; or a value that is neither the user's nor the
                system's cannot be sent.
            StoreError: It could not be kept.
        """
        step = act.steps[place]
        if step.state is not StepState.CONFLICT:
            raise NotPossibleError(say.CONFLICT_DECIDED())
        typed = {
            key: value for key, value in chosen.items() if value not in (step.wanted.get(key), step.theirs.get(key))
        }
        if typed:
            self._check_open(act)
        else:
            self._check_right(act)
        is_changed = any(step.wanted.get(key) != value for key, value in chosen.items() if key in step.wanted)
        if is_changed and act.kind and act.risk is not RiskClass.FIELD:
            raise NotPossibleError(say.CHANGED_IN_ITS_FORM())
        checked = {
            key: self._checked(act, step, key, value) if key in typed else value for key, value in chosen.items()
        }
        await self._outbox.resolve(act.id, place, checked, title=_title(act, checked))

    async def retry(self, act: Act) -> None:
        """Try an action again now.

        Raises:
            NotPossibleError: This user may not.
            StoreError: It could not be kept.
        """
        self._check_right(act)
        await self._outbox.retry(act.id)

    async def settle(self, act: Act, place: int, *, happened: bool) -> float:
        """End an unknown step by a user's word; see `Outbox.settle` for what comes back.

        Raises:
            NotPossibleError: It would be sent again, and this user may not.
            StoreError: It could not be kept.
        """
        if not happened:
            self._check_right(act)
        return await self._outbox.settle(act.id, place, happened=happened)

    async def withdraw(self, act: Act) -> bool:
        """Give up what of an action is not done; False while a system may be doing it. Nobody needs a right for that.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be asked whether it has.
            StoreError: It could not be kept; the action is as it was.
        """
        return await self._outbox.withdraw(act.id)

    async def take_back(self, act: Act) -> Act:
        """Keep an action that undoes what is done of another, the last of it first, and give up the rest of that one.

        Raises:
            NotPossibleError: This user may not, a part of it cannot be undone, or a system may be doing it.
            StoreError: It could not be kept; nothing has changed.
        """
        if not act.can_be_taken_back:
            raise NotPossibleError(say.CANNOT_BE_UNDONE())
        self._check_open(act)
        done = [step for step in act.steps if step.state in {StepState.DONE, StepState.AWAITING}]
        backs = [
            replace(one.back, record=one.back.record or one.result) for one in reversed(done) if one.back is not None
        ]
        return await self._outbox.submit(self._undoing(act, f"Take back: {act.title}", backs), instead_of=act)

    async def take_back_copy(self, act: Act) -> Act:
        """Keep an action that undoes what a system has of another a second time; the first stays.

        Raises:
            NotPossibleError: This user may not, or nothing of it is there twice.
            StoreError: It could not be kept; nothing has changed.
        """
        if not act.has_copy_to_take_back:
            raise NotPossibleError(say.NO_COPY_TO_UNDO())
        self._check_open(act)
        twice = [step for step in act.steps if step.remark is Remark.TWICE and step.others]
        backs = [replace(one.back, record=one.others[0]) for one in twice if one.back is not None]
        kept = await self._outbox.submit(self._undoing(act, f"Take back the second: {act.title}", backs))
        await self._outbox.forget_copies(act.id)
        return kept

    async def hand_over(self, act: Act) -> Act:
        """Keep a ticket in which a supervisor reads what this user may not do any more, in place of the action.

        Raises:
            NotPossibleError: It is not barred, or this user may not open tickets either.
            StoreError: It could not be kept; nothing has changed.
        """
        barred = next((step for step in act.steps if step.state is StepState.REJECTED and step.remark in BARRED), None)
        if barred is None:
            raise NotPossibleError(say.NOTHING_TO_HAND_OVER())
        if not self._permissions.may_do(Deed.WORK_TICKETS):
            raise NotPossibleError(say.ROLE_OPENS_NO_TICKETS(role=self._permissions.user.role))
        why = _WHY_BARRED[barred.remark].format(role=self._permissions.user.role)
        asked = ", ".join(f"{key} {value}" for key, value in (act.values or barred.wanted).items() if value)
        text = (
            f"{act.title}. Entered {act.happened_at:%Y-%m-%d %H:%M} UTC by {act.person or act.author}: {asked}. {why}"
        )
        wanted = {"type": "handover", "severity": "medium", "name": f"Please decide: {act.title}", "text": text}
        back = Step(
            "close-ticket",
            self._acts.system_for("close-ticket"),
            "",
            Payload({"status": "cancelled", "reason": "Taken back"}),
        )
        step = Step("create-ticket", self._acts.system_for("create-ticket"), "", Payload(wanted), back=back)
        ticket = self._acts.new(act.customer_id, f"Hand over: {act.title}", RiskClass.NOTE, (step,))
        # What is told to a supervisor touches nothing of the account, so it needs none of its access.
        return await self._outbox.submit(replace(ticket, kind="hand-over", grant=None), instead_of=act)

    # ------------------------------------------------------------------ what each needs

    def _check_open(self, act: Act) -> None:
        """Let a user pass whose role may do all that an action does, in an account that is open for it now.

        Raises:
            NotPossibleError: They may not; the sentence says why.
        """
        for deed in deeds_of(act):
            refusal = self._permissions.refusal_to_do(deed, CustomerId(act.customer_id))
            if refusal is not None:
                raise NotPossibleError(refusal.message)

    def _check_right(self, act: Act) -> None:
        """Let a user pass whose role may do it today, if the account was open for it when it was made.

        Raises:
            NotPossibleError: They may not; the sentence says why.
        """
        for deed in deeds_of(act):
            refusal = self._permissions.refusal_to_do(deed)
            if refusal is not None:
                raise NotPossibleError(refusal.message)
            if self._permissions.bar_to_send(deed, CustomerId(act.customer_id), act.grant) is not Remark.NONE:
                raise NotPossibleError(say.ACCESS_MISSING())

    def _checked(self, act: Act, step: Step, key: str, value: str) -> str | Money | date:
        if key not in step.wanted or key not in EDITABLE:
            raise NotPossibleError(say.NOT_EDITABLE(key=key))
        if key == "text":
            return checked_note(value)
        if key == "amount":
            return self._acts.checked_promise(act.customer_id, step, value)
        if key == "due_on":
            return self._acts.checked_day(value)
        return checked_contact(key, value, self._country)

    def _undoing(self, act: Act, title: str, backs: Sequence[Step]) -> Act:
        undoing = self._acts.new(act.customer_id, title, act.risk, backs)
        return replace(undoing, kind="take-back", values={"of": act.kind} if act.kind else {})


def _title(act: Act, values: Mapping[str, Any]) -> str:
    """Return the title of an action once it wants these values."""
    if act.kind:  # a declared action is called by its plan
        return act.title
    wanted = Payload.read({**act.steps[0].wanted, **values})
    if act.risk is RiskClass.NOTE:
        return note_title(wanted["text"])
    return contact_title(wanted) if act.risk is RiskClass.FIELD else promise_title(wanted)
