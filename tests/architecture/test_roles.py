"""The stored table of roles matches what the services enforce: every role, action, data scope and step."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from console.compose import Overrides, compose_console
from console.models.customer import CustomerId
from console.services.access.access_service import AccessReason
from console.services.access.permissions import ROLES, DataScope, Permission, Permissions, PersonalField
from console.services.actions.catalogue import ACTIONS
from console.services.customer.contact import NotPossibleError
from console.settings.roles import RoleSettings
from scripts.role_table import role_table
from tests.support.control import Control

STORED = Path(__file__).parents[2] / "docs" / "roles.md"


def marked(name: str) -> set[str]:
    """Return the roles that one line of the stored table marks."""
    line = next(line for line in STORED.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {name} ("))
    return {role for role, cell in zip(ROLES, line.strip().strip("|").split("|")[2:], strict=True) if cell.strip()}


def test_the_stored_table_is_the_one_the_code_makes() -> None:
    assert STORED.read_text(encoding="utf-8") == role_table(), "run python3 -m scripts.role_table > docs/roles.md"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", DataScope)
def test_a_subject_is_shown_to_the_roles_the_table_marks(role: str, scope: DataScope) -> None:
    rejected = Permissions(ROLES[role]).refusal(scope, CustomerId("CU-1"))
    assert (rejected is None) == (role in marked(scope.value))


@pytest.mark.parametrize("role", ROLES)
async def test_an_action_is_planned_for_the_roles_the_table_marks_and_for_nobody_in_a_closed_account(
    sandbox: Control, role: str
) -> None:
    console = sandbox.console(overrides=Overrides(user=ROLES[role]), gated=True)
    customer = CustomerId(sandbox.first_customer)
    for kind in ACTIONS.values():
        assert console.actions.may(kind.name, customer) is not None, kind.name  # the account is locked
    await console.access.open_for(customer, AccessReason.TYPED, "asked for by the customer")
    by_ticket = {kind.name for kind in ACTIONS.values() if console.actions.may(kind.name, customer) is None}
    await console.access.verify(customer, "photo", "")
    by_caller = {kind.name for kind in ACTIONS.values() if console.actions.may(kind.name, customer) is None}
    assert by_caller == {kind.name for kind in ACTIONS.values() if role in marked(str(kind.title))}
    lines = STORED.read_text(encoding="utf-8").splitlines()
    without = {line.split("|")[1].partition(" (")[0].strip() for line in lines if "or without" in line}
    assert by_ticket == {name for name in by_caller if str(ACTIONS[name].title) in without}
    view = console.view_customer(customer)
    view.open()
    await view.wait_idle()
    for kind in ACTIONS.values():
        if kind.name not in by_caller:
            with pytest.raises(NotPossibleError, match="can't"):
                console.actions.plan(kind.name, console.actions.context(view), {})
    view.close()
    await console.aclose()


async def test_a_deployment_sets_the_limits_of_its_roles(sandbox: Control) -> None:
    settings = msgspec.structs.replace(
        sandbox.deployment(), roles={"rep": RoleSettings(credit_limits={"USD": Decimal(7)})}
    )
    for role, limits in (("rep", {"USD": Decimal(7)}), ("supervisor", ROLES["supervisor"].credit_limits)):
        console = compose_console(settings, sandbox.process.secrets, Overrides(user=ROLES[role]))
        assert console.user.credit_limits == limits
        await console.aclose()


async def test_a_deployment_gives_and_takes_what_its_roles_see_and_do(sandbox: Control) -> None:
    roles = {
        "trainee": RoleSettings(allows=("promise_to_pay", "usage"), withholds=("payments",), masked=("email",)),
        "rep": RoleSettings(withholds=("give_credit",)),
    }
    settings = msgspec.structs.replace(sandbox.deployment(), roles=roles)
    trainee = compose_console(settings, sandbox.process.secrets, Overrides(user=ROLES["trainee"]))
    rep = compose_console(settings, sandbox.process.secrets, Overrides(user=ROLES["rep"]))
    assert trainee.user.may_do - ROLES["trainee"].may_do == {Permission.PROMISE_TO_PAY}
    assert trainee.user.may_see == (ROLES["trainee"].may_see | {DataScope.USAGE}) - {DataScope.PAYMENTS}
    assert trainee.user.masked == {PersonalField.EMAIL}
    rejected = rep.actions.may("give-credit")
    assert rejected is not None
    assert "can't give credit" in str(rejected)
    assert rep.user.masked == ROLES["rep"].masked
    await trainee.aclose()
    await rep.aclose()
