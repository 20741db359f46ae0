"""What is wrong with the shape of a configuration is told by the setting's own name, in words of the file."""

import pytest

from console.errors import ConfigurationError
from console.resources_folder import RESOURCES
from console.settings import parse_deployment

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
        ("", "[verification]\nlapse = 3", "verification has no setting lapse."),
        ("", '[systems."a.b"]\nkind = "crm"', 'systems."a.b" lacks the setting base_url.'),
        ("", '[systems."[...]"]\nkind = "erp"\nbase_url = "x"', "systems.\"[...]\".kind cannot be 'erp'."),
        (
            "",
            '[[verification.methods]]\nname = "x"\nwords = 3',
            "verification.methods #1.words must be text in quotes, not a whole number.",
        ),
        ("lock_after_min = true", "", "lock_after_min must be a number, not true or false."),
        ("locked = 1", "", "the file has no setting locked."),
    ],
)
def test_the_setting_is_named(top: str, end: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_deployment(f"{top}\n{EXAMPLE}\n{end}\n", source="systems.toml")
    assert str(caught.value) == f"systems.toml: {told}"


def test_a_limit_that_is_no_amount_is_told() -> None:
    with pytest.raises(ConfigurationError, match="credit_limits.EUR must be between 0 and 1000000"):
        parse_deployment(EXAMPLE + "[roles.rep]\ncredit_limits = { EUR = nan }\n", source="systems.toml")
