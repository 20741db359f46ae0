"""The table of roles: what each sees, does, and may give without asking; the stored one in docs must be just this."""

from collections.abc import Iterator, Mapping

from console.services.acts.catalogue import ACTS
from console.services.permissions import ROLES, Deed, Subject, User

_CURRENCIES = ("USD", "EUR", "GBP", "SEK", "JPY")
_OTHER_FORMS: Mapping[Deed, str] = {
    Deed.ADD_NOTE: "Note",
    Deed.CHANGE_CONTACT: "Contact data",
    Deed.PROMISE_TO_PAY: "Promise to pay",
}


def role_table() -> str:
    """Return the whole table as Markdown, a line for every subject and act."""
    roles = list(ROLES.values())
    lines = [
        "# Who sees and does what",
        "",
        "Written by `python3 -m console.services.role_table > docs/roles.md`; a test holds it against what the services",
        "enforce. What is not marked is refused, in the services and not only in the window.",
        "",
        *_table("Sees", ((subject.value, lambda user, subject=subject: subject in user.may_see) for subject in Subject), roles),
        "",
        *_table("Does", _deeds(), roles),
        "",
        "| May give one customer in 30 days without asking, with tax | " + " | ".join(user.role for user in roles) + " |",
        "| --- |" + " --- |" * len(roles),
    ]
    for currency in _CURRENCIES:
        limits = (f"{user.credit_limits.get(currency, 0):,}" for user in roles)
        lines.append(f"| {currency} | " + " | ".join(limits) + " |")
    return "\n".join(lines) + "\n"


def _deeds() -> Iterator[tuple[str, object]]:
    for deed, title in _OTHER_FORMS.items():
        yield title, lambda user, deed=deed: deed in user.may_do
    for kind in ACTS.values():
        yield kind.title, lambda user, deed=kind.deed: deed in user.may_do


def _table(title: str, rows: Iterator[tuple[str, object]], roles: list[User]) -> Iterator[str]:
    yield f"| {title} | " + " | ".join(user.role for user in roles) + " |"
    yield "| --- |" + " --- |" * len(roles)
    for words, may in rows:
        yield f"| {words} | " + " | ".join("yes" if may(user) else "" for user in roles) + " |"


if __name__ == "__main__":
    print(role_table(), end="")
