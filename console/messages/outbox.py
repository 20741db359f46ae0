"""Messages about what waits to be sent."""

from console.messages import QT_TR_NOOP, Text

BEING_SENT = Text(QT_TR_NOOP("It is being sent, so it cannot be changed now."))
DONE_AFTER_ALL = Text(QT_TR_NOOP("It was done after all, or may have been. See what it says now."))
CANNOT_BE_CHECKED = Text(QT_TR_NOOP("Whether it was done cannot be checked now. {error}"))
