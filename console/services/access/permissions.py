"""The one place that decides what this user may see and do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from console.messages import access as say
from console.models.customer import CustomerId
from console.models.outbox import ActionGrant, Remark
from console.services.access.denial import Denial, DenialReason
from console.settings.roles import DataScope, Permission, Personal, RoleSettings, named

__all__ = [
    "REP",
    "ROLES",
    "AccessGate",
    "DataScope",
    "Permission",
    "Permissions",
    "Personal",
    "User",
    "as_deployed",
]


@dataclass(frozen=True, slots=True)
class User:
    """Who works at this desk; what is not in `may_see` and `may_do` is neither shown nor done.

    `masked` is shown only on demand. `credit_limits` is how much may be given back to one customer in 30 days without
    asking, by currency (with tax); in a currency that is not named, nothing.
    """

    role: str
    may_see: frozenset[DataScope]
    may_do: frozenset[Permission] = frozenset()
    credit_limits: Mapping[str, Decimal] = field(default_factory=dict)
    masked: frozenset[Personal] = frozenset()


def _limits(whole_units: int) -> Mapping[str, Decimal]:
    """Return a limit in each currency, roughly the same in all."""
    rates = {"USD": 1, "EUR": 1, "GBP": 1, "SEK": 10, "JPY": 150}
    return {currency: Decimal(whole_units * rate) for currency, rate in rates.items()}


# Reading ahead opens as many accounts as a list has; field staff need it, and who is asked to prepare for an outage.
_OF_SUPERVISORS = frozenset(
    {Permission.APPROVE, Permission.READ_AUDIT, Permission.READ_AHEAD, Permission.EXPORT_DATA, Permission.ERASE_DATA}
)
REP = User("rep", frozenset(DataScope), frozenset(Permission) - _OF_SUPERVISORS, _limits(25))
SENIOR_REP = User("senior rep", frozenset(DataScope), frozenset(Permission) - _OF_SUPERVISORS, _limits(100))
SUPERVISOR = User("supervisor", frozenset(DataScope), frozenset(Permission), _limits(250))
# What a line and the way to it need; nothing of money, so no contacts either, which speak of bills and payments.
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
    masked=frozenset({Personal.EMAIL, Personal.BIRTH}),
)  # fmt: skip
# Learns on real customers beside somebody: sees what a rep sees but single calls, and moves no money and no service.
TRAINEE = User(
    "trainee",
    frozenset(DataScope) - {DataScope.USAGE},
    frozenset({Permission.ADD_NOTE, Permission.WORK_TICKETS, Permission.TEST_LINE, Permission.VISITS, Permission.SEND}),
    masked=frozenset(Personal),
)
ROLES: Mapping[str, User] = {user.role: user for user in (REP, SENIOR_REP, SUPERVISOR, FIELD_TECHNICIAN, TRAINEE)}


def as_deployed(user: User, roles: Mapping[str, RoleSettings]) -> User:
    """Return the user as a deployment has their role, or as they are where it changes nothing of it."""
    settings = roles.get(user.role)
    if settings is None:
        return user
    more_seen, more_done = named(settings.allows)
    less_seen, less_done = named(settings.withholds)
    masked = frozenset(one for one in Personal if one.name.lower() in (settings.masked or ()))
    return replace(
        user,
        may_see=(user.may_see | more_seen) - less_seen,
        may_do=(user.may_do | more_done) - less_done,
        masked=user.masked if settings.masked is None else masked,
        credit_limits=user.credit_limits if settings.credit_limits is None else settings.credit_limits,
    )


class AccessGate(Protocol):
    """Says what of an account is open now; see `AccessService`."""

    def refusal(self, scope: DataScope, customer_id: CustomerId) -> Denial | None:
        """Return why something is not shown now, or None."""

    def refusal_to_do(self, permission: Permission, customer_id: CustomerId) -> Denial | None:
        """Return why something cannot be done now, or None."""

    def action_grant(self, customer_id: CustomerId) -> ActionGrant | None:
        """Return how an account is open now, None where it is not, or none is ever closed."""

    def admits(self, permission: Permission, customer_id: CustomerId, grant: ActionGrant | None) -> bool:
        """Return whether what was made under a grant may be sent now."""


class Permissions:
    """Answers for one signed-in user. Every read of a customer asks here before it asks a system.

    Without a door every account is open; `gate` is asked after the role. `unrecorded` says why nothing may be seen or
    done because it could not be recorded, None while it can, or need not be.
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
        """Return why this user may not see it, or None when they may."""
        by_role = self.refusal_by_role(scope)
        if by_role is not None:
            return by_role
        if (unrecorded := self._unrecorded()) is not None:
            return unrecorded
        return self._gate.refusal(scope, customer_id) if self._gate is not None else None

    def refusal_by_role(self, scope: DataScope) -> Denial | None:
        """Return why this user's role does not show it of anybody, or None where it does."""
        if scope in self.user.may_see:
            return None
        return Denial(DenialReason.ROLE, say.ROLE_DOES_NOT_SHOW(role=self.user.role, scope=scope))

    def may_do(self, permission: Permission) -> bool:
        """Return whether this user's role has a right, for any customer."""
        return permission in self.user.may_do

    @property
    def unrecorded(self) -> Denial | None:
        """Why nothing may be sent now because it could not be recorded, None while it can."""
        return self._unrecorded()

    def action_grant(self, customer_id: CustomerId) -> ActionGrant | None:
        """Return how an account is open now, to stand on what is made under it."""
        return self._gate.action_grant(customer_id) if self._gate is not None else None

    def bar_to_send(self, permission: Permission, customer_id: CustomerId, grant: ActionGrant | None) -> Remark:
        """Return why what was made under a grant may not be sent now, NONE where it may.

        The role and the rules are today's. That a grant has expired since bars nothing: a day without a network is
        longer than a grant.
        """
        if not self.may_do(permission):
            return Remark.NO_RIGHT
        if self._gate is not None and not self._gate.admits(permission, customer_id, grant):
            return Remark.NO_ACCESS
        return Remark.NONE

    def refusal_to_do(self, permission: Permission, customer_id: CustomerId | None = None) -> Denial | None:
        """Return why this user may not do it, for a customer or at all, or None when they may."""
        if permission not in self.user.may_do:
            return Denial(DenialReason.ROLE, say.ROLE_MAY_NOT(role=self.user.role, permission=permission))
        if (unrecorded := self._unrecorded()) is not None:
            return unrecorded
        if self._gate is None or customer_id is None:
            return None
        return self._gate.refusal_to_do(permission, customer_id)
