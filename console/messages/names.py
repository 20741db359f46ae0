"""Names of values on screen, where the stored value is worded differently. Stored values never change."""

from enum import Enum

from console.messages import QT_TR_NOOP

_NAMES = {
    # data scopes
    "contacts": QT_TR_NOOP("contacts"),
    "visits": QT_TR_NOOP("appointments"),
    "single calls and data use": QT_TR_NOOP("call details and data use"),
    "second numbers of the customer": QT_TR_NOOP("duplicates of the customer"),
    "what is charged every month": QT_TR_NOOP("monthly charges"),
    "free hours for a visit": QT_TR_NOOP("free appointment times"),
    "the catalogue": QT_TR_NOOP("the catalog"),
    "the bill as the customer has it": QT_TR_NOOP("bill PDFs"),
    # permissions
    "change contact data": QT_TR_NOOP("change contact details"),
    "agree to payment in parts": QT_TR_NOOP("set up payment plans"),
    "book and move visits": QT_TR_NOOP("book and move appointments"),
    "correct what billing keeps": QT_TR_NOOP("correct Billing's data"),
    "approve what is over a limit": QT_TR_NOOP("approve credits over a limit"),
    "read customers ahead": QT_TR_NOOP("load customers ahead"),
    "export what is kept of a customer": QT_TR_NOOP("export a customer's saved data"),
    "erase what is kept of a customer": QT_TR_NOOP("erase a customer's saved data"),
    # discrepancies
    "ordered and done, but not working": QT_TR_NOOP("order completed, but service inactive"),
    "suspended in one place only": QT_TR_NOOP("suspended in one system only"),
    "payment not counted": QT_TR_NOOP("payment not applied to the bill"),
    "customer is there twice": QT_TR_NOOP("possible duplicate customer"),
    "account unknown to billing": QT_TR_NOOP("account unknown to Billing"),
    # reasons of an access grant
    "a visit": QT_TR_NOOP("an appointment"),
    "reading ahead": QT_TR_NOOP("loading ahead"),
    "days of birth": QT_TR_NOOP("dates of birth"),
}


def name_of(value: Enum | str) -> str:
    """Return the English name of an enum's value, or of a stored value, for display."""
    stored = str(value.value) if isinstance(value, Enum) else value
    return _NAMES.get(stored, stored)
