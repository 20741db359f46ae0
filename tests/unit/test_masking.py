"""Values that a role sees only on demand are masked in every text of a record; the rest stays unchanged."""

import dataclasses
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from console.models.customer import ContactMedium, Customer, CustomerId, Party, PartyKind
from console.services.access.masking import masked, masked_text
from console.services.access.permissions import PersonalField
from tests.support.factories import records

ALL = frozenset(PersonalField)
CUSTOMER = Customer(
    CustomerId("CU-1"),
    "Harry Okoye",
    contact_media=(
        ContactMedium("mobile", "(937) 555-0142"),
        ContactMedium("email", "harry@example.com"),
        ContactMedium("postalAddress", "12 Elm Street", parts=(("street1", "12 Elm Street"),)),
    ),
    account_ids=("BA-1",),
)


def test_a_customer_keeps_everything_but_what_is_covered() -> None:
    shown = masked(CUSTOMER, ALL)
    assert [medium.text for medium in shown.contact_media] == ["••••••42", "h•••@•••", "12 Elm Street"]
    assert replace(shown, contact_media=CUSTOMER.contact_media) == CUSTOMER
    assert masked(CUSTOMER, frozenset({PersonalField.EMAIL})).contact_media[0].text == "(937) 555-0142"
    assert masked(CUSTOMER, frozenset()) is CUSTOMER


def test_a_day_of_birth_is_covered_and_its_party_is_not() -> None:
    party = Party("42", PartyKind.INDIVIDUAL, "Harry Okoye", birth_on="1980-11-25")
    assert masked(party, ALL) == dataclasses.replace(party, birth_on="••••-••-••")
    assert masked(party, frozenset({PersonalField.PHONE})) is party


def test_free_text_is_looked_through_and_records_are_found_in_lists() -> None:
    held = records("Called back at +1 937 555 0142, wrote to harry@example.com about order PO-2041877")
    [shown] = masked(held, ALL)
    assert shown.value == "Called back at ••••••42, wrote to h•••@••• about order PO-2041877"
    assert masked(held, ALL).read_at == held.read_at


@given(st.text(max_size=60), st.integers(10**9, 10**12), st.emails())
def test_no_number_and_no_address_is_left_in_any_text(around: str, number: int, email: str) -> None:
    shown = masked_text(f"{around} +{number} {email} {around}", ALL)
    assert str(number)[:-2] not in shown.replace(around, "") or str(number)[:-2] in around
    assert email.lower() not in shown.lower() or email.lower() in around.lower()
