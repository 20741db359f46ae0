"""Messages about actions that are waiting to be sent."""

from console.messages import QT_TR_NOOP, Text

BEING_SENT = Text(QT_TR_NOOP("It's being sent, so it can't be changed now."))
DONE_AFTER_ALL = Text(QT_TR_NOOP("It was done, or may have been. Check its state."))
CANNOT_BE_CHECKED = Text(QT_TR_NOOP("The console can't check now whether it was done. {error}"))
