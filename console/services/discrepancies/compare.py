"""Runs all discrepancy rules over one customer's facts."""

from collections.abc import Callable, Iterator, Mapping

from console.models.discrepancy import Comparison, Discrepancy, DiscrepancyKind, NotCompared
from console.services.discrepancies import (
    account_unknown,
    active_not_billed,
    billed_but_terminated,
    duplicate_customer,
    identity_differs,
    order_done_service_inactive,
    orders_differ,
    payment_not_applied,
    suspended_in_one,
)
from console.services.discrepancies.system_facts import SETTLES_IN, MissingDataError, SystemFacts

Rule = Callable[[SystemFacts], Iterator[Discrepancy | NotCompared]]

# Discrepancies that cost the customer money come first.
RULES: Mapping[DiscrepancyKind, Rule] = {
    billed_but_terminated.KIND: billed_but_terminated.find,
    payment_not_applied.KIND: payment_not_applied.find,
    order_done_service_inactive.KIND: order_done_service_inactive.find,
    suspended_in_one.KIND: suspended_in_one.find,
    active_not_billed.KIND: active_not_billed.find,
    DiscrepancyKind.NAME_DIFFERS: identity_differs.find_name,
    DiscrepancyKind.ADDRESS_DIFFERS: identity_differs.find_address,
    DiscrepancyKind.CONTACT_DIFFERS: identity_differs.find_contact,
    duplicate_customer.KIND: duplicate_customer.find,
    account_unknown.KIND: account_unknown.find,
    orders_differ.KIND: orders_differ.find,
}


def compare(facts: SystemFacts, rules: Mapping[DiscrepancyKind, Rule] = RULES) -> Comparison:
    """Return all discrepancies, in the order of the rules, and what could not be compared.

    Discrepancies that a rule found before it missed a fact stay in the result.
    """
    found: list[Discrepancy] = []
    not_compared: list[NotCompared] = [NotCompared(None, gap) for gap in facts.gaps.values()]
    for kind, rule in rules.items():
        try:
            for one in rule(facts):
                if isinstance(one, NotCompared):
                    not_compared.append(one)
                else:
                    found.append(one)
        except MissingDataError as error:
            not_compared.append(NotCompared(kind, error.message))
    return Comparison(tuple(found), tuple(dict.fromkeys(not_compared)))


__all__ = ["RULES", "SETTLES_IN", "Rule", "compare"]
