"""Test a line (TMF653 serviceTest) and restart a service (TMF641 service order that changes nothing else)."""

from collections.abc import Sequence

from console.messages import actions as say
from console.messages import forms
from console.models.inventory import Service
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.services.actions.action_context import ActionContext, told_apart
from console.services.actions.declared import (
    ActionPlan,
    ActionType,
    Effect,
    Field,
    FieldKind,
    FieldOption,
    PlannedStep,
    Undo,
    Values,
)
from console.services.customer.contact import NotPossibleError
from console.settings import Capability

_TESTED = {"fibre", "broadband", "voice"}


def _choices(services: Sequence[Service]) -> tuple[FieldOption, ...]:
    return told_apart(
        FieldOption(one.id, ", ".join(filter(None, (one.name, next((value for _, value in one.characteristics), "")))))
        for one in services
    )


def _running(context: ActionContext, *, tested: bool) -> list[Service]:
    over = {"terminated", "cancelled"}
    found = [one for one in context.all_of("services") if one.state not in over]
    return [one for one in found if (one.category or "") in _TESTED and one.state == "active"] if tested else found


def _test_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    found = _running(context, tested=True)
    if not found:
        raise NotPossibleError(say.NO_LINE_TO_TEST())
    return (Field("service", forms.LINE(), FieldKind.PICK, _choices(found), start=values.get("service", "")),)


def _test_plan(context: ActionContext, values: Values) -> ActionPlan:
    context.open_customer()
    service: Service = context.one("services", values.get("service", ""), "line")
    if service.state != "active":
        raise NotPossibleError(say.LINE_NOT_RUNNING(service_name=service.name, service_state=service.state))
    step = PlannedStep("test-line", service.id, {"service": service.id, "service_name": service.name})
    effect = Effect(
        capability=Capability.SERVICES,
        what=forms.LINE_TEST(),
        now="none",
        after=forms.RESULT_IN_SECONDS(service=service.name, seconds=15),
        undo=forms.ONLY_ADDED_TO(),
        record=("test", ""),
        values={"state": "completed"},
        undone=Undo.IN_SYSTEM,
    )
    return ActionPlan(
        f"Line test of {service.name}",
        RiskClass.NOTE,
        (step,),
        (effect,),
        warnings=(forms.COST_SLOW_LINE(),),
    )


def _restart_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    found = _running(context, tested=False)
    if not found:
        raise NotPossibleError(say.NOTHING_TO_RESTART())
    return (Field("service", forms.WHAT(), FieldKind.PICK, _choices(found), start=values.get("service", "")),)


def _restart_plan(context: ActionContext, values: Values) -> ActionPlan:
    context.open_customer()
    service: Service = context.one("services", values.get("service", ""), "service")
    if service.state in {"terminated", "cancelled"}:
        raise NotPossibleError(say.SERVICE_ENDED(service_name=service.name))
    context.check_free(service.id, service.name)
    wanted = {"action": "modify", "service": service.id, "service_name": service.name, "restart": True}
    step = PlannedStep("order-service", service.id, wanted)
    effect = Effect(
        capability=Capability.SERVICES,
        what=forms.SERVICE_NAMED(name=service.name),
        now=service.state or "",
        after=forms.RESTARTED(),
        undo=forms.CANNOT_BE_UNDONE(),
        record=("service order", ""),
        values={"state": "completed"},
        undone=Undo.NEVER,
    )
    return ActionPlan(
        f"Restart {service.name}",
        RiskClass.ORDER,
        (step,),
        (effect,),
        warnings=(forms.COST_BREAKS_OFF(),),
        say=forms.SAY_RESTARTING(service=service.name),
    )


TEST_LINE = ActionType(
    name="test-line",
    title=forms.LINE_TEST(),
    group="Service",
    letter="L",
    permission=Permission.TEST_LINE,
    send=forms.SEND_LINE_TEST(),
    asks=("services",),
    fields=_test_fields,
    plan=_test_plan,
    follow_s=(3, 8, 16),
    starts="tests",
)
RESTART = ActionType(
    name="restart",
    title=forms.TITLE_RESTART(),
    group="Service",
    letter="R",
    permission=Permission.TEST_LINE,
    send=forms.SEND_RESTART(),
    asks=("services",),
    fields=_restart_fields,
    plan=_restart_plan,
    follow_s=(5, 60, 140),
    starts="service_orders",
)
