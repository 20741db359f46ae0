"""gate, without the window: every role, every account state, every way to see or do something.

An action or read that the role or the account state does not allow must be rejected on every path. The paths: planning
and doing each kind of action, changing a waiting action, datasets, documents, search, reading ahead, export, erasure.
An allowed action must not be rejected. Floor: the number of tries. A removed guard must be noticed.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx
import msgspec

from benchmarks.preview import fill
from console.cli.prime import prime
from console.compose import Overrides, compose_console
from console.errors import ConsoleError
from console.models.customer import CustomerId
from console.models.customer_bill import CustomerBill
from console.models.outbox import Action
from console.models.search import SearchResult
from console.services.access.access_service import AccessReason
from console.services.access.permissions import ROLES, SUPERVISOR, DataScope, Permission, User
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.session import nobody_else
from console.settings.roles import named
from console.settings.verification import VerificationSettings
from console.system.sandbox_launcher import SandboxProcess

_CUSTOMERS = 60
_WHY = "nobody calls in a benchmark"


_DATASETS = {
    "customer": DataScope.CUSTOMER, "party": DataScope.PARTY, "accounts": DataScope.BILLING_ACCOUNTS,
    "bills": DataScope.BILLS,
    "products": DataScope.PRODUCTS, "services": DataScope.SERVICES, "product_orders": DataScope.PRODUCT_ORDERS,
    "service_orders": DataScope.SERVICE_ORDERS, "tests": DataScope.SERVICE_TESTS, "tickets": DataScope.TICKETS,
    "interactions": DataScope.INTERACTIONS, "appointments": DataScope.APPOINTMENTS, "payments": DataScope.PAYMENTS,
    "refunds": DataScope.REFUNDS, "usage": DataScope.USAGE, "allowances": DataScope.ALLOWANCES,
    "related": DataScope.RELATED,
}  # fmt: skip


class State(Enum):
    """The ways in which an account is locked or open."""

    CLOSED = "closed"
    LOCKED_OUT = "closed by wrong answers"
    FOR_A_REASON = "open for a reason"
    ACCOUNT = "open for its caller"
    EVERYTHING = "open for everything"


@dataclass
class Paths:
    """The number of tries, and the tries with the wrong result."""

    tried: int = 0
    let_through: list[str] = field(default_factory=list)
    held_up: list[str] = field(default_factory=list)

    async def is_refused(self, where: str, tried: Callable[[], Awaitable[Any]], *, must_be: bool) -> None:
        """Try something, and note it if the result is wrong."""
        self.tried += 1
        try:
            await tried()
        except (NotPossibleError, ConsoleError) as error:
            if not must_be:
                self.held_up.append(f"{where}: {error}")
        else:
            if must_be:
                self.let_through.append(where)


@dataclass(frozen=True)
class _Known:
    """A customer with all data for the tries: numbers, filled-in forms, a bill, and a waiting action."""

    id: CustomerId
    account: str
    phone: str
    bill: CustomerBill | None
    forms: Mapping[str, tuple[Any, dict[str, str]]]
    waits: Action


@dataclass(frozen=True)
class _Planted:
    """The real role and state of a console, and those it is judged by."""

    role: str
    state: State
    judged_as: str
    judged_in: State


async def walk_paths(sandbox: SandboxProcess) -> tuple[Paths, int, int]:
    """Return the results, the number of guards removed, and how many of those went unnoticed."""
    found = Paths()
    known = await _known(sandbox)
    for role in ROLES:
        for state in State:
            await _try_all(sandbox, role, state, known, found)
    # Two guards removed: a locked account is open, and a trainee has a supervisor's permissions.
    planted = (
        _Planted("rep", State.EVERYTHING, "rep", State.CLOSED),
        _Planted("supervisor", State.EVERYTHING, "trainee", State.EVERYTHING),
    )
    missed = 0
    for plant in planted:
        blind = Paths()
        await _try_all(sandbox, plant.judged_as, plant.judged_in, known, blind, plant)
        missed += not blind.let_through
    return found, len(planted), missed


def _deployment(sandbox: SandboxProcess) -> Any:
    return msgspec.structs.replace(sandbox.deployment, sign_in=sandbox.deployment_with_sign_in.sign_in)


async def _console(sandbox: SandboxProcess, role: str) -> Console:
    overrides = Overrides(user=ROLES[role], rng=random.Random(role))
    console = await asyncio.to_thread(compose_console, _deployment(sandbox), sandbox.secrets, overrides)
    await console.open_store()
    return console


async def _known(sandbox: SandboxProcess) -> _Known:
    """Return the customer with the most kinds of action that can be planned, and a waiting action on them."""
    headers = {"Authorization": f"Bearer {sandbox.tokens['crm']}"}
    async with httpx.AsyncClient(base_url=sandbox.addresses["crm"], headers=headers, trust_env=False) as crm:
        answer = await crm.get("/tmf-api/customerManagement/v4/customer", params={"limit": _CUSTOMERS})
    console = await _console(sandbox, SUPERVISOR.role)
    best: _Known | None = None
    for one in answer.raise_for_status().json():
        customer = CustomerId(one["id"])
        phones = (medium["characteristic"].get("phoneNumber") for medium in one["contactMedium"])
        phone = next((str(number) for number in phones if number), "")
        if not (one.get("account") and phone):
            continue
        await console.access.verify(customer, "photo", "")
        view = console.view_customer(customer)
        view.load_all()
        await view.wait_idle()
        forms: dict[str, tuple[Any, dict[str, str]]] = {}
        for kind in ACTIONS:
            try:
                context, values = await fill(console, view, kind, random.Random(kind))
                console.actions.plan(kind, context, values)
            except NotPossibleError:
                continue
            forms[kind] = context, values
        bill = next((item.value for item in view.bills.state.facts or () if item.value.documents), None)
        view.close()
        if best is None or len(forms) > len(best.forms):
            waits = (
                best.waits if best is not None else await console.actions.add_note(customer, "Called.", reason="Note")
            )
            best = _Known(customer, one["account"][0]["id"], phone, bill, forms, waits)
    await console.aclose()
    assert best is not None
    return best


async def _open(console: Console, known: _Known, state: State) -> None:
    access = console.access
    if state is State.LOCKED_OUT:
        for wrong in ("1", "2", "3"):
            try:
                await access.verify(known.id, "account", wrong)
            except NotPossibleError:
                continue
    elif state is State.FOR_A_REASON:
        await access.open_for(known.id, AccessReason.TYPED, _WHY)
    elif state is State.ACCOUNT:
        await access.verify(known.id, "account", known.account)
    elif state is State.EVERYTHING:
        await access.verify(known.id, "photo", "")


def _opens(state: State, permission: Permission) -> bool:
    """Return whether an account in this state allows an action, by the default verification settings."""
    settings = VerificationSettings()
    if state is State.FOR_A_REASON:
        return permission in named(settings.without_caller)[1]
    if state is State.ACCOUNT:
        return permission not in named(settings.stronger)[1]
    return state is State.EVERYTHING


def _shows(state: State, scope: DataScope) -> bool:
    if state in {State.FOR_A_REASON, State.ACCOUNT}:
        return scope not in named(VerificationSettings().stronger)[0]
    return state is State.EVERYTHING


async def _try_all(
    sandbox: SandboxProcess, role: str, state: State, known: _Known, found: Paths, planted: _Planted | None = None
) -> None:
    console, user = await _console(sandbox, planted.role if planted is not None else role), ROLES[role]
    try:
        await _open(console, known, planted.state if planted is not None else state)
        await _try_actions(console, user, state, known, found)
        await _try_reading(console, user, state, known, found)
        await _try_search(console, user, state, known, found)
        await _try_commands(console, user, state, known, found)
    finally:
        await console.aclose()


async def _try_actions(console: Console, user: User, state: State, known: _Known, found: Paths) -> None:
    """Plan every kind of action; try those that must be rejected; edit and undo a waiting action."""
    role = user.role
    for kind, (context, values) in known.forms.items():
        permission = ACTIONS[kind].permission
        may = permission in user.may_do and _opens(state, permission)

        async def plan(kind: str = kind, context: Any = context, values: Any = values) -> None:
            console.actions.plan(kind, context, values)

        async def do(kind: str = kind, context: Any = context, values: Any = values) -> None:
            await console.actions.do(kind, context, values, known.id)

        if may:
            found.tried += 1
            refusal = console.actions.may(kind, known.id)
            found.held_up += [f"{role}, {state.value}, {kind}: {refusal}"] if refusal is not None else []
            continue
        await found.is_refused(f"{role}, {state.value}, plan {kind}", plan, must_be=True)
        await found.is_refused(f"{role}, {state.value}, do {kind}", do, must_be=True)
    may_note = Permission.ADD_NOTE in user.may_do and _opens(state, Permission.ADD_NOTE)
    if not may_note:
        note = console.actions.add_note
        await found.is_refused(f"{role}, {state.value}, note", lambda: note(known.id, "x", reason="Note"), must_be=True)
        for name, change in (
            ("edit", lambda: console.decisions.edit(known.waits, {"text": "other"})),
            ("take back", lambda: console.decisions.undo(known.waits)),
        ):
            await found.is_refused(f"{role}, {state.value}, {name} what waits", change, must_be=True)


async def _try_reading(console: Console, user: User, state: State, known: _Known, found: Paths) -> None:
    """Load every dataset of the customer, and open a bill's document."""
    role, view = user.role, console.view_customer(known.id)
    view.load_all()
    await view.wait_idle()
    for name, scope in _DATASETS.items():
        part = getattr(view, name).state
        found.tried += 1
        may = scope in user.may_see and _shows(state, scope)
        if part.facts is not None and not may:
            found.let_through.append(f"{role}, {state.value}, {scope.value} is read")
        if part.denied is not None and may:
            found.held_up.append(f"{role}, {state.value}, {scope.value}: {part.denied}")
    view.close()
    if known.bill is not None and not (DataScope.BILL_DOCUMENT in user.may_see and state is not State.CLOSED):
        bill = known.bill
        where = f"{role}, {state.value}, document"
        await found.is_refused(where, lambda: console.documents.open(known.id, bill), must_be=True)


