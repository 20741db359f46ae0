"""Messages about what was typed."""

from console.messages import QT_TR_NOOP, Text

DAY_AMBIGUOUS = Text(QT_TR_NOOP("{plain} could be two days. Write the month as a word, like 2 Dec."))
DAY_AMBIGUOUS_WITH_YEAR = Text(QT_TR_NOOP("{plain} could be two days. Write the month as a word, like 25 Nov {year}."))
PAST_DAY_OUT_OF_RANGE = Text(QT_TR_NOOP("{found} is not between {earliest} and today."))
NO_SUCH_DAY = Text(QT_TR_NOOP("{typed} is no day of the calendar. Write it like 25 Nov 1980."))
DAY_WITHOUT_YEAR = Text(QT_TR_NOOP("Type the day with the year in four digits, like 25 Nov 1980."))
NOT_A_DAY = Text(QT_TR_NOOP("{typed} is no day. Write it like 2 Dec, Friday or +7."))
DAY_MISSING = Text(QT_TR_NOOP("No day is typed yet. Write it like 2 Dec, Friday or +7."))
NOT_A_PAST_DAY = Text(QT_TR_NOOP("{typed} is no day. Write it like 2 Nov, Monday, yesterday or -7."))
PAST_DAY_MISSING = Text(QT_TR_NOOP("No day is typed yet. Write it like 2 Nov, Monday, yesterday or -7."))
