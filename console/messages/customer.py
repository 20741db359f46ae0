"""Messages about a customer's data."""

from console.messages import QT_TR_NOOP, Text

NO_SEARCH_BY_PHONE = Text(QT_TR_NOOP("CRM cannot be searched by phone."))
UNKNOWN_CUSTOMER = Text(QT_TR_NOOP("CRM has no customer {customer_id}."))
NUMBER_WITH_EXTENSION = Text(
    QT_TR_NOOP("{shown} has an extension. Enter the number alone, and put the extension in a note.")
)
NOT_SERVED = Text(QT_TR_NOOP("No connected system offers {what}."))
CARD_NUMBER_FOUND = Text(QT_TR_NOOP("The text has a card number. Remove it: card numbers are never saved or sent."))
CUSTOMER_NOT_KNOWN_YET = Text(QT_TR_NOOP("The customer's record has not been loaded yet."))
READING_FAILED = Text(QT_TR_NOOP("The console failed to read this. The log has the details."))
NOT_AN_EMAIL = Text(QT_TR_NOOP("{shown} is not a valid e-mail address."))
EMAIL_MISSING = Text(QT_TR_NOOP("Enter the e-mail address."))
NOT_A_PHONE = Text(
    QT_TR_NOOP("{shown} is not a valid phone number. Enter it with the country code, like +1 937 555 0142.")
)
PHONE_MISSING = Text(QT_TR_NOOP("Enter the phone number."))
