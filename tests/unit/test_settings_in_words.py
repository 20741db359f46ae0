"""Errors in the shape of a configuration name the setting, in the words of the file."""

import copy
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import ConfigurationError
from console.resources_folder import RESOURCES
from console.settings import Deployment, parse_deployment
from console.settings.deployment import deployment_of

EXAMPLE = (RESOURCES / "systems.example.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("top", "end", "told"),
    [
        ("", '[roles.rep]\nallows = ["visits", 3]', "roles.rep.allows #2 must be text in quotes, not a whole number."),
        (
            "",
            '[roles.trainee]\n[roles."senior rep"]\ncredit_limits = { USD = 3, EUR = "x" }',
            'roles."senior rep".credit_limits.EUR must be a number.',
        ),
        ("", '[roles.rep]\nallows = "all"', "roles.rep.allows must be a list in [ ], not text in quotes."),
        ("", "[verification]\nlapse = 3", "verification.lapse is not a setting."),
        ("", '[systems."a.b"]\nkind = "crm"', 'systems."a.b" lacks the setting base_url.'),
        (
            "",
            '[systems."[...]"]\nkind = "erp"\nbase_url = "x"',
            "systems.\"[...]\".kind is 'erp', which is none of billing, crm, provisioning.",
        ),
        (
            "",
            '[[verification.methods]]\nname = "x"\nwords = 3',
            "verification.methods #1.words must be text in quotes, not a whole number.",
        ),
        ("lock_after_min = true", "", "lock_after_min must be a number, not true or false."),
        (
            "",
            "[verification]\nlapse_min = 1.5",
            "verification.lapse_min must be a whole number, not a number with decimals.",
        ),
        ("", '[verification]\nshown = ["birth"]', "verification.shown #1 is 'birth', which is none of name, phone."),
        ("locked = 1", "", "locked is not a setting."),
    ],
)
def test_the_setting_is_named(top: str, end: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_deployment(f"{top}\n{EXAMPLE}\n{end}\n", source="systems.toml")
    assert str(caught.value) == f"systems.toml: {told}"


@pytest.mark.parametrize("secret", ["audit.token", "vault:x", "keyring:"])
def test_a_secret_that_lies_nowhere_is_told_by_its_setting(secret: str) -> None:
    where = "must be store:NAME, keyring:SERVICE/NAME, env:NAME or file:PATH."
    with pytest.raises(ConfigurationError, match=f"^systems.toml: audit.secret {where}$"):
        parse_deployment(EXAMPLE + f'[audit]\nsecret = "{secret}"\n', source="systems.toml")
    with pytest.raises(ConfigurationError, match=f"^systems.toml: systems.crm.auth.secret {where}$"):
        parse_deployment(EXAMPLE.replace('secret = "store:crm"', f'secret = "{secret}"'), source="systems.toml")


def test_a_limit_that_is_no_amount_is_told() -> None:
    with pytest.raises(ConfigurationError, match="credit_limits.EUR must be between 0 and 1000000"):
        parse_deployment(EXAMPLE + "[roles.rep]\ncredit_limits = { EUR = nan }\n", source="systems.toml")


# Every setting once, also those that the example only mentions.
WHOLE = tomllib.loads(EXAMPLE) | tomllib.loads("""
lock_after_min = 10
hide_from_capture = false
[sign_in]
issuer = "https://login.example.net"
client = "opticom-desk"
scope = "openid"
claim = "roles"
offline_hours = 12
roles = { desk = "rep" }
[roles."senior rep"]
allows = ["read_audit"]
withholds = ["usage"]
masked = ["phone"]
credit_limits = { USD = 25 }
[verification]
required = true
shown = ["name"]
attempts = 3
closed_min = 15
lapse_min = 30
stronger = ["usage"]
without_caller = ["add_note"]
methods = [{ name = "birth", words = "Date of birth", checks = "birth_on", shows = "phone", opens = "account" }]
[audit]
url = "https://audit.example.net/in"
secret = "keyring:opticom/audit"
[store]
keep_days = 30
max_mb = 500
""")


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    for key, inside in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from places(inside, (*way, key))


AWKWARD = st.sampled_from(
    [
        float("nan"), float("inf"), "nan", "", " ", "\x00", "https://[", "http://crm", "store:", "keyring:a", "person", "oauth2",
        "v5", "EUR", "name", "0", -1, 0, 2**70, [], {},
    ]
)  # fmt: skip
ANYTHING = AWKWARD | st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.datetimes() | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.tuples(st.sampled_from(list(places(WHOLE))), ANYTHING), min_size=1, max_size=2))
def test_whatever_stands_in_a_setting_is_taken_or_told_in_a_sentence(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    document = copy.deepcopy(WHOLE)
    for way, value in changes:
        inside: Any = document
        try:
            for key in way[:-1]:
                inside = inside[key]
            inside[way[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change removed this position
    try:
        assert isinstance(deployment_of(document, source="systems.toml"), Deployment)
    except ConfigurationError as error:
        told = str(error)
    else:
        return
    assert told.startswith("systems.toml: ") or "profile" in told
    assert told.endswith(".")
