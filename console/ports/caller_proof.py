"""What a system can check of a caller by itself, so that the console never learns a PIN or a code that was sent."""

from typing import Protocol

from console.models.caller_proof import ProofResult, SentCode
from console.models.customer import CustomerId


class CallerProof(Protocol):
    """A system that checks callers; what was typed is sent once, kept nowhere and written into no log.

    Every call raises one of the six errors of a system call; offline nothing can be checked.
    """

    @property
    def offers(self) -> frozenset[str]:
        """What it can do: `pin`, `code`."""

    async def check_pin(self, customer_id: CustomerId, pin: str) -> ProofResult:
        """Return what the system says to a PIN; it counts wrong ones by itself."""

    async def send_code(self, customer_id: CustomerId) -> SentCode | None:
        """Have a code sent to the customer's number of record; None where they have none that can be trusted."""

    async def check_code(self, sent: SentCode, code: str) -> ProofResult:
        """Return what the system says to a code; a code that was right is used up."""
