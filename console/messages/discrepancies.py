"""What systems say differently of one customer, what that means, and why something could not be compared."""

from console.messages import QT_TR_NOOP, Text

# What it is about
BILL = Text(QT_TR_NOOP("Bill {bill}"))

# What a system says
HAS_ACCOUNT = Text(QT_TR_NOOP("has account {account}"))
HAS_NO_SUCH_ACCOUNT = Text(QT_TR_NOOP("has no such account for this customer"))
ACTIVE = Text(QT_TR_NOOP("active"))
ENDED = Text(QT_TR_NOOP("ended"))
NO_BILL = Text(QT_TR_NOOP("no bill for account {account}"))
NO_LINE_ON_BILL = Text(QT_TR_NOOP("no line for it on bill {bill}"))
CHARGES_ON_BILL = Text(QT_TR_NOOP("charges {amount} on bill {bill}"))
CUSTOMER_IS = Text(QT_TR_NOOP("{name} is {number}"))
CUSTOMER_IS_BY = Text(QT_TR_NOOP("{name} is {number}, {matched}"))
SERVICE_IS = Text(QT_TR_NOOP("the service is {state}"))
SERVICE_RUNS = Text(QT_TR_NOOP("the service runs"))
SERVICE_SUSPENDED = Text(QT_TR_NOOP("the service is suspended"))
ORDER_COMPLETED = Text(QT_TR_NOOP("order {order} completed"))
SOLD_AS_ACTIVE = Text(QT_TR_NOOP("sold as active"))
SOLD_AS_SUSPENDED = Text(QT_TR_NOOP("sold as suspended"))
PRODUCT_ORDER_IS = Text(QT_TR_NOOP("product order {order} is {state}"))
SERVICE_ORDER_IS = Text(QT_TR_NOOP("service order {order} is {state}"))
PAYMENT_CAME_IN = Text(QT_TR_NOOP("{amount} came in, {payment}"))
BILL_UNPAID = Text(QT_TR_NOOP("{amount} of bill {bill} is unpaid"))

# What it means
OWED_NOT_SEEN = Text(QT_TR_NOOP("What is owed on it is not seen here."))
USED_AND_NOT_CHARGED = Text(
    QT_TR_NOOP("The customer uses it and is not charged. Do not bill backwards without asking.")
)
STOPPED_NOT_GIVEN_BACK = Text(
    QT_TR_NOOP("Billing has stopped the charge; what was billed since is not given back by that.")
)
PAYS_FOR_ENDED = Text(QT_TR_NOOP("The customer pays for something they no longer have."))
SPLIT_OVER_TWO_NUMBERS = Text(QT_TR_NOOP("Bills, tickets and notes are split over two numbers."))
LETTERS_GO_WRONG = Text(QT_TR_NOOP("Letters and technicians may go to the wrong place."))
MESSAGES_GO_WRONG = Text(QT_TR_NOOP("Bills and messages may go to the wrong place."))
ASK_FOR_THE_NAME = Text(QT_TR_NOOP("Ask the caller how they are called before anything is changed."))
PAYS_AND_CANNOT_USE = Text(QT_TR_NOOP("The customer pays for it and cannot use it."))
MAY_NOT_BE_DONE = Text(QT_TR_NOOP("What was promised as done may not be done."))
TREATED_AS_OWING = Text(QT_TR_NOOP("The customer paid and is treated as owing."))
RUNS_THOUGH_SUSPENDED = Text(QT_TR_NOOP("It runs although it was sold as suspended; resuming makes both say active."))
CANNOT_USE_WHAT_IS_PAID = Text(QT_TR_NOOP("The customer cannot use what they pay for."))

# Why something was not compared
NOT_SAID = Text(QT_TR_NOOP("{system} has not said the {what}."))
LINES_NOT_SAID = Text(QT_TR_NOOP("{system} has not said the lines of bill {bill}."))
LINES_WITHOUT_PRODUCTS = Text(QT_TR_NOOP("The lines of bill {bill} do not name products."))
END_NOT_SAID = Text(QT_TR_NOOP("Provisioning does not say when {product} ended."))
NOBODY_NAMED = Text(QT_TR_NOOP("Billing names nobody for account {account}."))
BILLING_WITHOUT_ADDRESS = Text(QT_TR_NOOP("Billing has no address for account {account}."))
CRM_WITHOUT_ADDRESS = Text(QT_TR_NOOP("CRM has no address for account {account}."))
NOT_READ_WHOLE = Text(QT_TR_NOOP("{count} of the {what} could not be read whole."))
ONLY_NEWEST_READ = Text(QT_TR_NOOP("Only the newest {count} of the {what} were read."))
