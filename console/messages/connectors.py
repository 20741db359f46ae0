"""Messages about what a system said."""

from console.messages import QT_TR_NOOP, Text

NOT_UNDERSTOOD = Text(QT_TR_NOOP("{label} cannot be understood: {what}."))
CANNOT_BE_UNDERSTOOD_ITS = Text(
    QT_TR_NOOP("{endpoint_label} cannot be understood: its answer on the caller is none of the agreed ones.")
)
UNKNOWN_PROFILE = Text(QT_TR_NOOP("{place} is {profile!r}; there are {known}, or the path of a file ending in .toml."))
DECIDED_ALREADY = Text(QT_TR_NOOP("{label}: somebody has decided it already."))
PROFILE_NOT_USABLE = Text(QT_TR_NOOP("The profile {path} is not usable: {problem}"))
PROFILE_NOT_VALID = Text(QT_TR_NOOP("The profile {path} is not usable: {error}."))
PROFILE_NOT_READABLE = Text(QT_TR_NOOP("The profile {path}, which {place} names, cannot be read."))
