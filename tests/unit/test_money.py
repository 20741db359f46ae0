from decimal import Decimal

import pytest

from console.models.money import Money


def test_amounts_of_one_currency_add_exactly() -> None:
    tenth, fifth = Money(Decimal("0.1"), "USD"), Money(Decimal("0.2"), "USD")
    assert tenth + fifth == Money(Decimal("0.3"), "USD")
    assert tenth - fifth == Money(Decimal("-0.1"), "USD")


def test_different_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1520", "USD", "1,520.00 USD"),
        ("1234.5", "JPY", "1,234.5 JPY"),
        ("12", "JPY", "12 JPY"),
        ("1.2", "KWD", "1.200 KWD"),
        ("0.005", "USD", "0.005 USD"),
    ],
)
def test_decimals_are_the_currencys_and_never_fewer_than_the_amount_has(amount: str, currency: str, shown: str) -> None:
    assert str(Money(Decimal(amount), currency)) == shown
