"""Routing of steps: a step goes to the system that has its record, among those that serve its capability."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.messages import actions as say
from console.ports.port import Port
from console.ports.systems import ConnectedSystem, Systems
from console.services.actions.declared import ActionPlan, Effect, PlannedStep
from console.services.customer.contact import IN_BILLING, IN_CRM, NotPossibleError
from console.settings import Capability

# The capability that a system must serve to take this kind of step.
STEP_CAPABILITY: Mapping[str, Capability] = {
    "add-note": Capability.INTERACTIONS,
    "send-message": Capability.INTERACTIONS,
    IN_CRM: Capability.CUSTOMERS,
    IN_BILLING: Capability.BILLING_ACCOUNTS,
    "change-holder": Capability.BILLING_ACCOUNTS,
    "promise-to-pay": Capability.BILLING_ACCOUNTS,
    "pay-in-parts": Capability.BILLING_ACCOUNTS,
    "refund": Capability.PAYMENTS,
    "pay": Capability.PAYMENTS,
    "change-charge": Capability.CHARGES,
    "create-charge": Capability.CHARGES,
    "create-ticket": Capability.TICKETS,
    "update-ticket": Capability.TICKETS,
    "close-ticket": Capability.TICKETS,
    "ask-approval": Capability.TICKETS,
    "withdraw-approval": Capability.TICKETS,
    "decide-approval": Capability.TICKETS,
    "book-visit": Capability.APPOINTMENTS,
    "move-visit": Capability.APPOINTMENTS,
    "cancel-visit": Capability.APPOINTMENTS,
    "test-line": Capability.SERVICE_TESTS,
    "order-product": Capability.PRODUCT_ORDERS,
    "cancel-product-order": Capability.PRODUCT_ORDERS,
    "undo-order": Capability.PRODUCT_ORDERS,
    "order-service": Capability.SERVICE_ORDERS,
}
# Order of systems in a preview: billing, then provisioning, then the rest.
_FIRST = (Capability.BILLING_ACCOUNTS, Capability.BILLS, Capability.PRODUCT_ORDERS, Capability.SERVICES)

# Maps the id of a record to the names of the systems that sent it.
Origins = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class SystemEffects:
    """The effects of a plan in one system; empty if the system does not change."""

    label: str
    effects: tuple[Effect, ...]


def route(systems: Systems, origins: Origins, capability: Capability, records: Iterable[str]) -> ConnectedSystem:
    """Return the system that serves a capability and sent one of the records, else the first that serves it.

    Raises:
        NotPossibleError: No system serves it, or two have a record with this id.
    """
    serving = [system for system in systems.serving(Port(capability)) if system.actions is not None]
    if not serving:
        raise NotPossibleError(say.NOT_SERVED(capability=capability.value.replace("-", " ")))
    if len(serving) == 1:
        return serving[0]
    for record in records:
        candidates = [system for system in serving if system.name in origins.get(record, frozenset())]
        if len(candidates) > 1:
            both = " and ".join(system.label for system in candidates)
            raise NotPossibleError(say.RECORD_IN_TWO_SYSTEMS(both=both, record=record))
        if candidates:
            return candidates[0]
    return serving[0]


def route_step(systems: Systems, origins: Origins, step: PlannedStep) -> ConnectedSystem:
    """Return the system that takes a step: by its record, else by the records it names. Raises as `route`."""
    named = (step.wanted.get(name, "") for name in ("account", "bill", "product", "order", "service"))
    return route(systems, origins, STEP_CAPABILITY[step.kind], [step.record, *named])


def by_system(systems: Systems, origins: Origins, plan: ActionPlan) -> Sequence[SystemEffects]:
    """Return a plan's effects for each system, billing first; systems that do not change have an empty tuple."""
    touched: dict[str, list[Effect]] = {system.name: [] for system in sorted(systems.every, key=_order)}
    taken_by = {STEP_CAPABILITY[step.kind]: route_step(systems, origins, step) for step in plan.steps}
    for effect in plan.effects:
        known = origins.get(effect.record[1])
        made_by = taken_by.get(effect.capability) if not known else None  # a new record: the system of its step
        system = made_by or route(systems, origins, effect.capability, [effect.record[1]])
        touched[system.name].append(effect)
    labels = {system.name: system.label for system in systems.every}
    return [SystemEffects(labels[name], tuple(effects)) for name, effects in touched.items()]


def _order(system: ConnectedSystem) -> int:
    return next((index for index, one in enumerate(_FIRST) if system.serves(Port(one))), len(_FIRST))
