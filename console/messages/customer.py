"""Messages about what is known of a customer."""

from console.messages import QT_TR_NOOP, Text

NO_SEARCH_BY_PHONE = Text(QT_TR_NOOP("CRM cannot be searched by phone."))
UNKNOWN_CUSTOMER = Text(QT_TR_NOOP("CRM has no customer {customer_id}."))
NUMBER_WITH_EXTENSION = Text(
    QT_TR_NOOP("{shown} has an extension, which is not kept with a number. Type the number alone, and note the rest.")
)
NOT_SERVED = Text(QT_TR_NOOP("No system here serves the {what}."))
CARD_NUMBER_FOUND = Text(
    QT_TR_NOOP("There is a card number in it. Take it out; card numbers are never kept or sent here.")
)
CUSTOMER_NOT_KNOWN_YET = Text(QT_TR_NOOP("The customer is not known yet."))
READING_FAILED = Text(QT_TR_NOOP("The desk itself failed to read this. The log has the details."))
NOT_AN_EMAIL = Text(QT_TR_NOOP("{shown} is no e-mail address."))
EMAIL_MISSING = Text(QT_TR_NOOP("Type the e-mail address."))
NOT_A_PHONE = Text(QT_TR_NOOP("{shown} is no phone number. Write it with its country, such as +1 937 555 0142."))
PHONE_MISSING = Text(QT_TR_NOOP("Type the phone number."))
