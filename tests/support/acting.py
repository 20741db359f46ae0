"""Helpers that find sandbox customers on whom an action is possible."""

import random
from datetime import date
from typing import Any

import pytest

from benchmarks.preview import fill
from console.models.customer import CustomerId
from console.sandbox.world import World
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.services.customer.customer_view import CustomerView


def numbers_of(first: int, last: int) -> list[str]:
    """Return customer numbers of the world with seed 7, in a new random order for each call."""
    world = World(seed=7, customers=300, as_of=date(2026, 1, 1))
    numbers = [world.numbers.customer.encode(n) for n in range(first, last)]
    random.shuffle(numbers)
    return numbers


async def asked(console: Console, customer: str, kind: str) -> CustomerView:
    view = console.view_customer(CustomerId(customer))
    for part in dict.fromkeys(("customer", *ACTIONS[kind].asks)):
        getattr(view, part).refresh()
    await view.wait_idle()
    return view


async def first_for_whom(console: Console, people: list[str], kind: str) -> tuple[CustomerView, Any, dict[str, str]]:
    """Return the first customer for whom the action can be planned, with its context and form values."""
    for customer in people:
        view = await asked(console, customer, kind)
        try:
            context, values = await fill(console, view, kind, random.Random(customer))
            plan = console.actions.plan(kind, context, values)
        except NotPossibleError:
            view.close()
            continue
        if kind == "suspend" and len(plan.steps) < 2:  # billing charges nothing for this customer
            view.close()
            continue
        return view, context, values
    pytest.fail(f"{kind} can be done for nobody")
