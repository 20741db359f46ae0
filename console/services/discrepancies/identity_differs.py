"""Rules: CRM and billing have different names, addresses, phone numbers or e-mail addresses.

Source: TMF629 v4 ContactMedium, TMF666 v4 BillingAccount.
"""

from collections.abc import Iterator, Sequence

from console.messages import Message
from console.messages import discrepancies as say
from console.models.billing_account import BillingAccount
from console.models.customer import ContactMedium, Customer
from console.models.discrepancy import Discrepancy, DiscrepancyKind, NotCompared, SuggestedFix
from console.models.name_words import fold
from console.services.discrepancies.system_facts import SystemFacts
from console.services.search.phone import is_same_number
from console.settings import Capability


def find_address(facts: SystemFacts) -> Iterator[Discrepancy | NotCompared]:
    """Yield each billing account whose postal address is not among CRM's."""
    yield from _media(facts, ("address",), DiscrepancyKind.ADDRESS_DIFFERS, say.LETTERS_GO_WRONG())


def find_contact(facts: SystemFacts) -> Iterator[Discrepancy | NotCompared]:
    """Yield each billing account whose phone number or e-mail address is not among CRM's."""
    yield from _media(facts, ("phone", "email"), DiscrepancyKind.CONTACT_DIFFERS, say.MESSAGES_GO_WRONG())


def find_name(facts: SystemFacts) -> Iterator[Discrepancy | NotCompared]:
    """Yield each billing account whose holder has another name than the customer."""
    customer: Customer = facts.need("customer")
    accounts: Sequence[BillingAccount] = facts.need("accounts")
    for account in accounts:
        if not account.holder:
            yield NotCompared(DiscrepancyKind.NAME_DIFFERS, say.NOBODY_NAMED(account=account.id))
        elif _plain(account.holder) != _plain(customer.name):
            yield Discrepancy(
                DiscrepancyKind.NAME_DIFFERS,
                customer.name,
                account.id,
                (
                    facts.statement(Capability.CUSTOMERS, customer.name, customer.id, customer.since),
                    facts.statement(Capability.BILLING_ACCOUNTS, account.holder, account.id),
                ),
                customer.since.date() if customer.since else None,
                None,
                say.ASK_FOR_THE_NAME(),
                (SuggestedFix("correct-account", {"account": account.id, "name": customer.name}),),
            )


def _media(
    facts: SystemFacts, kinds: Sequence[str], kind: DiscrepancyKind, meaning: Message
) -> Iterator[Discrepancy | NotCompared]:
    customer: Customer = facts.need("customer")
    accounts: Sequence[BillingAccount] = facts.need("accounts")
    for account in accounts:
        for one in kinds:
            ours, theirs = _texts(customer.contact_media, one), _texts(account.contact_media, one)
            if kind is DiscrepancyKind.ADDRESS_DIFFERS and not (ours and theirs):
                lacks = say.BILLING_WITHOUT_ADDRESS if ours else say.CRM_WITHOUT_ADDRESS
                yield NotCompared(kind, lacks(account=account.id))
            is_same = is_same_number if one == "phone" else _is_same_text
            if not ours or not theirs or any(is_same(text, other) for text in ours for other in theirs):
                continue
            yield Discrepancy(
                kind,
                customer.name,
                account.id,
                (
                    facts.statement(Capability.CUSTOMERS, ours[0], customer.id, customer.since),
                    facts.statement(Capability.BILLING_ACCOUNTS, theirs[0], account.id),
                ),
                customer.since.date() if customer.since else None,
                None,
                meaning,
                (SuggestedFix("correct-account", {"account": account.id, one: ours[0]}),),
            )


def _texts(media: Sequence[ContactMedium], kind: str) -> list[str]:
    return [medium.text for medium in media if medium.kind == kind]


def _is_same_text(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    """Return a text for comparison: without case, accents and punctuation, which systems store differently."""
    return fold(text).replace(" ", "")
