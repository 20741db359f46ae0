"""The data that can be seen and the actions that can be done, and a deployment's changes to the roles."""

import re
from decimal import Decimal
from enum import Enum

import msgspec

ROLES = ("rep", "senior rep", "supervisor", "field technician", "trainee")


class DataScope(Enum):
    """A kind of data that can be shown or withheld."""

    CUSTOMER = "customer"
    PARTY = "party"
    BILLING_ACCOUNTS = "billing accounts"
    BILLS = "bills"
    BILL_LINES = "bill lines"
    PRODUCTS = "products"
    SERVICES = "services"
    PRODUCT_ORDERS = "product orders"
    SERVICE_ORDERS = "service orders"
    SERVICE_TESTS = "line tests"
    TICKETS = "tickets"
    INTERACTIONS = "contacts"
    APPOINTMENTS = "visits"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    USAGE = "single calls and data use"
    ALLOWANCES = "allowances"
    RELATED = "related customers"
    SAME_PERSON = "second numbers of the customer"
    CHARGES = "what is charged every month"
    TIME_SLOTS = "free hours for a visit"
    OFFERINGS = "the catalogue"
    BILL_DOCUMENT = "the bill as the customer has it"


class Permission(Enum):
    """A kind of action."""

    ADD_NOTE = "add notes"
    CHANGE_CONTACT = "change contact data"
    PROMISE_TO_PAY = "take promises to pay"
    GIVE_CREDIT = "give credit"
    TAKE_PAYMENT = "take payments"
    DISPUTE = "dispute bill lines"
    PAY_IN_PARTS = "agree to payment in parts"
    WORK_TICKETS = "work on tickets"
    ORDER = "order and change services"
    SUSPEND = "suspend and resume services"
    END_SERVICE = "end services"
    CANCEL_ORDER = "cancel orders"
    TEST_LINE = "test and restart lines"
    VISITS = "book and move visits"
    SEND = "send bills and links"
    CORRECT_BILLING = "correct what billing keeps"
    APPROVE = "approve what is over a limit"
    READ_AUDIT = "read the audit"
    READ_AHEAD = "read customers ahead"
    EXPORT_DATA = "export what is kept of a customer"
    ERASE_DATA = "erase what is kept of a customer"


class PersonalField(Enum):
    """A kind of personal value that is masked for a role and shown only on demand, which is logged."""

    PHONE = "phone numbers"
    EMAIL = "e-mail addresses"
    BIRTH = "days of birth"


class RoleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A deployment's changes to one role. Settings that are not given stay as built in (docs/roles.md).

    `allows` and `withholds` name data scopes and permissions (`bills`, `give_credit`). `masked` names values that are
    shown only on demand (`phone`, `email`, `birth`). `credit_limits` is the credit one customer may get in 30 days
    without approval, by currency, with tax.
    """

    allows: tuple[str, ...] = ()
    withholds: tuple[str, ...] = ()
    masked: tuple[str, ...] | None = None
    credit_limits: dict[str, Decimal] | None = None


def named(names: tuple[str, ...]) -> tuple[frozenset[DataScope], frozenset[Permission]]:
    """Return the data scopes and the permissions of these names. Unknown names are skipped."""
    scopes = frozenset(one for one in DataScope if one.name.lower() in names)
    return scopes, frozenset(one for one in Permission if one.name.lower() in names)


def unknown_names(names: tuple[str, ...]) -> list[str]:
    """Return the names that are neither a data scope nor a permission."""
    known = {one.name.lower() for one in DataScope} | {one.name.lower() for one in Permission}
    return [name for name in names if name not in known]


def role_problems(roles: dict[str, RoleSettings]) -> list[str]:
    """Return the problems of the settings, as phrases that follow the file's name."""
    found = [f'roles."{role}" is none of {", ".join(ROLES)}' for role in roles if role not in ROLES]
    kinds = [one.name.lower() for one in PersonalField]
    for role, settings in roles.items():
        for key, names in (("allows", settings.allows), ("withholds", settings.withholds)):
            found += [
                f'roles.{role}.{key} names "{one}", which is not a permission or data scope (see docs/roles.md)'
                for one in unknown_names(names)
            ]
        found += [
            f"roles.{role} both allows and withholds {one}" for one in settings.allows if one in settings.withholds
        ]
        found += [
            f'roles.{role}.masked names "{one}", which is none of {", ".join(kinds)}'
            for one in settings.masked or ()
            if one not in kinds
        ]
        for currency, amount in (settings.credit_limits or {}).items():
            if not re.fullmatch(r"[A-Z]{3}", currency):
                found.append(f"roles.{role}.credit_limits.{currency} must be named by a currency such as USD")
            if not (amount.is_finite() and 0 <= amount <= 1_000_000):
                found.append(f"roles.{role}.credit_limits.{currency} must be between 0 and 1000000, not {amount}")
    return found
