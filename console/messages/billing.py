"""Messages about bills."""

from console.messages import QT_TR_NOOP, Text

NO_BILL_DOCUMENT = Text(QT_TR_NOOP("Billing has no PDF of bill {bill_label}."))
BILLS_IN_TWO_CURRENCIES = Text(QT_TR_NOOP("One bill is in {before}, the other in {after}."))
BILL_WITHOUT_AMOUNT = Text(QT_TR_NOOP("One of the bills has no amount, so they cannot be compared."))
