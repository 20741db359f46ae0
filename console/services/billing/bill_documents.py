"""The bill document that the customer got, opened to be shown page by page. Source: TMF678 v4 billDocument."""

from collections.abc import Callable

from console.errors import ConsoleError
from console.messages import billing as say
from console.models.customer import CustomerId
from console.models.customer_bill import CustomerBill
from console.ports.billing import BILLS
from console.ports.documents import DocumentReader, OpenDocument, PageImage
from console.ports.systems import Systems
from console.services.access.permissions import DataScope, Permissions

__all__ = ["BillDocuments", "OpenDocument", "PageImage"]


class BillDocuments:
    """Downloads and opens bill documents; they are never written to this computer's disk."""

    def __init__(
        self,
        *,
        systems: Systems,
        reader: DocumentReader,
        permissions: Permissions,
        saw: Callable[[CustomerId, DataScope], None] = lambda _customer, _scope: None,
    ) -> None:
        self._saw = saw
        self._systems = systems
        self._reader = reader
        self._permissions = permissions

    async def open(self, customer_id: CustomerId, bill: CustomerBill, system: str = "") -> OpenDocument:
        """Return the open document of a bill; the caller of this function closes it.

        `system` is the billing system that has the bill, by default the first one. Offline this always fails.

        Raises:
            SystemCallError: Billing did not send it.
            UnreadableDocumentError: The document cannot be shown.
            ConsoleError: The bill has no document, or this user may not see it.
        """
        refusal = self._permissions.refusal(DataScope.BILL_DOCUMENT, customer_id)
        if refusal is not None:
            raise ConsoleError(refusal.message)
        if not bill.documents:
            raise ConsoleError(say.NO_BILL_DOCUMENT(bill_label=bill.label))
        billing = self._systems.named(system) or self._systems.serving(BILLS)[0]
        document = await self._reader.open(await billing.port(BILLS).fetch_bill_document(bill.documents[0]))
        self._saw(customer_id, DataScope.BILL_DOCUMENT)
        return document
