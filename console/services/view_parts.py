"""The parts of a customer's view: how long each may be said aloud, and as what it is kept."""

from datetime import timedelta
from typing import Any

from console.models.appointment import Appointment, TimeSlot
from console.models.billing_account import BillingAccount
from console.models.customer import Customer, Party
from console.models.customer_bill import AppliedBillingRate, CustomerBill
from console.models.interaction import PartyInteraction
from console.models.inventory import Product, Service
from console.models.offering import ProductOffering
from console.models.order import Order
from console.models.payment import Payment
from console.models.provenance import Records, Sourced
from console.models.related import RelatedCustomer
from console.models.search import SearchHit
from console.models.service_test import ServiceTest
from console.models.trouble_ticket import TroubleTicket
from console.models.usage import Bucket, Usage
from console.services.permissions import Subject

# How long facts of a kind may be said aloud without asking again.
FRESH_FOR = {
    Subject.CUSTOMER: timedelta(seconds=900),
    Subject.PARTY: timedelta(seconds=900),
    Subject.BILLING_ACCOUNTS: timedelta(seconds=120),
    Subject.BILLS: timedelta(seconds=600),
    Subject.BILL_LINES: timedelta(seconds=600),
    Subject.PRODUCTS: timedelta(seconds=120),
    Subject.SERVICES: timedelta(seconds=120),
    Subject.PRODUCT_ORDERS: timedelta(seconds=300),
    Subject.SERVICE_ORDERS: timedelta(seconds=300),
    Subject.SERVICE_TESTS: timedelta(seconds=300),
    Subject.TICKETS: timedelta(seconds=300),
    Subject.INTERACTIONS: timedelta(seconds=300),
    Subject.APPOINTMENTS: timedelta(seconds=300),
    Subject.PAYMENTS: timedelta(seconds=120),
    Subject.REFUNDS: timedelta(seconds=120),
    Subject.USAGE: timedelta(seconds=600),
    Subject.ALLOWANCES: timedelta(seconds=120),
    Subject.RELATED: timedelta(seconds=900),
    Subject.SAME_PERSON: timedelta(seconds=900),
    Subject.CHARGES: timedelta(seconds=120),
    Subject.TIME_SLOTS: timedelta(seconds=60),
    Subject.OFFERINGS: timedelta(seconds=900),
}
# What each kind of fact is kept as.
PART_TYPES: dict[Subject, Any] = {
    Subject.CUSTOMER: Sourced[Customer],
    Subject.PARTY: Sourced[Party],
    Subject.BILLING_ACCOUNTS: Records[BillingAccount],
    Subject.BILLS: Records[CustomerBill],
    Subject.BILL_LINES: Records[AppliedBillingRate],
    Subject.PRODUCTS: Records[Product],
    Subject.SERVICES: Records[Service],
    Subject.PRODUCT_ORDERS: Records[Order],
    Subject.SERVICE_ORDERS: Records[Order],
    Subject.SERVICE_TESTS: Records[ServiceTest],
    Subject.TICKETS: Records[TroubleTicket],
    Subject.INTERACTIONS: Records[PartyInteraction],
    Subject.APPOINTMENTS: Records[Appointment],
    Subject.PAYMENTS: Records[Payment],
    Subject.REFUNDS: Records[Payment],
    Subject.USAGE: Records[Usage],
    Subject.ALLOWANCES: Sourced[tuple[Bucket, ...]],
    Subject.RELATED: Records[RelatedCustomer],
    Subject.SAME_PERSON: Records[SearchHit],
    Subject.CHARGES: Records[Product],
    Subject.TIME_SLOTS: Records[TimeSlot],
    Subject.OFFERINGS: Records[ProductOffering],
}
