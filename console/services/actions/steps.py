"""What each kind of step changes, and who may do it where no declaration says so."""

from collections.abc import Mapping

from console.messages import actions as say
from console.models.outbox import Action
from console.services.access.permissions import DataScope, Permission
from console.services.actions.catalogue import ACTIONS
from console.services.customer.contact import IN_BILLING, IN_CRM, NotPossibleError

# What a step changes, and is therefore asked again once it is done.
CHANGES: Mapping[str, tuple[DataScope, ...]] = {
    "add-note": (DataScope.INTERACTIONS,),
    IN_CRM: (DataScope.CUSTOMER,),
    IN_BILLING: (DataScope.BILLING_ACCOUNTS,),
    "change-holder": (DataScope.BILLING_ACCOUNTS,),
    "promise-to-pay": (DataScope.BILLING_ACCOUNTS,),
    "pay-in-parts": (DataScope.BILLING_ACCOUNTS,),
    "refund": (DataScope.BILLING_ACCOUNTS, DataScope.REFUNDS),
    "pay": (DataScope.BILLING_ACCOUNTS, DataScope.PAYMENTS, DataScope.BILLS),
    "change-charge": (DataScope.CHARGES,),
    "create-charge": (DataScope.CHARGES,),
    **dict.fromkeys(
        ("create-ticket", "update-ticket", "close-ticket", "ask-approval", "withdraw-approval", "decide-approval"),
        (DataScope.TICKETS,),
    ),
    **dict.fromkeys(("book-visit", "move-visit", "cancel-visit"), (DataScope.APPOINTMENTS, DataScope.TIME_SLOTS)),
    "send-message": (DataScope.INTERACTIONS,),
    "test-line": (DataScope.SERVICE_TESTS,),
    **dict.fromkeys(
        ("order-product", "order-service", "cancel-product-order", "undo-order"),
        (DataScope.PRODUCT_ORDERS, DataScope.SERVICE_ORDERS, DataScope.PRODUCTS, DataScope.SERVICES, DataScope.CHARGES),
    ),
}
# Of steps of the oldest kinds, which are not declared, and of those that take others back.
_PERMISSIONS: Mapping[str, Permission] = {
    "add-note": Permission.ADD_NOTE,
    IN_CRM: Permission.CHANGE_CONTACT,
    IN_BILLING: Permission.CHANGE_CONTACT,
    "promise-to-pay": Permission.PROMISE_TO_PAY,
    "withdraw-approval": Permission.GIVE_CREDIT,
    "close-ticket": Permission.WORK_TICKETS,
    "create-ticket": Permission.WORK_TICKETS,
    "change-holder": Permission.CHANGE_CONTACT,
    "cancel-visit": Permission.VISITS,
    "move-visit": Permission.VISITS,
    **dict.fromkeys(("undo-order", "order-service", "change-charge"), Permission.SUSPEND),
}


def permissions_of(action: Action) -> set[Permission]:
    """Return what a user must be allowed for an action, also for one that takes another back.

    Raises:
        NotPossibleError: It does something that no rule here is about.
    """
    kind = action.values.get("of", "") if action.kind == "take-back" else action.kind
    if kind in ACTIONS:
        return {ACTIONS[kind].permission}
    found = {_PERMISSIONS[step.kind] for step in action.steps if step.kind in _PERMISSIONS}
    if not found or any(step.kind not in _PERMISSIONS for step in action.steps):
        raise NotPossibleError(say.NO_RULE_FOR_IT(action_title=action.title))
    return found
