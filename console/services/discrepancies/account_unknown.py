"""Rule: CRM has a billing account number that billing does not have.

Source: TMF629 v4 Customer, TMF666 v4 BillingAccount.
"""

from collections.abc import Iterator, Sequence

from console.messages import discrepancies as say
from console.models.billing_account import BillingAccount
from console.models.customer import Customer
from console.models.discrepancy import Discrepancy, DiscrepancyKind, SuggestedFix
from console.services.discrepancies.system_facts import SystemFacts
from console.settings import Capability

KIND = DiscrepancyKind.ACCOUNT_UNKNOWN


def find(facts: SystemFacts) -> Iterator[Discrepancy]:
    """Yield each account number of the customer record that billing does not list."""
    customer: Customer = facts.need("customer")
    accounts: Sequence[BillingAccount] = facts.need_whole("accounts")
    known = {account.id.casefold() for account in accounts}
    for account_id in customer.account_ids:
        if account_id.casefold() not in known:
            yield Discrepancy(
                KIND,
                account_id,
                account_id,
                (
                    facts.statement(
                        Capability.CUSTOMERS, say.HAS_ACCOUNT(account=account_id), customer.id, customer.since
                    ),
                    facts.statement(Capability.BILLING_ACCOUNTS, say.HAS_NO_SUCH_ACCOUNT(), account_id),
                ),
                None,
                None,
                say.OWED_NOT_SEEN(),
                (SuggestedFix("open-ticket", {"type": "dataCorrection", "other": account_id}),),
            )
