"""Export and erasure of one customer's data on this computer; each needs a permission and a logged reason."""

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
class DataRightsResult:
    """How many records were found or removed, in how many stores; `closed` counts stores that could not be opened."""

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
    """Exports or erases a customer's data, at the customer's request or because a law requires it; used by commands.

    Permission and reason are checked only if the deployment verifies callers. `others` are the stores of this
    computer's other users, which may have data of the same customers.

    Source: GDPR articles 15 (access) and 17 (erasure).
    """

    def __init__(self, store: CustomerData, permissions: Permissions, access: AccessService, audit: Audit) -> None:
        self._store, self._permissions, self._access, self._audit = store, permissions, access, audit

    async def export(self, customer_id: CustomerId, reason: str, others: Others) -> DataRightsResult:
        """Return all data that is stored of a customer, as JSON values by kind.

        Raises:
            NotPossibleError: This user lacks the permission, which is logged, or gives no valid reason.
            StoreError: A store cannot be read.
        """
        await self._check(Permission.EXPORT_DATA, customer_id, reason)
        reached = DataRightsResult()
        reached.add(await self._store.export(customer_id))
        async for other in others():
            if other is None:
                reached.closed += 1
            else:
                reached.add(await other.export(customer_id))
        self._audit.record("exported", customer_id, reason)
        await self._audit.wait_idle()
        return reached

    async def erase(self, customer_id: CustomerId, reason: str, others: Others) -> DataRightsResult:
        """Remove all data that is stored of a customer, except the audit.

        Raises:
            NotPossibleError: This user lacks the permission, which is logged, or gives no valid reason; or any user has
                an unsent action for the customer. Nothing is removed.
            StoreError: A store cannot be written.
        """
        await self._check(Permission.ERASE_DATA, customer_id, reason)
        unsent = await self._store.unsent(customer_id)
        async for other in others():
            unsent += await other.unsent(customer_id) if other is not None else 0
        if unsent:
            actions = "1 action is" if unsent == 1 else f"{unsent} actions are"
            raise NotPossibleError(say.ACTIONS_NOT_DONE(actions=actions, customer_id=customer_id))
        reached = DataRightsResult(await self._store.erase(customer_id), 1)
        async for other in others():
            if other is None:
                reached.closed += 1
            else:
                reached.records += await other.erase(customer_id)
                reached.stores += 1
        self._audit.record("erased", customer_id, reason)
        await self._audit.wait_idle()
        return reached

    async def _check(self, permission: Permission, customer_id: CustomerId, reason: str) -> None:
        if not self._access.is_required:
            return
        refusal = self._permissions.refusal_to_do(permission)
        if refusal is not None:
            self._audit.record("refused", customer_id, permission.value)
            await self._audit.wait_idle()
            raise NotPossibleError(refusal.message)
        self._access.check_reason(reason)