async def _try_search(console: Console, user: User, state: State, known: _Known, found: Paths) -> None:
    """Search for the customer by the last digits of a number."""
    if state not in {State.CLOSED, State.LOCKED_OUT}:
        return
    results: list[SearchResult] = []
    for part in (known.phone[-7:], known.account[-5:]):
        await console.search.find(console.search.read(part), results.append)
        found.tried += 1
        if known.id in {one.customer_id for one in results[-1].found}:
            found.let_through.append(f"{user.role}, {state.value}, found by {part}")


async def _try_commands(console: Console, user: User, state: State, known: _Known, found: Paths) -> None:
    """Read ahead, export and erase, as the commands do."""
    role = user.role
    if state is State.LOCKED_OUT:
        found.tried += 1
        if await prime(console, [known.id], _WHY, patience_s=1):
            found.let_through.append(f"{role}, {state.value}, read ahead")
    rights = console.data_rights
    for permission, name, ask in (
        (Permission.EXPORT_DATA, "export", lambda: rights.export(known.id, _WHY, nobody_else)),
        (Permission.ERASE_DATA, "erase", lambda: rights.erase(known.id, _WHY, nobody_else)),
    ):
        await found.is_refused(f"{role}, {state.value}, {name}", ask, must_be=permission not in user.may_do)
