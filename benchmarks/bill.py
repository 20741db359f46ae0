"""bill: explanations of the difference between consecutive bills, compared with the sandbox's true causes.

10,000 customers, with seeds that were not used in development. Each sum must be exact. A cause is right if its amount
is the true one, to the cent. Faults planted in the explanation must lower the score. No timing.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec

from benchmarks.result import Result
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records.bills import read_bill, read_rate
from console.http.responses import decode_body
from console.models.bill_explanation import BillExplanation, CauseKind
from console.models.customer_bill import AppliedBillingRate, CustomerBill
from console.models.money import minor_digits
from console.sandbox.resources.shapes import Links
from console.sandbox.resources.tmf678_customer_bill import APPLIED_RATE, CUSTOMER_BILL
from console.sandbox.world import World
from console.services.billing.bill_explained import explain

# `--seed N` selects other worlds.
_FIRST_SEED = int(os.environ.get("OPTICOM_BENCH_SEED") or 90_001)
_SEEDS = tuple(range(_FIRST_SEED, _FIRST_SEED + 5))
_CUSTOMERS = int(os.environ.get("OPTICOM_BENCH_CUSTOMERS", "10000"))  # fewer for a quick run
_LINKS = Links({"billing": "http://billing", "crm": "http://crm", "provisioning": "http://provisioning"})
# The world's names for causes, and the console's.
_TRUTH = {
    "added": CauseKind.ADDED, "removed": CauseKind.REMOVED, "priceChange": CauseKind.PRICE,
    "promotion": CauseKind.PROMOTION, "proration": CauseKind.PART_MONTH, "usage": CauseKind.USAGE,
    "fraud": CauseKind.USAGE, "oneOff": CauseKind.ONE_OFF, "move": CauseKind.ONE_OFF, "credit": CauseKind.CREDIT,
    "fraudCredit": CauseKind.CREDIT, "latePayment": CauseKind.LATE_PAYMENT, "tax": CauseKind.TAX,
}  # fmt: skip
Lines = list[AppliedBillingRate]
Explain = Callable[[CustomerBill, Lines, CustomerBill, Lines], BillExplanation]


def measure() -> list[Result]:
    """Return all cases."""
    right, wrong, inexact, pairs = _score(explain, _SEEDS, _CUSTOMERS)
    causes = sum(right.values()) + sum(wrong.values())
    for kind in sorted(right | wrong, key=lambda kind: right[kind] / max(1, right[kind] + wrong[kind])):
        print(f"bill: {kind.value:<14}{right[kind]:>7} right of {right[kind] + wrong[kind]:>7}")
    blind = [fault.__name__ for fault in _PLANTED if not _is_found(fault)]
    print(f"bill: {_CUSTOMERS} customers, {pairs} pairs of bills, {causes} causes; faults not noticed: {blind}")
    return [
        Result("bill", "sums that are not exact", float(inexact), "of", float(pairs)),
        Result("bill", "causes that are right", float(sum(right.values())), "of", float(causes)),
        Result("bill", "planted faults not found", float(len(blind)), "of", float(len(_PLANTED))),
    ]


def _score(
    explaining: Explain, seeds: tuple[int, ...], customers: int
) -> tuple[Counter[CauseKind], Counter[CauseKind], int, int]:
    """Return the right causes and the wrong causes by kind, the number of sums not exact, and of bill pairs."""
    right, wrong = Counter[CauseKind](), Counter[CauseKind]()
    inexact = pairs = 0
    for seed in seeds:
        world = World(seed=seed, customers=customers // len(seeds), as_of=date(2026, 11, 1))
        for n in range(world.customers):
            truth = {(item["before"], item["bill"]): item for item in world.truth(n)["billDifferences"]}
            for earlier, old, later, new in _pairs(world, n):
                found = explaining(earlier, old, later, new)
                pairs += 1
                said = sum((cause.amount.amount for cause in found.causes), start=Decimal(0))
                inexact += said != found.difference.amount
                true = truth[earlier.id, later.id]
                unit = Decimal(1).scaleb(-minor_digits(true["currency"]))
                wanted: dict[CauseKind, Decimal] = defaultdict(Decimal)
                for cause, cents in true["causes"].items():
                    wanted[_TRUTH[cause]] += cents * unit
                given: dict[CauseKind, Decimal] = defaultdict(Decimal)
                for one in found.causes:
                    given[one.kind] += one.amount.amount
                for kind in {kind for kind in (*wanted, *given) if wanted[kind] or given[kind]}:
                    (right if wanted[kind] == given[kind] else wrong)[kind] += 1
    return right, wrong, inexact, pairs


def _on_the_wire(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return records as they arrive over HTTP: numbers become exact decimals."""
    found: list[dict[str, Any]] = decode_body(msgspec.json.encode(records))
    return found


def _pairs(world: World, n: int) -> Iterator[tuple[CustomerBill, Lines, CustomerBill, Lines]]:
    """Yield consecutive bills of each account with their rates, read as the console reads them."""
    bills = [read_bill(RecordReader(record)) for record in _on_the_wire(CUSTOMER_BILL.records(world, n, _LINKS))]
    lines: dict[str, Lines] = defaultdict(list)
    for record in _on_the_wire(APPLIED_RATE.records(world, n, _LINKS)):
        lines[record["bill"]["id"]].append(read_rate(RecordReader(record)))
    accounts: dict[str | None, list[CustomerBill]] = defaultdict(list)
    for bill in sorted(bills, key=lambda bill: bill.billed_on or world.as_of):
        accounts[bill.account_id].append(bill)
    for own in accounts.values():
        for earlier, later in pairwise(own):
            yield earlier, lines[earlier.id], later, lines[later.id]


def explanations(world: World, customers: Iterable[int]) -> Iterator[BillExplanation]:
    """Yield the explanation of each bill's difference from the one before, for these customers."""
    for n in customers:
        for earlier, old, later, new in _pairs(world, n):
            yield explain(earlier, old, later, new)


# ---------------------------------------------------------------------- faults that must be found


def forgets_a_line(earlier: CustomerBill, old: Lines, later: CustomerBill, new: Lines) -> BillExplanation:
    return explain(earlier, old, later, new[1:])


def takes_the_bills_the_wrong_way_round(
    earlier: CustomerBill, old: Lines, later: CustomerBill, new: Lines
) -> BillExplanation:
    return explain(later, new, earlier, old)


def compares_with_no_bill(earlier: CustomerBill, _old: Lines, later: CustomerBill, new: Lines) -> BillExplanation:
    return explain(earlier, [], later, new)


_PLANTED: tuple[Explain, ...] = (forgets_a_line, takes_the_bills_the_wrong_way_round, compares_with_no_bill)


def _is_found(fault: Explain) -> bool:
    right, wrong, _, _ = _score(fault, _SEEDS[:1], 100)
    return sum(right.values()) < 0.9 * (sum(right.values()) + sum(wrong.values()))
