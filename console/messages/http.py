"""Messages about failed requests to systems, to the audit collector and to the sign-in service."""

from console.messages import QT_TR_NOOP, Text

THROTTLED = Text(QT_TR_NOOP("{label} is busy. Trying again in {seconds} s."))
BROKEN_OFF = Text(QT_TR_NOOP("{label} closed the connection."))
UNREACHABLE = Text(QT_TR_NOOP("{where} can't be reached."))
NOT_UNDERSTOOD = Text(QT_TR_NOOP("{label} sent an unreadable reply: {problem}."))
SIGN_IN_DECLINED_BY_SERVICE = Text(QT_TR_NOOP("{where} declined ({reason}). Sign in again."))
CREDENTIALS_REJECTED = Text(QT_TR_NOOP("{label} rejected this console's sign-in. Ask your administrator to renew it."))
NO_ANSWER = Text(QT_TR_NOOP("{label} is not responding."))
TIMED_OUT = Text(QT_TR_NOOP("{label} did not reply within {time_limit_s:g} s."))
OUT_OF_SERVICE = Text(QT_TR_NOOP("{where} is out of service."))
REJECTED = Text(QT_TR_NOOP("{label} rejected the request: {reason}."))
TOKEN_SERVICE_FAILED = Text(QT_TR_NOOP("{label}'s sign-in service {what}."))
TOKEN_REJECTED = Text(
    QT_TR_NOOP(
        "{label}'s sign-in service rejected this console ({reason}). Ask your administrator to renew its sign-in."
    )
)
SYSTEM_FAILED = Text(QT_TR_NOOP("{label} {message}."))
COLLECTOR_HAS_ANOTHER_ENTRY = Text(QT_TR_NOOP("The audit collector has a different entry at this position."))
COLLECTOR_REFUSES = Text(QT_TR_NOOP("The audit collector replied {status}."))
COLLECTOR_NOT_UNDERSTOOD = Text(QT_TR_NOOP("The audit collector's reply has no entries."))
COLLECTOR_ANSWERS_TOO_MUCH = Text(QT_TR_NOOP("The audit collector sent more than was requested."))
COLLECTOR_UNREACHABLE = Text(QT_TR_NOOP("The audit collector can't be reached."))
COLLECTOR_NOT_SEARCHABLE = Text(QT_TR_NOOP("The audit collector can't be searched from here."))
SIGN_IN_NOT_TRUSTED = Text(QT_TR_NOOP("The sign-in isn't trusted: {reason}. You are not signed in."))
ANOTHER_SERVICE_ANSWERED = Text(
    QT_TR_NOOP("The sign-in isn't trusted: another service replied. You are not signed in.")
)
ANOTHER_PERSON_RENEWED = Text(QT_TR_NOOP("The sign-in service renewed another person's sign-in. Sign in again."))
NO_CODE_CAME_BACK = Text(QT_TR_NOOP("The sign-in service sent no reply. Start again."))
SIGN_IN_DECLINED = Text(QT_TR_NOOP("The sign-in was declined ({reason}). You are not signed in."))
SIGN_IN_SERVICE_FAILED = Text(QT_TR_NOOP("{where} {what}. Ask your administrator."))
