"""Messages about roles, verification, access to accounts, sign-in and the audit."""

from console.messages import QT_TR_NOOP, Text

UNKNOWN_CUSTOMER = Text(QT_TR_NOOP("CRM has no customer {customer_id}."))
NO_NUMBER_FOR_CODE = Text(QT_TR_NOOP("CRM has no phone number or e-mail to send a code to. Choose another method."))
NO_BIRTH_DAY_KEPT = Text(QT_TR_NOOP("CRM has no date of birth for this customer. Choose another method."))
NO_SUCH_RECORD = Text(QT_TR_NOOP("CRM has no {kind} {number} for this customer."))
CHECK_NOT_OFFERED = Text(QT_TR_NOOP("CRM can't check this. Choose another method."))
NO_ROLE_HERE = Text(QT_TR_NOOP("{person} signed in, but has no role in this console. Ask your administrator for one."))
BIRTH_DAY_TO_COME = Text(QT_TR_NOOP("{day} is in the future. Enter the date of birth."))
ACTIONS_NOT_DONE = Text(QT_TR_NOOP("{actions} not finished for {customer_id}. Send or withdraw them first."))
CODE_NOT_SENT = Text(QT_TR_NOOP("Send a code first."))
REASON_TOO_LONG = Text(QT_TR_NOOP("The reason can have up to {most} characters."))
OPEN_FOR_ANOTHER_PERSON = Text(QT_TR_NOOP("This console is in use by {here}. Close it, then sign in as {signed_in}."))
TOO_MANY_WRONG_ANSWERS_TODAY = Text(QT_TR_NOOP("Too many wrong answers today. Try this account again in {hours} h."))
TOO_MANY_WRONG_ANSWERS_NOW = Text(QT_TR_NOOP("Too many wrong answers. Try this account again in {minutes} min."))
ACCOUNT_NUMBER_MISSING = Text(QT_TR_NOOP("Enter the account number that the caller gives."))
DIGITS_MISSING = Text(QT_TR_NOOP("Enter the digits that the caller gives."))
RECORD_NUMBER_MISSING = Text(QT_TR_NOOP("Enter the number of {reason}."))
REASON_TOO_SHORT = Text(QT_TR_NOOP("Give a reason that others will understand later, at least a few words."))
ROLE_CHANGED = Text(QT_TR_NOOP("Your role is now {role}. Close the console and start it again. Your work is saved."))
SIGN_IN_ENDED = Text(QT_TR_NOOP("Your sign-in has expired. Sign in again. Your work is saved."))

# Denials
ROLE_DOES_NOT_SHOW = Text(QT_TR_NOOP("Your role ({role}) can't see {scope}."))
ROLE_MAY_NOT = Text(QT_TR_NOOP("Your role ({role}) can't {permission}."))
NOT_RECORDED = Text(
    QT_TR_NOOP("The audit log can't be written now. Accounts stay locked and nothing is sent until it can.")
)
ACCOUNT_LOCKED = Text(QT_TR_NOOP("Locked. Verify the caller first."))
VERIFY_FIRST = Text(QT_TR_NOOP("Locked. Verify the caller first."))
VERIFY_FURTHER_TO_SEE = Text(QT_TR_NOOP("To see {scope}, use a stronger verification."))
VERIFY_FURTHER_TO_DO = Text(QT_TR_NOOP("To {permission}, use a stronger verification."))
OPEN_WITHOUT_CALLER = Text(QT_TR_NOOP("To {permission}, verify the caller. The account is open for {reason}."))

# Wrong answers
WRONG_BEFORE = Text(QT_TR_NOOP("You already tried that answer. Ask the caller again, or choose another method."))
WRONG_AND_LOCKED = Text(QT_TR_NOOP("That doesn't match our records. Try this account again in {minutes} min."))
WRONG_ONE_LEFT = Text(QT_TR_NOOP("That doesn't match our records. 1 try left."))
WRONG_SOME_LEFT = Text(QT_TR_NOOP("That doesn't match our records. {left} tries left."))
PROVES_NOTHING = Text(
    QT_TR_NOOP(
        "This account was open without a caller, so the answer may have been read here. Call back, or check a photo ID."
    )
)
PIN_LOCKED = Text(QT_TR_NOOP("CRM has locked this customer's PIN after too many wrong tries. Choose another method."))
NO_PIN_SET = Text(QT_TR_NOOP("This customer has not set a PIN. Choose another method."))
CODE_EXPIRED = Text(QT_TR_NOOP("This code has expired or was already used. Send a new one."))
