"""Roles and permissions: the only place that decides what this user may see and do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from console.messages import access as say
from console.models.customer import CustomerId
from console.models.outbox import ActionGrant, Remark
from console.services.access.denial import Denial, DenialReason
from console.settings.roles import DataScope, Permission, PersonalField, RoleSettings, named

__all__ = [
    "REP",
    "ROLES",
    "AccessGate",
    "DataScope",
    "Permission",
    "Permissions",
    "PersonalField",
    "User",
    "as_deployed",
]


@dataclass(frozen=True, slots=True)
class User:
    """The user's role and rights; a scope or permission that is not in `may_see` or `may_do` is denied.

    `masked` values are shown only on demand. `credit_limits` is the credit for one customer in 30 days that needs no
    approval, by currency and with tax. A currency that is not listed has the limit 0.
    """

    role: str
    may_see: frozenset[DataScope]
    may_do: frozenset[Permission] = frozenset()
    credit_limits: Mapping[str, Decimal] = field(default_factory=dict)
    masked: frozenset[PersonalField] = frozenset()


def _credit_limits(whole_units: int) -> Mapping[str, Decimal]:
    """Return a limit in each currency, of roughly equal value."""
    rates = {"USD": 1, "EUR": 1, "GBP": 1, "SEK": 10, "JPY": 150}
    return {currency: Decimal(whole_units * rate) for currency, rate in rates.items()}


# Reading ahead opens every account of a list. Field staff need it, and staff who prepare for an outage.
_OF_SUPERVISORS = frozenset(
    {Permission.APPROVE, Permission.READ_AUDIT, Permission.READ_AHEAD, Permission.EXPORT_DATA, Permission.ERASE_DATA}
)
REP = User("rep", frozenset(DataScope), frozenset(Permission) - _OF_SUPERVISORS, credit_limits=_credit_limits(25))
SENIOR_REP = User(
    "senior rep", frozenset(DataScope), frozenset(Permission) - _OF_SUPERVISORS, credit_limits=_credit_limits(100)
)
SUPERVISOR = User("supervisor", frozenset(DataScope), frozenset(Permission), credit_limits=_credit_limits(250))
# Data for work on a line and the way there. No money, so no interactions either: they mention bills and payments.
FIELD_TECHNICIAN = User(
    "field technician",
    frozenset(
        {
            DataScope.CUSTOMER, DataScope.PARTY, DataScope.PRODUCTS, DataScope.SERVICES, DataScope.PRODUCT_ORDERS,
            DataScope.SERVICE_ORDERS, DataScope.SERVICE_TESTS, DataScope.TICKETS, DataScope.APPOINTMENTS,
            DataScope.TIME_SLOTS, DataScope.OFFERINGS,
        }
    ),
    frozenset({Permission.ADD_NOTE, Permission.WORK_TICKETS, Permission.TEST_LINE, Permission.VISITS,
               Permission.READ_AHEAD}),
    masked=frozenset({PersonalField.EMAIL, PersonalField.BIRTH}),
)  # fmt: skip
# Learns on real customers next to a colleague: sees what a rep sees except call detail; moves no money, changes no
# service.
TRAINEE = User(
    "trainee",
    frozenset(DataScope) - {DataScope.USAGE},
    frozenset({Permission.ADD_NOTE, Permission.WORK_TICKETS, Permission.TEST_LINE, Permission.VISITS, Permission.SEND}),
    masked=frozenset(PersonalField),
)
ROLES: Mapping[str, User] = {user.role: user for user in (REP, SENIOR_REP, SUPERVISOR, FIELD_TECHNICIAN, TRAINEE)}


def as_deployed(user: User, roles: Mapping[str, RoleSettings]) -> User:
    """Return the user with the deployment's changes to their role, or unchanged if there are none."""
    settings = roles.get(user.role)
    if settings is None:
        return user
    more_seen, more_done = named(settings.allows)
    less_seen, less_done = named(settings.withholds)
    masked = frozenset(one for one in PersonalField if one.name.lower() in (settings.masked or ()))
    return replace(
        user,
        may_see=(user.may_see | more_seen) - less_seen,
        may_do=(user.may_do | more_done) - less_done,
        masked=user.masked if settings.masked is None else masked,
        credit_limits=user.credit_limits if settings.credit_limits is None else settings.credit_limits,
    )


