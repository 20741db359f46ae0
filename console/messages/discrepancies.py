"""Messages about discrepancies between systems: their subject, values and meaning, and why a comparison failed."""

from console.messages import QT_TR_NOOP, Text

# Subjects
BILL = Text(QT_TR_NOOP("Bill {bill}"))

# Values of a system
HAS_ACCOUNT = Text(QT_TR_NOOP("has account {account}"))
HAS_NO_SUCH_ACCOUNT = Text(QT_TR_NOOP("does not have this account for this customer"))
ACTIVE = Text(QT_TR_NOOP("active"))
ENDED = Text(QT_TR_NOOP("ended"))
NO_BILL = Text(QT_TR_NOOP("no bill for account {account}"))
NO_LINE_ON_BILL = Text(QT_TR_NOOP("bill {bill} has no line for it"))
CHARGES_ON_BILL = Text(QT_TR_NOOP("charges {amount} on bill {bill}"))
CUSTOMER_IS = Text(QT_TR_NOOP("{name} is {number}"))
CUSTOMER_IS_BY = Text(QT_TR_NOOP("{name} is {number}, {matched}"))
SERVICE_IS = Text(QT_TR_NOOP("the service is {state}"))
SERVICE_RUNS = Text(QT_TR_NOOP("the service is active"))
SERVICE_SUSPENDED = Text(QT_TR_NOOP("the service is suspended"))
ORDER_COMPLETED = Text(QT_TR_NOOP("order {order} completed"))
SOLD_AS_ACTIVE = Text(QT_TR_NOOP("sold as active"))
SOLD_AS_SUSPENDED = Text(QT_TR_NOOP("sold as suspended"))
PRODUCT_ORDER_IS = Text(QT_TR_NOOP("product order {order} is {state}"))
SERVICE_ORDER_IS = Text(QT_TR_NOOP("service order {order} is {state}"))
PAYMENT_CAME_IN = Text(QT_TR_NOOP("received {amount}, {payment}"))
BILL_UNPAID = Text(QT_TR_NOOP("{amount} of bill {bill} is unpaid"))

# Meanings
OWED_NOT_SEEN = Text(QT_TR_NOOP("Its balance is not shown here."))
USED_AND_NOT_CHARGED = Text(QT_TR_NOOP("The customer uses it without being charged. Ask before billing past months."))
STOPPED_NOT_GIVEN_BACK = Text(QT_TR_NOOP("Billing stopped the charge. Amounts already billed are not refunded."))
PAYS_FOR_ENDED = Text(QT_TR_NOOP("The customer still pays for a product that has ended."))
SPLIT_OVER_TWO_NUMBERS = Text(QT_TR_NOOP("Bills, tickets and notes are split over two numbers."))
LETTERS_GO_WRONG = Text(QT_TR_NOOP("Letters and technicians may go to the wrong address."))
MESSAGES_GO_WRONG = Text(QT_TR_NOOP("Bills and messages may go to the wrong address."))
ASK_FOR_THE_NAME = Text(QT_TR_NOOP("Ask for the caller's full name before you change anything."))
PAYS_AND_CANNOT_USE = Text(QT_TR_NOOP("The customer pays for it and cannot use it."))
MAY_NOT_BE_DONE = Text(QT_TR_NOOP("The order may not be finished as promised."))
TREATED_AS_OWING = Text(QT_TR_NOOP("The customer paid but still counts as overdue."))
RUNS_THOUGH_SUSPENDED = Text(QT_TR_NOOP("It is active, but sold as suspended. Resume makes both active."))
CANNOT_USE_WHAT_IS_PAID = Text(QT_TR_NOOP("The customer pays for it but can't use it."))

# Reasons why a comparison failed
NOT_SAID = Text(QT_TR_NOOP("{system} has not sent the {what}."))
LINES_NOT_SAID = Text(QT_TR_NOOP("{system} has not sent the lines of bill {bill}."))
LINES_WITHOUT_PRODUCTS = Text(QT_TR_NOOP("The lines of bill {bill} do not name products."))
END_NOT_SAID = Text(QT_TR_NOOP("Provisioning did not send the end date of {product}."))
NOBODY_NAMED = Text(QT_TR_NOOP("Billing has no name for account {account}."))
BILLING_WITHOUT_ADDRESS = Text(QT_TR_NOOP("Billing has no address for account {account}."))
CRM_WITHOUT_ADDRESS = Text(QT_TR_NOOP("CRM has no address for account {account}."))
NOT_READ_WHOLE = Text(QT_TR_NOOP("{count} of the {what} could not be read completely."))
ONLY_NEWEST_READ = Text(QT_TR_NOOP("Only the newest {count} of the {what} were read."))
