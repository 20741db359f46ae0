"""The only way out for a write: an act is kept first, then sent, and followed until its systems hold it."""

from console.services.outbox.outbox import Outbox, ReadOutbox

__all__ = ["Outbox", "ReadOutbox"]
