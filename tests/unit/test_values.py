"""Values of a standard-shaped response are read exactly: amount, sign, currency, day and unit."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from console.connectors.tmforum.actions.appointment import MoveAppointment
from console.connectors.tmforum.actions.promise import PromiseToPay
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.connectors.tmforum.records import addresses, bills, care, customer, inventory, money, orders, usage
from console.models.billing_account import OtherBalance
from console.models.customer import PartyKind
from console.models.inventory import PriceKind
from console.models.money import Money
from console.models.outbox import Action, RiskClass, Step
from console.models.payload import Payload
from console.models.provenance import Records
from console.ports.acting import StepOutcome
from console.services.access.permissions import DataScope
from console.services.customer.dataset_cache import DatasetCache, encode
from console.services.customer.datasets import KEPT_AS
from console.store.database import in_memory
from console.store.facts import FactRepository

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ZONES = ("Z", "+00:00", "+01:00", "-06:00", "+05:30", "+14:00", "")
HOURS = ("00:00:00", "23:59:59", "06:00:00.000")


def written(day: str) -> list[str]:
    return [day, *(f"{day}T{hour}{zone}" for zone in ZONES for hour in HOURS)]


@pytest.mark.parametrize("text", written("2026-12-01"))
def test_a_day_is_the_day_as_written_in_every_attribute_that_is_one(text: str) -> None:
    period = {"startDateTime": text, "endDateTime": text}
    first = date(2026, 12, 1)
    bill = bills.read_bill(RecordReader({"id": "B", "billDate": text, "paymentDueDate": text, "billingPeriod": period}))
    assert (bill.billed_on, bill.due_on, bill.period_start, bill.period_end) == (first,) * 4
    rate = bills.read_rate(RecordReader({"id": "R", "periodCoverage": period}))
    assert (rate.period_start, rate.period_end) == (first, first)
    account = bills.read_account(RecordReader({"id": "A", "paymentPlan": [{"validFor": period}]}))
    assert [plan.due_on for plan in account.payment_plans] == [first]
    born = customer.read_party(RecordReader({"id": "P", "birthDate": text}), PartyKind.INDIVIDUAL)
    assert born.birth_on == "2026-12-01"


@pytest.mark.parametrize("text", ["", None, "next week", "2026-13-01", "9999-12-31T00:00:00Z", 20261201])
def test_what_is_no_day_is_none(text: Any) -> None:
    assert bills.read_bill(RecordReader({"id": "B", "paymentDueDate": text})).due_on is None


def test_a_bill_is_late_from_the_day_after_it_is_due() -> None:
    bill = bills.read_bill(RecordReader({"id": "B", "paymentDueDate": "2026-12-01"}))
    assert not bill.is_late(date(2026, 12, 1))
    assert bill.is_late(date(2026, 12, 2))


async def test_what_was_kept_by_other_rules_is_not_shown_again() -> None:
    database = in_memory()
    store = FactRepository(database)
    old: Records[Any] = Records((), NOW)
    await store.save("CU-1", "bills|", lambda: encode(old), NOW)  # as the previous version saved it
    known = DatasetCache(store, KEPT_AS)
    assert await known.load_stored("CU-1") == {}
    assert await known.moments("CU-1") == []
    known.save("CU-1", (DataScope.BILLS, ""), old, NOW + timedelta(hours=1))
    await known.aclose()
    assert set(await DatasetCache(store, KEPT_AS).load_stored("CU-1")) == {("bills", "")}
    assert [moment.changed for moment in await known.moments("CU-1")] == [("bills",)]
    await database.aclose()


# ------------------------------------------------------------------ accounts


def euros(amount: str, unit: str = "EUR") -> Any:
    return {"unit": unit, "value": Decimal(amount)}


def account(**said: Any) -> Any:
    return bills.read_account(RecordReader({"id": "A", **said}, WireDialect(read_at=NOW)))


@pytest.mark.parametrize(
    "word", ["deposit", "depositBalance", "DEPOSIT_BALANCE", "loyalty", "loyaltyBalance", "disputed", "odd"]
)
def test_a_balance_that_is_no_receivable_is_not_owed(word: str) -> None:
    read = account(accountBalance=[{"balanceType": word, "amount": euros("100")}])
    assert read.balance is None
    assert read.other_balances == (OtherBalance(word, Money(Decimal(100), "EUR")),)


@pytest.mark.parametrize(
    ("word", "owed"),
    [("receivableBalance", 100), ("Receivable", 100), ("ReceivableBalance", 100), ("payable", -100), (None, 100)],
)
def test_a_receivable_is_owed_and_a_payable_the_other_way(word: str | None, owed: int) -> None:
    read = account(accountBalance=[{"balanceType": word, "amount": euros("100")}])
    assert read.balance == Money(Decimal(owed), "EUR")
    assert read.other_balances == ()


def test_the_balance_that_holds_now_is_taken_not_the_first() -> None:
    ended = {"balanceType": "receivable", "amount": euros("99"), "validFor": {"endDateTime": "2026-11-01"}}
    later = {"balanceType": "receivable", "amount": euros("98"), "validFor": {"startDateTime": "2026-12-01"}}
    now = {"balanceType": "receivable", "amount": euros("10"), "validFor": {"startDateTime": "2026-11-01T00:00:00Z"}}
    assert account(accountBalance=[ended, later, now]).balance == Money(Decimal(10), "EUR")


def test_what_is_owed_in_two_currencies_is_two_amounts() -> None:
    kind = {"balanceType": "receivable"}
    read = account(accountBalance=[{**kind, "amount": euros("10")}, {**kind, "amount": euros("5", "USD")}])
    assert (read.balance, read.also_owed) == (Money(Decimal(10), "EUR"), (Money(Decimal(5), "USD"),))


@pytest.mark.parametrize("word", ["account holder", "accountHolder", "Account_Holder", "owner", "customer"])
def test_the_holder_is_found_by_role_not_by_place(word: str) -> None:
    bob = {"contactName": "Bob Tech", "contactType": "technical"}
    assert account(contact=[bob, {"contactName": "Ann", "contactType": word}]).holder == "Ann"
    assert account(contact=[bob, {"contactName": "Ann", "partyRoleType": word}]).holder == "Ann"
    assert account(contact=[bob], relatedParty=[{"id": "P", "name": "Ann", "role": word}]).holder == "Ann"


def test_one_of_several_contacts_without_a_role_is_nobodys_name() -> None:
    assert account(contact=[{"contactName": "Bob"}, {"contactName": "Cy"}]).holder is None
    assert account(contact=[{"contactName": "Ann"}]).holder == "Ann"


# ------------------------------------------------------------------ contact data


def media_v4(text: str, **said: Any) -> Any:
    return {"mediumType": "mobile", "characteristic": {"phoneNumber": text}, **said}


def media_v5(text: str, **said: Any) -> Any:
    return {"@type": "PhoneContactMedium", "contactType": "mobile", "phoneNumber": text, **said}


@pytest.mark.parametrize("shape", [media_v4, media_v5])
def test_a_number_that_has_ended_is_not_the_main_one(shape: Any) -> None:
    old = shape("+442071838750", validFor={"endDateTime": "2019-03-01T00:00:00Z"}, preferred=True)
    read = customer.read_customer(RecordReader({"id": "C", "contactMedium": [old, shape("+442071838751")]}))
    assert [medium.text for medium in read.contact_media] == ["+442071838751"]
    assert [medium.text for medium in read.ended_media] == ["+442071838750"]


@pytest.mark.parametrize("shape", [media_v4, media_v5])
@pytest.mark.parametrize("kind", PartyKind)
def test_media_are_read_in_either_shape_whatever_the_type_says(shape: Any, kind: PartyKind) -> None:
    record = {"id": "P", "@type": "Individual", "contactMedium": [shape("+442071838750")]}
    assert [medium.text for medium in customer.read_party(RecordReader(record), kind).contact_media] == [
        "+442071838750"
    ]


@pytest.mark.parametrize("country", ["US", "USA", "us", "United States", "United States of America", "U.S.A."])
def test_an_address_loses_no_state_however_its_country_is_written(country: str) -> None:
    address = {"street1": "1 Main St", "city": "Dayton", "stateOrProvince": "OH", "postCode": "45402"}
    assert addresses.postal_address(RecordReader({**address, "country": country})) == "1 Main St, Dayton OH 45402"


def test_an_address_of_a_country_nobody_knows_keeps_all_its_parts() -> None:
    address = {"city": "Dayton", "stateOrProvince": "OH", "postCode": "45402", "country": "Atlantis"}
    assert addresses.postal_address(RecordReader(address)) == "45402 Dayton OH"


# ------------------------------------------------------------------ states


@pytest.mark.parametrize(
    "word", ["partiallyPaid", "PartiallyPaid", "PARTIALLY_PAID", "partially paid", "partially-paid"]
)
def test_a_state_is_the_standards_whatever_its_case_and_signs(word: str) -> None:
    assert bills.read_bill(RecordReader({"id": "B", "state": word})).state == "partiallyPaid"


def test_a_state_that_the_standard_does_not_know_stays_as_it_came() -> None:
    assert bills.read_bill(RecordReader({"id": "B", "state": "Reminded Twice"})).state == "Reminded Twice"


# ------------------------------------------------------------------ prices


def price(kind: str | None, amount: str, **said: Any) -> Any:
    return {"priceType": kind, "price": {"dutyFreeAmount": euros(amount)}, **said}


def product(*prices: Any, **said: Any) -> Any:
    record = {"id": "P", "startDate": "2026-10-01T00:00:00Z", "productPrice": list(prices), **said}
    return inventory.read_product(RecordReader(record, WireDialect(read_at=NOW)))


@pytest.mark.parametrize("once", ["oneTime", "one time", "nonRecurring", "one-off", "oneTimeCharge"])
@pytest.mark.parametrize("monthly", ["recurring", "Recurring", "reccurring", "recurringCharge", "recurringPrice"])
def test_a_price_paid_once_is_not_a_price_a_month(once: str, monthly: str) -> None:
    read = product(price(once, "49"), price(monthly, "29.95", recurringChargePeriod="monthly"))
    assert (read.price, read.price_period) == (Money(Decimal("29.95"), "EUR"), "month")
    assert [(one.kind, one.amount.amount) for one in read.other_prices] == [(PriceKind.ONE_TIME, 49)]


def test_recurring_prices_are_added_up_by_period_and_currency() -> None:
    month = {"recurringChargePeriod": "month"}
    year = price("recurring", "60", recurringChargePeriod="annual")
    read = product(price("recurring", "20", **month), price("recurring", "5", **month), year)
    assert (read.price, read.price_period) == (Money(Decimal(25), "EUR"), "month")
    assert [(one.amount.amount, one.period) for one in read.other_prices] == [(60, "year")]


@pytest.mark.parametrize("key", ["productPriceAlteration", "priceAlteration"])
def test_an_alteration_holds_until_its_end(key: str) -> None:
    half = {"priceType": "recurring", "price": {"percentage": 50}, "applicationDuration": 3}
    month = {"recurringChargePeriod": "month"}
    now = product(price("recurring", "20", **month, **{key: [half]}))
    assert (now.price, now.full_price) == (Money(Decimal("10.00"), "EUR"), Money(Decimal(20), "EUR"))
    assert now.price_until == datetime(2027, 1, 1, tzinfo=UTC)
    over = product(price("recurring", "20", **month, **{key: [{**half, "applicationDuration": 1}]}))
    assert (over.price, over.price_until) == (Money(Decimal(20), "EUR"), None)
    less = {"priceType": "discount", "price": {"dutyFreeAmount": euros("3")}}
    assert product(price("recurring", "20", **month, **{key: [less]})).price == Money(Decimal(17), "EUR")


@pytest.mark.parametrize(
    "odd",
    [
        {"priceType": "recurring", "price": {"dutyFreeAmount": euros("3")}},
        {"priceType": "recurring", "price": {"percentage": -20}},
        {
            "priceType": "recurring",
            "price": {"percentage": 50},
            "applicationDuration": 3,
            "recurringChargePeriod": "moon",
        },
        {"priceType": "recurring", "price": {"dutyFreeAmount": euros("-3", "USD")}},
    ],
)
def test_an_alteration_that_may_mean_two_amounts_makes_no_price(odd: Any) -> None:
    record = {"id": "P", "startDate": "2026-10-01", "productPrice": [price("recurring", "20", priceAlteration=[odd])]}
    reader = RecordReader(record, WireDialect(read_at=NOW))
    read = inventory.read_product(reader)
    assert read.price is None
    assert reader.problems == ["an alteration of a price cannot be read"]
    assert [(one.amount.amount, one.certain) for one in read.other_prices] == [(20, False)]


def test_a_price_told_with_tax_alone_is_not_taken_for_one_before_it() -> None:
    with_tax = {
        "priceType": "recurring",
        "recurringChargePeriod": "month",
        "price": {"taxIncludedAmount": euros("29.99")},
    }
    read = product(with_tax)
    assert read.price is None
    assert [(one.amount.amount, one.with_tax) for one in read.other_prices] == [(Decimal("29.99"), True)]


# ------------------------------------------------------------------ usage and allowances


def used(*characteristics: tuple[str, Any]) -> str:
    facts = [{"name": name, "value": value} for name, value in characteristics]
    return usage.read_usage(RecordReader({"id": "U", "usageCharacteristic": facts})).amount


def test_each_amount_of_a_use_has_its_own_unit() -> None:
    assert used(("duration", 600), ("volume", Decimal("1.2")), ("unit", "GB")) == "duration 600, volume 1.2 GB"
    assert (
        used(("duration", 600), ("volume", {"amount": 2, "units": "MB"}), ("unit", "s"))
        == "duration 600 s, volume 2 MB"
    )
    assert (
        used(("volume", 5), ("durationUnit", "s"), ("volumeUnit", "KB"), ("duration", 9)) == "volume 5 KB, duration 9 s"
    )
    assert used(("duration", 3), ("unit", "min")) == "3 min"
    assert used(("quantity", 1), ("unit", "SMS")) == "1 SMS"


def counter(kind: str, amount: int, units: str, **said: Any) -> Any:
    return {"counterType": kind, "value": {"amount": amount, "units": units}, **said}


def buckets(**said: Any) -> Any:
    return usage.read_buckets(RecordReader({"id": "Q", **said}, WireDialect(read_at=NOW)))


@pytest.mark.parametrize("key", ["bucketRefOrValue", "bucket"])
def test_used_and_allowed_keep_their_units(key: str) -> None:
    found = buckets(
        usageConsumption=[{key: [{"bucketCounter": [counter("used", 512, "MB"), counter("allowed", 2, "GB")]}]}]
    )
    assert (str(found[0].used), str(found[0].allowed)) == ("512 MB", "2 GB")
    assert found[0].share == pytest.approx(0.256)


def test_the_counter_for_all_is_the_total_and_each_users_stands_beside_it() -> None:
    ann, ben = ({"level": "user", "user": {"id": name, "name": name}} for name in ("Ann", "Ben"))
    counters = [
        counter("used", 9, "GB", level="global"),
        counter("used", 4, "GB", **ann),
        counter("used", 5, "GB", **ben),
    ]
    for order in (counters, counters[::-1]):
        (bucket,) = buckets(usageConsumption=[{"bucket": [{"bucketCounter": order}]}])
        assert str(bucket.used) == "9 GB"
        assert sorted((one.user, str(one.value)) for one in bucket.counters) == [("Ann", "4 GB"), ("Ben", "5 GB")]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"usageConsumption": "none"},
        {"usageConsumption": [{"id": "U"}]},
        {"errorMessage": [{"reason": "no such number"}]},
    ],
)
def test_an_answer_without_allowances_is_not_none_of_them(answer: Any) -> None:
    with pytest.raises(MalformedRecordError):
        buckets(**answer)


def test_no_allowances_are_none() -> None:
    assert buckets(usageConsumption=[]) == buckets(usageConsumption=[{"bucket": []}]) == ()


# ------------------------------------------------------------------ nested values


def test_items_inside_items_are_read() -> None:
    inner = {
        "id": "2",
        "action": "add",
        "product": {"name": "Router"},
        "productOrderItem": [{"id": "3", "action": "add"}],
    }
    order = {
        "id": "O",
        "productOrderItem": [{"id": "1", "productOffering": {"name": "Bundle"}, "productOrderItem": [inner]}],
    }
    read = orders.read_product_order(RecordReader(order))
    assert [(item.id, item.name) for item in read.items] == [("1", "Bundle"), ("2", "Router"), ("3", "")]


def details_of(record: Any) -> dict[str, str]:
    return {one.name: one.text or str(one.amount or one.at or one.on) for one in record.details}


def test_what_an_order_says_besides_is_kept() -> None:
    total = {"priceType": "recurring", "price": {"taxIncludedAmount": euros("20")}, "recurringChargePeriod": "month"}
    said = {
        "orderTotalPrice": [total],
        "note": [{"text": "Call first", "author": "Ann"}],
        "requestedCompletionDate": "2026-12-03T00:00:00Z",
    }
    order = RecordReader({"id": "O", **said})
    found = details_of(orders.read_product_order(order))
    assert found["note"] == "Call first"
    assert found["requestedCompletionDate"].startswith("2026-12-03")
    assert "orderTotalPrice" in found
    assert order.problems == []


def test_a_payment_method_given_by_value_is_named_and_its_number_is_not() -> None:
    by_value = {"@type": "bankCard", "details": {"brand": "Visa", "lastFourDigits": "4242"}}
    assert money.read_payment(RecordReader({"id": "P", "paymentMethod": by_value})).method == "Visa …4242"
    by_type = {"@type": "bankAccountTransfer", "details": {"accountNumberBAN": "FR7630006000011234567890189"}}
    assert money.read_payment(RecordReader({"id": "P", "paymentMethod": by_type})).method == "bankAccountTransfer …0189"


def test_an_appointment_has_its_address() -> None:
    address = {"streetNr": "12", "streetName": "Main St", "city": "Dayton", "stateOrProvince": "OH", "country": "US"}
    appointment = care.read_appointment(
        RecordReader({"id": "A", "relatedPlace": {"role": "install", "place": address}})
    )
    assert appointment.place == "12 Main St, Dayton OH"


def test_a_ticket_keeps_attachments_and_related_parties() -> None:
    party = {"role": "reporter", "partyOrPartyRole": {"id": "P", "name": "Jo", "@referredType": "Individual"}}
    ticket = care.read_ticket(RecordReader({"id": "T", "relatedParty": [party], "attachment": [{"name": "photo.jpg"}]}))
    assert details_of(ticket) == {"relatedParty": "Jo", "attachment": "photo.jpg"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"amount": 100, "units": "Mbps"}, "100 Mbps"),
        ([1, 2], "1, 2"),
        ({"id": "1", "name": "Gold"}, "Gold"),
        ({"from": "a", "to": ["b", "c"]}, "from a, to b, c"),
        (True, "true"),
    ],
)
def test_a_characteristic_of_any_shape_is_shown(value: Any, words: str) -> None:
    record = {"id": "P", "productCharacteristic": [{"name": "speed", "value": value}]}
    assert inventory.read_product(RecordReader(record)).characteristics == (("speed", words),)


# ------------------------------------------------------------------ single values


@pytest.mark.parametrize("unit", ["eur", "EUR ", " Eur", "€"])
def test_a_currency_is_read_however_it_is_written(unit: str) -> None:
    bill = bills.read_bill(RecordReader({"id": "B", "amountDue": {"unit": unit, "value": Decimal("12.50")}}))
    assert bill.amount_due == Money(Decimal("12.50"), "EUR")


def test_a_unit_that_nobody_knows_costs_no_amount() -> None:
    bill = bills.read_bill(RecordReader({"id": "B", "amountDue": {"unit": "points", "value": 12}}))
    assert bill.amount_due == Money(Decimal(12), "points")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-01T24:00:00Z", datetime(2026, 11, 2, tzinfo=UTC)),
        ("2026-12-31T24:00:00+01:00", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("2026-11-01T23:59:60Z", datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_last_midnight_and_the_leap_second_are_times(text: str, at: datetime) -> None:
    assert care.read_ticket(RecordReader({"id": "T", "creationDate": text})).created_at == at


@pytest.mark.parametrize(
    ("text", "amount"), [("12,50", "12.50"), ("1.250,00", "1250.00"), ("1 250,00 EUR", "1250.00"), ("-3,2", "-3.2")]
)
def test_a_setting_reads_decimal_commas(text: str, amount: str) -> None:
    commas = RecordReader({"id": "B", "amountDue": text}, WireDialect("EUR", decimal_mark=","))
    assert bills.read_bill(commas).amount_due == Money(Decimal(amount), "EUR")
    points = RecordReader({"id": "B", "amountDue": text}, WireDialect("EUR"))
    assert bills.read_bill(points).amount_due is None
    assert points.problems


@pytest.mark.parametrize("number", [1001, Decimal("1001.0"), "1001"])
def test_a_number_is_an_id_however_it_is_written(number: Any) -> None:
    account = {"id": number}
    assert bills.read_bill(RecordReader({"id": number, "billingAccount": account})).id == "1001"
    assert bills.read_bill(RecordReader({"id": number, "billingAccount": account})).account_id == "1001"


# ------------------------------------------------------------------ times that occur twice


ECHOES = ["2026-12-03T08:00:00Z", "2026-12-03T09:00:00+01:00", "2026-12-03T08:00:00.000Z", "2026-12-03T02:00:00-06:00"]


@pytest.mark.parametrize("echo", ECHOES)
def test_a_appointment_is_unmoved_however_its_server_writes_the_hour(echo: str) -> None:
    known = Payload.read({"starts": "2026-12-03T08:00:00+00:00", "ends": "2026-12-03T10:00:00+00:00"})
    step = Step("move-visit", "crm", "k", known, "A", base=known)
    action = Action("1", "C", "Move", RiskClass.NOTE, NOW, (step,))
    held = MoveAppointment().current_values(
        {"validFor": {"startDateTime": echo, "endDateTime": "2026-12-03T10:00:00Z"}}, action, step
    )
    assert Payload.read(held) == known
    moved = MoveAppointment().current_values({"validFor": {"startDateTime": "2026-12-04T08:00:00Z"}}, action, step)
    assert moved["starts"] == datetime(2026, 12, 4, 8, tzinfo=UTC)


class OneAccount:
    """A client of a system that has one account with one payment plan."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan

    async def fetch_raw(self, _resource: str, _number: str, *, owner: str) -> tuple[dict[str, Any], None]:
        return {"paymentPlan": [self.plan]}, None

    def settings(self, _resource: str) -> SimpleNamespace:
        return SimpleNamespace(version="v4")

    def reader(self, _resource: str, record: dict[str, Any]) -> RecordReader:
        return RecordReader(record, WireDialect("EUR"))


@pytest.mark.parametrize("echo", ["2026-11-27T12:00:00.250Z", "2026-11-27T13:00:00.250+01:00", "2026-11-27T12:00:00Z"])
async def test_a_promise_is_known_again_however_its_server_writes_the_moment(echo: str) -> None:
    step = Step(
        "promise", "billing", "k", Payload({"amount": Money(Decimal(5), "EUR"), "due_on": date(2026, 12, 4)}), "A"
    )
    action = Action("1", "C", "Promise", RiskClass.NOTE, NOW.replace(microsecond=250_000), (step,))
    plan = {"planType": "promiseToPay", "validFor": {"startDateTime": echo}}
    promise, later = PromiseToPay("promiseToPay"), {**plan, "validFor": {"startDateTime": "2026-11-27T12:01:00Z"}}
    assert (await promise.look_up(OneAccount(plan), action, step)).outcome is StepOutcome.HAPPENED
    assert (await promise.look_up(OneAccount(later), action, step)).outcome is StepOutcome.DID_NOT
