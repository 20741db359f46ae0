"""What this computer keeps of one customer: handed out or erased, by whoever may, for a reason that is recorded."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.messages import access as say
from console.models.customer import CustomerId
from console.ports.store import CustomerData
from console.services.access.access_service import AccessService
from console.services.access.audit import Audit
from console.services.access.permissions import Permission, Permissions
from console.services.customer.contact import NotPossibleError

Others = Callable[[], AsyncIterator[CustomerData | None]]


@dataclass(slots=True)
class Reached:
    """How much was found or removed, in how many stores; `closed` could not be opened, so nothing is known of them."""

    records: int = 0
    stores: int = 0
    closed: int = 0
    found: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, kept: Mapping[str, list[Any]]) -> None:
        self.stores += 1
        for kind, records in kept.items():
            self.found.setdefault(kind, []).extend(records)
            self.records += len(records) if kind != "audit" else 0


class DataRights:
    """Asked by commands; a customer asks for it, or a law does (GDPR articles 15 and 17).

    `others` are the stores of other people at this computer, which hold the same customers.
    """

    def __init__(self, store: CustomerData, permissions: Permissions, access: AccessService, audit: Audit) -> None:
        self._store, self._permissions, self._access, self._audit = store, permissions, access, audit

    async def export(self, customer_id: CustomerId, reason: str, others: Others) -> Reached:
        """Return everything that is kept of a customer, as JSON values by kind.

        Raises:
            NotPossibleError: This user may not, or gives no reason; the attempt is recorded.
            StoreError: A store cannot be read.
        """
        await self._check(Permission.EXPORT_DATA, customer_id, reason)
        reached = Reached()
        reached.add(await self._store.export(customer_id))
        async for other in others():
            if other is None:
                reached.closed += 1
            else:
                reached.add(await other.export(customer_id))
        self._audit.record("exported", customer_id, reason)
        await self._audit.settled()
        return reached

    async def erase(self, customer_id: CustomerId, reason: str, others: Others) -> Reached:
        """Remove everything that is kept of a customer, but the audit.

        Raises:
            NotPossibleError: This user may not, gives no reason, or an action on the customer is not sent yet, by
                whomever; the attempt is recorded, and nothing is removed.
            StoreError: A store cannot be written.
        """
        await self._check(Permission.ERASE_DATA, customer_id, reason)
        unsent = await self._store.unsent(customer_id)
        async for other in others():
            unsent += await other.unsent(customer_id) if other is not None else 0
        if unsent:
            actions = "1 action is" if unsent == 1 else f"{unsent} actions are"
            raise NotPossibleError(say.ACTIONS_NOT_DONE(actions=actions, customer_id=customer_id))
        reached = Reached(await self._store.erase(customer_id), 1)
        async for other in others():
            if other is None:
                reached.closed += 1
            else:
                reached.records += await other.erase(customer_id)
                reached.stores += 1
        self._audit.record("erased", customer_id, reason)
        await self._audit.settled()
        return reached

    async def _check(self, permission: Permission, customer_id: CustomerId, reason: str) -> None:
        if not self._access.is_required:
            return
        refusal = self._permissions.refusal_to_do(permission)
        if refusal is not None:
            self._audit.record("refused", customer_id, permission.value)
            await self._audit.settled()
            raise NotPossibleError(refusal.message)
        self._access.check_reason(reason)