class AccessGate(Protocol):
    """Decides what may be seen and done in an account now; see `AccessService`."""

    def refusal(self, scope: DataScope, customer_id: CustomerId) -> Denial | None:
        """Return why a data scope is denied now, or None."""

    def refusal_to_do(self, permission: Permission, customer_id: CustomerId) -> Denial | None:
        """Return why an action is denied now, or None."""

    def action_grant(self, customer_id: CustomerId) -> ActionGrant | None:
        """Return the grant of an account; None if it is locked, or if nothing is ever locked."""

    def admits(self, permission: Permission, customer_id: CustomerId, grant: ActionGrant | None) -> bool:
        """Return whether an action that was made under a grant may be sent now."""


class Permissions:
    """Decides for one signed-in user; every read of a customer checks here before a request is sent.

    The role is checked first, then the `gate`; without a gate every account is open. `unrecorded` returns why nothing
    may be seen or done because it could not be logged, else None.
    """

    def __init__(
        self,
        user: User,
        gate: AccessGate | None = None,
        *,
        unrecorded: Callable[[], Denial | None] = lambda: None,
    ) -> None:
        self.user, self._gate, self._unrecorded = user, gate, unrecorded

    def refusal(self, scope: DataScope, customer_id: CustomerId) -> Denial | None:
        """Return why this user may not see a data scope of a customer, or None if they may."""
        by_role = self.refusal_by_role(scope)
        if by_role is not None:
            return by_role
        if (unrecorded := self._unrecorded()) is not None:
            return unrecorded
        return self._gate.refusal(scope, customer_id) if self._gate is not None else None

    def refusal_by_role(self, scope: DataScope) -> Denial | None:
        """Return why this role denies a data scope for all customers, or None if it allows it."""
        if scope in self.user.may_see:
            return None
        return Denial(DenialReason.ROLE, say.ROLE_DOES_NOT_SHOW(role=self.user.role, scope=scope))

    def may_do(self, permission: Permission) -> bool:
        """Return whether this user's role has a permission, for any customer."""
        return permission in self.user.may_do

    @property
    def unrecorded(self) -> Denial | None:
        """Why nothing may be sent now because it could not be logged; None if it can."""
        return self._unrecorded()

    def action_grant(self, customer_id: CustomerId) -> ActionGrant | None:
        """Return the grant to record on an action; None if there is none."""
        return self._gate.action_grant(customer_id) if self._gate is not None else None

    def bar_to_send(self, permission: Permission, customer_id: CustomerId, grant: ActionGrant | None) -> Remark:
        """Return why an action that was made under a grant may not be sent now; NONE if it may.

        Today's role and rules count. An expired grant does not block sending: a day without network is longer than a
        grant.
        """
        if not self.may_do(permission):
            return Remark.NO_RIGHT
        if self._gate is not None and not self._gate.admits(permission, customer_id, grant):
            return Remark.NO_ACCESS
        return Remark.NONE

    def refusal_to_do(self, permission: Permission, customer_id: CustomerId | None = None) -> Denial | None:
        """Return why this user may not do something, for one customer or in general; None if they may."""
        if permission not in self.user.may_do:
            return Denial(DenialReason.ROLE, say.ROLE_MAY_NOT(role=self.user.role, permission=permission))
        if (unrecorded := self._unrecorded()) is not None:
            return unrecorded
        if self._gate is None or customer_id is None:
            return None
        return self._gate.refusal_to_do(permission, customer_id)
