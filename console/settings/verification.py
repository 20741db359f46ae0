"""What must be known of a caller before an account is shown, as the deployment says it."""

from typing import Literal

import msgspec

Opens = Literal["account", "call detail"]


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way to know a caller.

    With `checks` the desk compares what the caller says with what CRM holds and never shows that: their day of birth,
    or one of their account numbers. Without, the rep answers for having done what `words` say; `shows` is
    what the rep must see for that, shown once it is chosen. `opens` is how far.
    """

    name: str
    words: str
    checks: Literal["birth_on", "account_number"] | None = None
    shows: Literal["phone"] | None = None
    opens: Opens = "account"


# Call detail is opened by nothing a stranger can look up or read off a bill (47 CFR 64.2010 (b)).
METHODS = (
    Method(name="birth", words="Day of birth", checks="birth_on"),
    Method(name="account", words="An account number, as on the bill", checks="account_number"),
    Method(name="callback", words="I have called back the number on file", shows="phone", opens="call detail"),
    Method(name="photo", words="I have seen a valid photo ID", opens="call detail"),
)


class VerificationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When and how a caller is verified.

    `shown` is what the desk shows before, besides the customer's number, to know whom to ask: their name, the phone
    number on file. After `attempts` wrong answers the account stays closed for `closed_min` minutes.
    """

    required: bool = True
    shown: tuple[Literal["name", "phone"], ...] = ("name",)
    attempts: int = 3
    closed_min: int = 15
    methods: tuple[Method, ...] = METHODS


def verification_problems(settings: VerificationSettings) -> list[str]:
    """Return what is wrong with the settings, each in words that follow the file's name."""
    found = []
    if not 1 <= settings.attempts <= 10:
        found.append("verification.attempts must be between 1 and 10")
    if not 1 <= settings.closed_min <= 1440:
        found.append("verification.closed_min must be between 1 and 1440")
    names = [method.name for method in settings.methods]
    if settings.required and not names:
        found.append("verification.methods is empty, so that no account could be opened")
    if len(set(names)) != len(names):
        found.append("verification.methods names one method twice")
    if any(method.checks == "birth_on" and method.opens == "call detail" for method in settings.methods):
        found.append("verification.methods: a day of birth must not open call detail; it can be looked up")
    return found
