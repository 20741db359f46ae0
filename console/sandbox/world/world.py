"""The whole world: its customers on one day, and all data that the systems serve about them."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from console.sandbox.world.bills import Bill, derive_bills, differences
from console.sandbox.world.biography import derive_history
from console.sandbox.world.contacts import derive_contacts
from console.sandbox.world.customer_history import CustomerHistory, Interaction, SeededDiscrepancy
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.people import WorldPerson, company_head, derive_person
from console.sandbox.world.usage import Allowance, Usage, derive_allowances, derive_usage

T = TypeVar("T")
_REMEMBERED = 500


class World:
    """Customers 0 to `customers` - 1 of a seed, as of a day; the same arguments give the same world."""

    def __init__(self, *, seed: int, customers: int, as_of: date, billing_seed: int | None = None) -> None:
        self.seed = seed
        self.billing_seed = billing_seed
        self.customers = customers
        self.as_of = as_of
        self.numbers = Numbers(seed, billing_seed)
        self._lives: OrderedDict[int, CustomerHistory] = OrderedDict()
        self._bills: OrderedDict[int, list[Bill]] = OrderedDict()
        self._contacts: OrderedDict[int, list[Interaction]] = OrderedDict()
        self._usage: OrderedDict[int, list[Usage]] = OrderedDict()

    def person(self, n: int) -> WorldPerson:
        return derive_person(self.seed, n, self.as_of)

    def history(self, n: int) -> CustomerHistory:
        return _remember(self._lives, n, lambda: derive_history(self.seed, n, self.as_of))

    def bills(self, n: int) -> list[Bill]:
        """Return all bills of a customer, newest first."""

        def derive() -> list[Bill]:
            history = self.history(n)
            found = [bill for account in range(history.accounts) for bill in derive_bills(self.seed, history, account)]
            return sorted(found, key=lambda bill: bill.billed_on, reverse=True)

        return _remember(self._bills, n, derive)

    def contacts(self, n: int) -> list[Interaction]:
        """Return the interactions with a customer, newest first."""
        return _remember(self._contacts, n, lambda: derive_contacts(self.seed, self.history(n)))

    def usage(self, n: int) -> list[Usage]:
        """Return a customer's usage of the last periods, newest first."""
        return _remember(self._usage, n, lambda: derive_usage(self.seed, self.history(n), self.bills(n)))

    def allowances(self, n: int) -> list[Allowance]:
        return derive_allowances(self.seed, self.history(n))

    def relations(self, n: int) -> list[tuple[int, str]]:
        """Return the customers related to one, each with its role: household member, parent company or subsidiary."""
        found: list[tuple[int, str]] = []
        if n % 20 == 1 and self.history(n).twin_of is None:
            found.append((n - 1, "householdMember"))
        if n % 20 == 0 and n + 1 < self.customers and self.history(n + 1).twin_of is None:
            found.append((n + 1, "householdMember"))
        head = company_head(n)
        if head is not None and self.person(head).company is not None:
            found.append((head, "parentCompany"))
        if n % 50 == 10 and self.person(n).company is not None:
            below = range(n + 1, min(n + 4, self.customers))
            found += [(other, "subsidiary") for other in below if company_head(other) == n]
        return found

    def account_serial(self, n: int, account: int) -> int:
        return n * Numbers.ACCOUNTS + account

    def bill_serial(self, n: int, bill: Bill) -> int:
        return self.account_serial(n, bill.account) * Numbers.MONTHS + bill.month

    def customer_of(self, serial: int | None, parts: int = 1) -> Iterator[int]:
        """Yield the customer of a serial, if it exists; `parts` is the number of serials per customer."""
        if serial is not None and 0 <= serial // parts < self.customers:
            yield serial // parts

    def pin(self, n: int) -> str | None:
        """Return the four-digit PIN of a customer's account; one customer in eight has none."""
        drawn = int.from_bytes(hashlib.blake2b(f"pin {self.seed} {n}".encode(), digest_size=8).digest())
        return None if drawn % 8 == 0 else f"{drawn // 8 % 10_000:04d}"

    def number_of_record(self, n: int) -> str | None:
        """Return a phone number that a service of the customer has had for at least 30 days, or None."""
        long_ago = self.as_of - timedelta(days=30)
        for sub in self.history(n).subscriptions:
            if (
                sub.plan.family in {"mobile", "voice"}
                and sub.detail
                and not sub.ended_on
                and sub.started_on <= long_ago
            ):
                return sub.detail
        return None

    def truth(self, n: int) -> dict[str, Any]:
        """Return the truth about a customer: caller facts, discrepancies and the causes of all bill differences."""
        history, numbers = self.history(n), self.numbers
        bills: dict[int, list[Bill]] = {}
        for bill in reversed(self.bills(n)):
            bills.setdefault(bill.account, []).append(bill)
        return {
            "customer": numbers.customer.encode(n),
            "callerKnows": {
                "birthDate": history.person.born_on.isoformat(),
                "accounts": [numbers.account.encode(self.account_serial(n, one)) for one in range(history.accounts)],
                "pin": self.pin(n),
            },
            "duplicateOf": None if history.twin_of is None else numbers.customer.encode(history.twin_of),
            "stories": [{"kind": story.kind, "on": story.on.isoformat()} for story in history.stories],
            "contradictions": [self._discrepancy(n, item) for item in history.discrepancies],
            "billDifferences": [
                {
                    "bill": numbers.bill.encode(self.bill_serial(n, later)),
                    "before": numbers.bill.encode(self.bill_serial(n, earlier)),
                    "currency": history.person.country.currency,
                    "cents": later.total - earlier.total,
                    "causes": differences(earlier, later),
                }
                for account in bills.values()
                for earlier, later in pairwise(account)
            ],
        }

    def _discrepancy(self, n: int, item: SeededDiscrepancy) -> dict[str, Any]:
        numbers, serial = self.numbers, n * Numbers.ITEMS
        account = None if item.account is None else self.account_serial(n, item.account)
        bill = None if item.month is None or account is None else account * Numbers.MONTHS + item.month
        return {
            "kind": item.kind,
            "since": item.since.isoformat(),
            "account": None if account is None else numbers.account.encode(account),
            "product": None if item.subscription is None else numbers.product.encode(serial + item.subscription),
            "order": None if item.order is None else numbers.product_order.encode(serial + item.order),
            "bill": None if bill is None else numbers.bill.encode(bill),
        }


def _remember(store: OrderedDict[int, T], n: int, derive: Callable[[], T]) -> T:
    if n not in store:
        store[n] = derive()
        if len(store) > _REMEMBERED:
            store.popitem(last=False)
    store.move_to_end(n)
    return store[n]
