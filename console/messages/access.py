"""Messages about roles, verification, access to accounts, sign-in and the audit."""

from console.messages import QT_TR_NOOP, Text

UNKNOWN_CUSTOMER = Text(QT_TR_NOOP("CRM has no customer {customer_id}."))
NO_NUMBER_FOR_CODE = Text(QT_TR_NOOP("CRM has no number on record to send a code to. Choose another way."))
NO_BIRTH_DAY_KEPT = Text(QT_TR_NOOP("CRM keeps no day of birth for this customer. Choose another way."))
NO_SUCH_RECORD = Text(QT_TR_NOOP("CRM keeps no {kind} {number} for this customer."))
CHECK_NOT_OFFERED = Text(QT_TR_NOOP("CRM offers no such check. Choose another way."))
NO_ROLE_HERE = Text(
    QT_TR_NOOP("{person} is known there, but has no role at this desk. Your administrator can give one.")
)
BIRTH_DAY_TO_COME = Text(QT_TR_NOOP("{day} is to come. Type the day of birth."))
ACTIONS_NOT_DONE = Text(QT_TR_NOOP("{actions} not done yet for {customer_id}. Send or withdraw what waits first."))
CODE_NOT_SENT = Text(QT_TR_NOOP("Send a code first."))
REASON_TOO_LONG = Text(QT_TR_NOOP("The reason may have {most} characters."))
OPEN_FOR_ANOTHER_PERSON = Text(QT_TR_NOOP("This desk is open for {here}. Close it, then sign in as {signed_in}."))
TOO_MANY_WRONG_ANSWERS_TODAY = Text(
    QT_TR_NOOP("Too many wrong answers today. This account can be tried again in {hours} h.")
)
TOO_MANY_WRONG_ANSWERS_NOW = Text(
    QT_TR_NOOP("Too many wrong answers. This account can be tried again in {minutes} min.")
)
ACCOUNT_NUMBER_MISSING = Text(QT_TR_NOOP("Type the account number that the caller says."))
DIGITS_MISSING = Text(QT_TR_NOOP("Type the digits that the caller says."))
RECORD_NUMBER_MISSING = Text(QT_TR_NOOP("Write the number of {reason}."))
REASON_TOO_SHORT = Text(QT_TR_NOOP("Write why in a few words, so that whoever reads it later understands."))
ROLE_CHANGED = Text(
    QT_TR_NOOP("Your role here is {role} now. Close the desk and start it again; your work waits where it is.")
)
SIGN_IN_ENDED = Text(QT_TR_NOOP("Your sign-in has ended. Sign in again; your work waits where it is."))

# Denials
ROLE_DOES_NOT_SHOW = Text(QT_TR_NOOP("The role {role} does not show {scope}."))
ROLE_MAY_NOT = Text(QT_TR_NOOP("The role {role} may not {permission}."))
NOT_RECORDED = Text(
    QT_TR_NOOP("What is done here cannot be recorded now, so no account is shown and nothing is sent until it can.")
)
ACCOUNT_LOCKED = Text(QT_TR_NOOP("The account is closed until the caller is verified."))
VERIFY_FIRST = Text(QT_TR_NOOP("Verify the caller first; the account is closed."))
VERIFY_FURTHER_TO_SEE = Text(QT_TR_NOOP("To see {scope} the caller must be verified further."))
VERIFY_FURTHER_TO_DO = Text(QT_TR_NOOP("To {permission} the caller must be verified further."))
OPEN_WITHOUT_CALLER = Text(QT_TR_NOOP("To {permission} the caller must be verified; the account is open for {reason}."))

# Wrong answers
WRONG_BEFORE = Text(QT_TR_NOOP("That was wrong before. Ask the caller again, or choose another way."))
WRONG_AND_LOCKED = Text(QT_TR_NOOP("That is not what CRM holds. This account can be tried again in {minutes} min."))
WRONG_ONE_LEFT = Text(QT_TR_NOOP("That is not what CRM holds. 1 more attempt."))
WRONG_SOME_LEFT = Text(QT_TR_NOOP("That is not what CRM holds. {left} more attempts."))
PROVES_NOTHING = Text(
    QT_TR_NOOP("It was open without a caller, so what it shows proves nothing. Call back, or see a photo ID.")
)
PIN_LOCKED = Text(
    QT_TR_NOOP("CRM takes no PIN for this customer now: there were too many wrong ones. Choose another way.")
)
NO_PIN_SET = Text(QT_TR_NOOP("This customer has set no PIN. Choose another way."))
CODE_EXPIRED = Text(QT_TR_NOOP("This code is too old, or was used. Send another one."))
