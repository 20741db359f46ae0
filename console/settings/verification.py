"""How callers are verified before an account is shown, according to the deployment."""

from typing import Literal

import msgspec

from console.settings.roles import Permission, named, unknown_names

Opens = Literal["account", "call detail"]


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way to verify a caller.

    With `checks` the console compares the caller's reply with CRM's data, which it never shows: the date of birth, or
    an account number. For `pin` and `code` CRM compares by itself and the console never learns the value: the account's
    PIN, or a code that CRM sends to a number of record. A CRM that does not offer these two has no such method.

    Without `checks` the rep confirms having done what `words` say. `shows` is the data that the rep needs for that,
    shown once the method is chosen. `opens` is how much the method unlocks.
    """

    name: str
    words: str
    checks: Literal["birth_on", "account_number", "pin", "code"] | None = None
    shows: Literal["phone"] | None = None
    opens: Opens = "account"

    @property
    def proof(self) -> Literal["pin", "code"] | None:
        """The value that the system compares by itself, so that no screen reveals it; None for other methods."""
        match self.checks:
            case "pin" | "code" as proof:
                return proof
            case _:
                return None


# Call detail is opened by nothing a stranger can look up or read off a bill (47 CFR 64.2010 (b)).
METHODS = (
    Method(name="birth", words="Date of birth", checks="birth_on"),
    Method(name="account", words="An account number, as on the bill", checks="account_number"),
    Method(name="pin", words="The account's PIN", checks="pin", opens="call detail"),
    Method(name="code", words="A code sent to their phone", checks="code", opens="call detail"),
    # Today's number on file may be one that a stranger has just had changed, so it opens no call detail by itself.
    Method(name="callback", words="I called back the number on file", shows="phone"),
    Method(name="photo", words="I checked a valid photo ID", opens="call detail"),
)


class VerificationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When and how a caller is verified.

    `shown` is the data shown before verification, besides the customer number, so that the rep knows who should be
    calling: name, phone number on file. After `attempts` wrong replies the account stays locked for `closed_min`
    minutes. An access grant expires after `lapse_min` minutes, unless it is extended.

    `stronger` names the data and actions that need a method that unlocks call detail. `without_caller` names the
    actions that are possible where an account is open for a ticket, an appointment or another reason.
    """

    required: bool = True
    shown: tuple[Literal["name", "phone"], ...] = ("name",)
    attempts: int = 3
    closed_min: int = 15
    lapse_min: int = 30
    stronger: tuple[str, ...] = ("usage", "order", "change_contact")
    without_caller: tuple[str, ...] = ("add_note", "work_tickets", "test_line", "visits", "approve")
    methods: tuple[Method, ...] = METHODS


def verification_problems(settings: VerificationSettings) -> list[str]:
    """Return the problems of the settings, as phrases that follow the file's name."""
    found = []
    if not 1 <= settings.attempts <= 10:
        found.append("verification.attempts must be between 1 and 10")
    if not 1 <= settings.closed_min <= 1440:
        found.append("verification.closed_min must be between 1 and 1440")
    if not 5 <= settings.lapse_min <= 600:
        found.append("verification.lapse_min must be between 5 and 600")
    for key, named_there in (("stronger", settings.stronger), ("without_caller", settings.without_caller)):
        found += [
            f'verification.{key} names "{one}", which is not a permission or data scope'
            for one in unknown_names(named_there)
        ]
    seen, done = named(settings.without_caller)
    found += [
        f"verification.without_caller names {one.name.lower()}, which is a data scope, not a permission" for one in seen
    ]
    if Permission.GIVE_CREDIT in done or Permission.TAKE_PAYMENT in done:
        found.append("verification.without_caller must not move money, which needs a verified caller")
    names = [method.name for method in settings.methods]
    if settings.required and not names:
        found.append("verification.methods is empty, so no account could be opened")
    if len(set(names)) != len(names):
        found.append("verification.methods names one method twice")
    if any(method.checks == "birth_on" and method.opens == "call detail" for method in settings.methods):
        found.append("verification.methods: a date of birth must not open call detail, because strangers can find it")
    return found
