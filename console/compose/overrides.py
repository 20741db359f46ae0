"""The parts of a console that tests may replace."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from console.models.health import Exchange
from console.ports.audit import GuardLog
from console.ports.clock import Clock
from console.services.access.permissions import REP, User
from console.services.access.sign_in import SignIn
from console.system.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Overrides:
    """Parts of a console that tests may replace. The defaults are the real ones."""

    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.Random)
    user: User = REP
    sign_in: SignIn | None = None
    guard_log: GuardLog | None = None
    policy: str = ""
    on_exchange: Callable[[Exchange], None] = lambda _exchange: None
