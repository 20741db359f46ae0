"""Messages about replies of systems."""

from console.messages import QT_TR_NOOP, Text

NOT_UNDERSTOOD = Text(QT_TR_NOOP("{label} sent an unreadable reply: {what}."))
CANNOT_BE_UNDERSTOOD_ITS = Text(QT_TR_NOOP("{endpoint_label} sent an unknown reply to the caller check."))
UNKNOWN_PROFILE = Text(QT_TR_NOOP("{place} is {profile!r}. Use {known}, or the path of a .toml file."))
DECIDED_ALREADY = Text(QT_TR_NOOP("{label}: this was already decided."))
PROFILE_NOT_USABLE = Text(QT_TR_NOOP("The profile {path} is not usable: {problem}"))
PROFILE_NOT_VALID = Text(QT_TR_NOOP("The profile {path} is not usable: {error}."))
PROFILE_NOT_READABLE = Text(QT_TR_NOOP("The profile {path}, which {place} names, cannot be read."))
