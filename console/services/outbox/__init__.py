"""The only way to write to a system: an action is saved first, then sent, then checked until its systems show it."""

from console.services.outbox.outbox import Outbox, ReadOutbox

__all__ = ["Outbox", "ReadOutbox"]
