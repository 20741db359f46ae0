"""Legal responses of unusual shape: their values are shown in words or noted, never silently left out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.connectors.tmforum.records import bills, orders, usage

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def reader(**said: Any) -> RecordReader:
    return RecordReader({"id": "1", **said}, WireDialect(read_at=NOW))


def test_of_several_balances_without_a_type_none_is_owed() -> None:
    """The response does not say whether they are parts of one sum or one balance sent twice."""
    said = reader(accountBalance=[{"amount": {"unit": "EUR", "value": value}} for value in (10, 12)])
    account = bills.read_account(said)
    assert account.balance is None
    assert [str(one.amount) for one in account.other_balances] == ["10.00 EUR", "12.00 EUR"]
    assert any("accountBalance" in problem for problem in said.problems)


def test_one_balance_without_a_type_in_each_currency_is_the_accounts_own() -> None:
    amounts = [{"unit": "EUR", "value": 10}, {"unit": "USD", "value": 5}]
    account = bills.read_account(reader(accountBalance=[{"amount": amount} for amount in amounts]))
    assert [str(owed) for owed in (account.balance, *account.also_owed)] == ["10.00 EUR", "5.00 USD"]


@pytest.mark.parametrize("bucket", [{"href": "https://x.example/1"}, {}, {"bucketCounter": []}])
def test_a_bucket_that_says_nothing_is_no_allowance(bucket: dict[str, Any]) -> None:
    with pytest.raises(MalformedRecordError):
        usage.read_buckets(reader(usageConsumption=[{"bucketRefOrValue": [bucket]}]))


@pytest.mark.parametrize(
    "document",
    [{"href": "/doc/1", "size": {"amount": 12, "units": "kB"}}, {"size": {"amount": 12, "units": "kB"}, "id": "D"}],
    ids=["without a name", "without an address"],
)
def test_a_bills_document_without_name_or_address_is_told_in_words(document: dict[str, Any]) -> None:
    bill = bills.read_bill(reader(billDocument=[document]))
    assert "12 kB" in "".join(detail.text for detail in bill.details)


def test_an_item_whose_inner_items_say_nothing_is_told_in_words() -> None:
    item = {"billingAccount": {"name": "Home"}, "productOrderItem": [{"itemTerm": [{}]}]}
    order = orders.read_product_order(reader(productOrderItem=[item]))
    assert "Home" in "".join(detail.text for detail in order.details)
