"""What this computer keeps of one customer: handed out or erased, by whoever may, for a reason that is recorded."""

from collections.abc import Mapping
from typing import Any

from console.models.customer import CustomerId
from console.ports.store import CustomerData
from console.services.audit import Audit
from console.services.contact import NotPossibleError
from console.services.openings import Openings
from console.services.permissions import Deed, Permissions


class DataRights:
    """Asked by commands; a customer asks for it, or a law does (GDPR articles 15 and 17)."""

    def __init__(self, store: CustomerData, permissions: Permissions, openings: Openings, audit: Audit) -> None:
        self._store, self._permissions, self._openings, self._audit = store, permissions, openings, audit

    async def export(self, customer_id: CustomerId, reason: str) -> Mapping[str, Any]:
        """Return everything that is kept of a customer, as JSON values by kind.

        Raises:
            NotPossibleError: This user may not, or gives no reason.
            StoreError: The store cannot be read.
        """
        self._check(Deed.EXPORT_DATA, reason)
        found = await self._store.export(customer_id)
        self._audit.record("exported", customer_id, reason)
        await self._audit.settled()
        return found

    async def erase(self, customer_id: CustomerId, reason: str) -> int:
        """Remove everything that is kept of a customer, but the audit; return how many records went.

        Raises:
            NotPossibleError: This user may not, gives no reason, or an action on the customer is not sent yet.
            StoreError: The store cannot be written.
        """
        self._check(Deed.ERASE_DATA, reason)
        if unsent := await self._store.unsent(customer_id):
            actions = "1 action is" if unsent == 1 else f"{unsent} actions are"
            raise NotPossibleError(f"{actions} not done yet for {customer_id}. Send or withdraw what waits first.")
        gone = await self._store.erase(customer_id)
        self._audit.record("erased", customer_id, reason)
        await self._audit.settled()
        return gone

    def _check(self, deed: Deed, reason: str) -> None:
        if not self._openings.is_required:
            return
        if (refusal := self._permissions.refusal_to_do(deed)) is not None:
            raise NotPossibleError(refusal)
        self._openings.check_reason(reason)
