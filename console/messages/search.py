"""Messages about typed dates."""

from console.messages import QT_TR_NOOP, Text

DAY_AMBIGUOUS = Text(QT_TR_NOOP("{plain} has two meanings. Enter the month as a word, like Dec 2."))
DAY_AMBIGUOUS_WITH_YEAR = Text(QT_TR_NOOP("{plain} has two meanings. Enter the month as a word, like Nov 25 {year}."))
PAST_DAY_OUT_OF_RANGE = Text(QT_TR_NOOP("{found} is not between {earliest} and today."))
NO_SUCH_DAY = Text(QT_TR_NOOP("{typed} is not a valid date. Enter a date, like Nov 25 1980."))
DAY_WITHOUT_YEAR = Text(QT_TR_NOOP("Enter the date with a four-digit year, like Nov 25 1980."))
NOT_A_DAY = Text(QT_TR_NOOP("{typed} is not a valid date. Enter a date, like Dec 2 or Friday."))
DAY_MISSING = Text(QT_TR_NOOP("Enter a date, like Dec 2 or Friday."))
NOT_A_PAST_DAY = Text(QT_TR_NOOP("{typed} is not a valid date. Enter a date, like Nov 2 or Monday."))
PAST_DAY_MISSING = Text(QT_TR_NOOP("Enter a date, like Nov 2 or Monday."))
