"""Port of a system that verifies callers itself, so the console never has the correct PIN or one-time code."""

from typing import Protocol

from console.models.caller_proof import ProofResult, SentCode
from console.models.customer import CustomerId


class CallerProof(Protocol):
    """A system that verifies callers. A typed PIN or code is sent once, never saved and never logged.

    Every call may raise one of the six `SystemCallError` types; offline nothing can be checked.
    """

    @property
    def offers(self) -> frozenset[str]:
        """The supported checks: `pin`, `code`."""

    async def check_pin(self, customer_id: CustomerId, pin: str) -> ProofResult:
        """Return the system's result for a PIN. The system counts wrong attempts itself."""

    async def send_code(self, customer_id: CustomerId) -> SentCode | None:
        """Send a code to the customer's number of record; return None if the customer has no trusted number."""

    async def check_code(self, sent: SentCode, code: str) -> ProofResult:
        """Return the system's result for a code. A correct code can be used only once."""
