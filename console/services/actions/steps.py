"""What each kind of step changes, and who may do it where no declaration says so."""

from collections.abc import Mapping

from console.messages import actions as say
from console.models.outbox import Action
from console.services.access.permissions import Deed, Subject
from console.services.actions.catalogue import ACTIONS
from console.services.customer.contact import IN_BILLING, IN_CRM, NotPossibleError

# What a step changes, and is therefore asked again once it is done.
CHANGES: Mapping[str, tuple[Subject, ...]] = {
    "add-note": (Subject.INTERACTIONS,),
    IN_CRM: (Subject.CUSTOMER,),
    IN_BILLING: (Subject.BILLING_ACCOUNTS,),
    "change-holder": (Subject.BILLING_ACCOUNTS,),
    "promise-to-pay": (Subject.BILLING_ACCOUNTS,),
    "pay-in-parts": (Subject.BILLING_ACCOUNTS,),
    "refund": (Subject.BILLING_ACCOUNTS, Subject.REFUNDS),
    "pay": (Subject.BILLING_ACCOUNTS, Subject.PAYMENTS, Subject.BILLS),
    "change-charge": (Subject.CHARGES,),
    "create-charge": (Subject.CHARGES,),
    **dict.fromkeys(
        ("create-ticket", "update-ticket", "close-ticket", "ask-approval", "withdraw-approval", "decide-approval"),
        (Subject.TICKETS,),
    ),
    **dict.fromkeys(("book-visit", "move-visit", "cancel-visit"), (Subject.APPOINTMENTS, Subject.TIME_SLOTS)),
    "send-message": (Subject.INTERACTIONS,),
    "test-line": (Subject.SERVICE_TESTS,),
    **dict.fromkeys(
        ("order-product", "order-service", "cancel-product-order", "undo-order"),
        (Subject.PRODUCT_ORDERS, Subject.SERVICE_ORDERS, Subject.PRODUCTS, Subject.SERVICES, Subject.CHARGES),
    ),
}
# Of steps of the oldest kinds, which are not declared, and of those that take others back.
_DEEDS: Mapping[str, Deed] = {
    "add-note": Deed.ADD_NOTE,
    IN_CRM: Deed.CHANGE_CONTACT,
    IN_BILLING: Deed.CHANGE_CONTACT,
    "promise-to-pay": Deed.PROMISE_TO_PAY,
    "withdraw-approval": Deed.GIVE_CREDIT,
    "close-ticket": Deed.WORK_TICKETS,
    "create-ticket": Deed.WORK_TICKETS,
    "change-holder": Deed.CHANGE_CONTACT,
    "cancel-visit": Deed.VISITS,
    "move-visit": Deed.VISITS,
    **dict.fromkeys(("undo-order", "order-service", "change-charge"), Deed.SUSPEND),
}


def deeds_of(action: Action) -> set[Deed]:
    """Return what a user must be allowed for an action, also for one that takes another back.

    Raises:
        NotPossibleError: It does something that no rule here is about.
    """
    kind = action.values.get("of", "") if action.kind == "take-back" else action.kind
    if kind in ACTIONS:
        return {ACTIONS[kind].deed}
    found = {_DEEDS[step.kind] for step in action.steps if step.kind in _DEEDS}
    if not found or any(step.kind not in _DEEDS for step in action.steps):
        raise NotPossibleError(say.NO_RULE_FOR_IT(action_title=action.title))
    return found
