"""Messages about systems that do not answer as they should, and about the sign-in service."""

from console.messages import QT_TR_NOOP, Text

THROTTLED = Text(QT_TR_NOOP("{label} asks for fewer questions. It is asked again in {seconds} s."))
BROKEN_OFF = Text(QT_TR_NOOP("{label} broke off the connection."))
UNREACHABLE = Text(QT_TR_NOOP("{where} cannot be reached."))
NOT_UNDERSTOOD = Text(QT_TR_NOOP("{label} cannot be understood: {problem}."))
SIGN_IN_DECLINED_BY_SERVICE = Text(QT_TR_NOOP("{where} declined ({reason}). Sign in again."))
CREDENTIALS_REJECTED = Text(
    QT_TR_NOOP("{label} does not accept this desk's sign-in. Your administrator must renew it.")
)
NO_ANSWER = Text(QT_TR_NOOP("{label} does not answer."))
TIMED_OUT = Text(QT_TR_NOOP("{label} has not answered within {time_limit_s:g} s."))
OUT_OF_SERVICE = Text(QT_TR_NOOP("{where} is out of service."))
REJECTED = Text(QT_TR_NOOP("{label} refused: {reason}."))
TOKEN_SERVICE_FAILED = Text(QT_TR_NOOP("{label}'s sign-in service {what}."))
TOKEN_REJECTED = Text(
    QT_TR_NOOP(
        "{label}'s sign-in service does not accept this desk ({reason}). Your administrator must renew its sign-in."
    )
)
SYSTEM_FAILED = Text(QT_TR_NOOP("{label} {message}."))
COLLECTOR_HAS_ANOTHER_ENTRY = Text(QT_TR_NOOP("The collector of the audit has another entry in the place of this one."))
COLLECTOR_REFUSES = Text(QT_TR_NOOP("The collector of the audit answers {status}."))
COLLECTOR_NOT_UNDERSTOOD = Text(QT_TR_NOOP("The collector of the audit answers with something else than entries."))
COLLECTOR_ANSWERS_TOO_MUCH = Text(QT_TR_NOOP("The collector of the audit answers with more than was asked for."))
COLLECTOR_UNREACHABLE = Text(QT_TR_NOOP("The collector of the audit cannot be reached."))
COLLECTOR_NOT_SEARCHABLE = Text(
    QT_TR_NOOP("The collector of the audit only takes entries; it cannot be searched from here.")
)
SIGN_IN_NOT_TRUSTED = Text(QT_TR_NOOP("The sign-in cannot be trusted: {reason}. You are not signed in."))
ANOTHER_SERVICE_ANSWERED = Text(
    QT_TR_NOOP("The sign-in cannot be trusted: another service answered. You are not signed in.")
)
ANOTHER_PERSON_RENEWED = Text(QT_TR_NOOP("The sign-in service renewed the sign-in of somebody else. Sign in again."))
NO_CODE_CAME_BACK = Text(QT_TR_NOOP("The sign-in service sent the browser back without an answer. Start again."))
SIGN_IN_DECLINED = Text(QT_TR_NOOP("The sign-in was declined ({reason}). You are not signed in."))
SIGN_IN_SERVICE_FAILED = Text(QT_TR_NOOP("{where} {what}. Your administrator must look at it."))
