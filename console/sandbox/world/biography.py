"""One customer's history: the person, their purchases, events and discrepancies between the systems."""

import random
from datetime import date

from console.sandbox.world.customer_history import CustomerHistory
from console.sandbox.world.discrepancies import contradict
from console.sandbox.world.people import derive_person, is_twin
from console.sandbox.world.purchases import base_products, changes, open_order
from console.sandbox.world.stories import tell_stories


def derive_history(seed: int, n: int, as_of: date) -> CustomerHistory:
    """Return the history of customer `n` up to a day."""
    rng = random.Random(f"{seed} life {n}")
    person = derive_person(seed, n, as_of)
    accounts = rng.choices((1, 2, 3, 4), (50, 25, 15, 10))[0] if person.company else rng.choices((1, 2), (96, 4))[0]
    history = CustomerHistory(
        n=n,
        as_of=as_of,
        person=person,
        twin_of=n - 1 if is_twin(seed, n, as_of) else None,
        accounts=accounts,
        cycle_days=[rng.randrange(1, 29) for _ in range(accounts)],
    )
    for account in range(accounts):
        base_products(history, account, rng)
        changes(history, account, rng)
    tell_stories(seed, history, random.Random(f"{seed} story {n}"))
    if rng.random() < 0.22:
        open_order(history, rng)
    contradict(history, rng)
    return history
