"""TMF666 accounts and TMF678 bills, version 5; a bill itself is as in version 4."""

from dataclasses import replace

from console.connectors.tmforum.v4 import bills as v4
from console.connectors.tmforum.v5.customer import read_contact_media
from console.connectors.tmforum.wire import Reader
from console.models.billing_account import BillingAccount
from console.models.customer_bill import AppliedBillingRate

read_bill = v4.read_bill


def read_account(reader: Reader) -> BillingAccount:
    """Translate a TMF666 billing account; the time of its last change has another name, contacts another form."""
    contact = reader.part("contact")
    return replace(
        v4.read_account(reader),
        last_modified_at=reader.when("lastUpdate"),
        contact_media=read_contact_media(contact) if contact else (),
    )


def read_rate(reader: Reader) -> AppliedBillingRate:
    """Translate a TMF678 applied customer billing rate; its type has another name."""
    return replace(v4.read_rate(reader), type=reader.text("appliedBillingRateType"))
