"""The datasets that each kind of step changes, and the permissions for steps of undeclared actions."""

from collections.abc import Mapping

from console.messages import actions as say
from console.models.outbox import Action
from console.services.access.permissions import DataScope, Permission
from console.services.actions.catalogue import ACTIONS
from console.services.customer.contact import IN_BILLING, IN_CRM, NotPossibleError

# The datasets that a step changes; they are loaded again once it is done.
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
# Permissions for steps of the oldest action types, which are not declared, and of undo actions.
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
    """Return the permissions a user needs for an action, or for an action that undoes another.

    Raises:
        NotPossibleError: A step of it has no permission rule.
    """
    kind = action.values.get("of", "") if action.kind == "take-back" else action.kind
    if kind in ACTIONS:
        return {ACTIONS[kind].permission}
    found = {_PERMISSIONS[step.kind] for step in action.steps if step.kind in _PERMISSIONS}
    if not found or any(step.kind not in _PERMISSIONS for step in action.steps):
        raise NotPossibleError(say.NO_RULE_FOR_IT(action_title=action.title))
    return found
