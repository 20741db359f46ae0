"""Prints the table of roles: data, actions and credit limits of each role, and the verification step each one needs.

    python3 -m scripts.role_table > docs/roles.md

A test compares the stored table with this one, and this one with the rules that the services enforce.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console.services.access.access_service import OPEN_TO_ALL
from console.services.access.permissions import ROLES, DataScope, Permission, PersonalField
from console.services.actions.catalogue import ACTIONS
from console.settings.roles import named
from console.settings.verification import VerificationSettings

_CURRENCIES = ("USD", "EUR", "GBP", "SEK", "JPY")
_INTRODUCTION = """\
# Who sees and does what

Made by `python3 -m scripts.role_table > docs/roles.md`. What is not marked is refused, in the services and not only in
the window. "Opened by" is the step of verification an account needs; "without" is what a ticket, job or typed reason
opens where nobody calls. A deployment changes what a role sees and does, what is masked and the limits under `[roles]`,
and what opens what under `[verification]`; the names to write there are those in brackets.
"""
_STRONGER_SEEN, _STRONGER_DONE = named(VerificationSettings().stronger)
_WITHOUT_CALLER = named(VerificationSettings().without_caller)[1]


def role_table() -> str:
    """Return the whole table as Markdown, with a row for each data scope and action."""
    roles = list(ROLES.values())
    parts = [
        _table("Sees", "Opened by", [user.role for user in roles], _scopes()),
        _table("Does", "Opened by", [user.role for user in roles], _actions()),
        _table("Sees only on demand, recorded", "", [user.role for user in roles], _masked()),
        _table("May give one customer in 30 days without asking", "", [user.role for user in roles], _limits()),
    ]
    return "\n".join([_INTRODUCTION, *parts])


def _scopes() -> Iterator[list[str]]:
    for scope in DataScope:
        opened = "nothing" if scope in OPEN_TO_ALL else "call detail" if scope in _STRONGER_SEEN else "account"
        yield [
            f"{scope.value} (`{scope.name.lower()}`)",
            opened,
            *("yes" if scope in user.may_see else "" for user in ROLES.values()),
        ]


def _actions() -> Iterator[list[str]]:
    console = Permission.READ_AUDIT
    yield [
        "Search the audit (`read_audit`)",
        "nothing",
        *("yes" if console in user.may_do else "" for user in ROLES.values()),
    ]
    forms = [
        ("Note", Permission.ADD_NOTE),
        ("Contact details", Permission.CHANGE_CONTACT),
        ("Promise to pay", Permission.PROMISE_TO_PAY),
    ]
    for title, permission in (*forms, *((kind.title, kind.permission) for kind in ACTIONS.values())):
        opened = "account, or without" if permission in _WITHOUT_CALLER else "account, for its caller"
        opened = "call detail, for its caller" if permission in _STRONGER_DONE else opened
        yield [
            f"{title} (`{permission.name.lower()}`)",
            opened,
            *("yes" if permission in user.may_do else "" for user in ROLES.values()),
        ]


def _masked() -> Iterator[list[str]]:
    for kind in PersonalField:
        cells = ("yes" if kind in user.masked else "" for user in ROLES.values())
        yield [f"{kind.value} (`{kind.name.lower()}`)", "", *cells]


def _limits() -> Iterator[list[str]]:
    for currency in _CURRENCIES:
        yield [currency, "with tax", *(f"{user.credit_limits.get(currency, 0):,}" for user in ROLES.values())]


def _table(title: str, second: str, roles: list[str], rows: Iterable[list[str]]) -> str:
    lines = [[title, second, *roles], ["---"] * (len(roles) + 2), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    print(role_table(), end="")
