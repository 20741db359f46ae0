"""discrepancies: the discrepancies found between the systems, compared with the sandbox's true ones.

10,000 customers, with seeds that were not used in development; records are read as they come over the wire. The worst
kind counts. Rules with planted faults must lower the score. The time to find a discrepancy is measured on a console
over real HTTP.
"""

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, cast

from benchmarks.bill import _on_the_wire
from benchmarks.result import Result
from console.compose import compose_console
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import bills, customer, inventory, money, orders
from console.models.customer import Customer, CustomerId, Party, PartyKind
from console.models.discrepancy import Discrepancy, DiscrepancyKind
from console.models.provenance import Origin, Sourced
from console.models.search import Match, MatchedBy, SearchHit, SearchQuery
from console.ports.customers import Customers
from console.sandbox.resources import (
    tmf622_product_order,
    tmf629_customer,
    tmf632_party,
    tmf637_product,
    tmf638_service,
    tmf641_service_order,
    tmf666_account,
    tmf676_payment,
    tmf678_customer_bill,
)
from console.sandbox.resources.shapes import Links
from console.sandbox.world import World
from console.services.customer.same_person import fetch_same_person
from console.services.discrepancies import RULES, SystemFacts, compare
from console.services.discrepancies.compare import Rule
from console.services.discrepancies.watch import DiscrepancyWatch
from console.system.sandbox_launcher import SandboxProcess

# `--seed N` selects other worlds.
_FIRST_SEED = int(os.environ.get("OPTICOM_BENCH_SEED") or 93_001)
_SEEDS = tuple(range(_FIRST_SEED, _FIRST_SEED + 5))
_CUSTOMERS = int(os.environ.get("OPTICOM_BENCH_CUSTOMERS", "10000"))
_LINKS = Links({"billing": "http://billing", "crm": "http://crm", "provisioning": "http://provisioning"})
_AS_OF = date(2026, 11, 1)
_NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_BY_PHONE = Match(MatchedBy.PHONE)
_OPENED = 40
Kind = DiscrepancyKind
# The world's names, the console's kinds, and the key of the record in the world's manifest.
_TRUTH = {
    "billedButTerminated": (Kind.BILLED_BUT_TERMINATED, "product"),
    "activeNotBilled": (Kind.ACTIVE_NOT_BILLED, "product"),
    "completedOrderInactiveService": (Kind.ORDER_DONE_SERVICE_INACTIVE, "product"),
    "suspendedInOneSystem": (Kind.SUSPENDED_IN_ONE, "product"),
    "addressDiffers": (Kind.ADDRESS_DIFFERS, "account"),
    "nameDiffers": (Kind.NAME_DIFFERS, "account"),
    "paymentNotApplied": (Kind.PAYMENT_NOT_APPLIED, "bill"),
}


def measure() -> list[Result]:
    """Return all cases."""
    score = Score(RULES, _SEEDS, _CUSTOMERS)
    for kind in Kind:
        seeded, hit, false = score.seeded[kind], score.hit[kind], score.false[kind]
        print(f"discrepancies: {kind.value:<34}{hit:>6} of {seeded:>6} found, {false:>4} false")
    blind = [name for name, rules in _planted() if not _is_found(rules)]
    print(f"discrepancies: {score.customers} customers, {sum(score.seeded.values())} seeded; not noticed: {blind}")
    worst = min(score.seeded, key=lambda kind: score.hit[kind] / score.seeded[kind])
    print(f"discrepancies: worst kind: {worst.value}; not compared: {dict(score.not_compared)}")
    latency_s = asyncio.run(_after_the_last_answer())
    return [
        Result("discrepancies", "found, of the worst kind", float(score.hit[worst]), "of",
               float(score.seeded[worst])),
        Result("discrepancies", "false", float(sum(score.false.values())), "of",
               float(sum(score.hit.values()) + sum(score.false.values()))),
        Result("discrepancies", "planted faults not found", float(len(blind)), "of", float(len(_planted()))),
        Result("discrepancies", "found after the last answer", latency_s * 1000, "ms", 16.0),
    ]  # fmt: skip


class Score:
    """Results of rules on worlds, by kind: seeded discrepancies, those found, and false ones."""

    def __init__(self, rules: Mapping[Kind, Rule], seeds: tuple[int, ...], customers: int) -> None:
        self.seeded, self.hit, self.false = Counter[Kind](), Counter[Kind](), Counter[Kind]()
        self.not_compared = Counter[str]()
        self.customers = 0
        for seed in seeds:
            world = World(seed=seed, customers=customers // len(seeds), as_of=_AS_OF)
            crm = WorldCrm(world)
            for n in range(world.customers):
                self._one(world, crm, n, rules)
                self.customers += 1

    def _one(self, world: World, crm: "WorldCrm", n: int, rules: Mapping[Kind, Rule]) -> None:
        comparison = compare(_facts(world, crm, n), rules)
        for gap in comparison.not_compared:
            self.not_compared[gap.kind.value if gap.kind else "everything"] += 1
        found = {(one.kind, one.about) for one in comparison.found}
        wanted = set(_wanted(world, n))
        for kind, about in wanted:
            self.seeded[kind] += 1
            self.hit[kind] += (kind, about) in found
        # The world changes name and address of all of a customer's accounts at once.
        kinds = {kind for kind, _ in wanted} & {Kind.ADDRESS_DIFFERS, Kind.NAME_DIFFERS}
        for kind, _ in found - wanted:
            self.false[kind] += kind not in kinds


def _wanted(world: World, n: int) -> Iterator[tuple[Kind, str]]:
    truth = world.truth(n)
    for item in truth["contradictions"]:
        if item["kind"] in _TRUTH:
            kind, place = _TRUTH[item["kind"]]
            yield kind, item[place]
    if truth["duplicateOf"]:
        yield Kind.DUPLICATE_CUSTOMER, truth["duplicateOf"]
    if n + 1 < world.customers and world.truth(n + 1)["duplicateOf"] == truth["customer"]:
        yield Kind.DUPLICATE_CUSTOMER, world.numbers.customer.encode(n + 1)


class WorldCrm:
    """CRM's responses to the few requests about duplicate customers, from the world itself."""

    name = "crm"

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_phone: dict[str, list[int]] = defaultdict(list)
        for n in range(world.customers):
            person = world.person(n)
            for phone in {person.phone, person.second_phone} - {None}:
                self._by_phone[str(phone)].append(n)

    def can_search(self, query: SearchQuery) -> bool:
        return query.phone is not None

    async def search_customers(self, query: SearchQuery, *, limit: int) -> list[SearchHit]:
        people = [await self.fetch_customer(self._id(n)) for n in self._by_phone[query.phone or ""][:limit]]
        return [SearchHit(one.value.id, "crm", _BY_PHONE, one.value.name) for one in people]

    async def fetch_customer(self, customer_id: CustomerId) -> Sourced[Customer]:
        n = self._world.numbers.customer.decode(customer_id) or 0
        [record] = _on_the_wire(tmf629_customer.CUSTOMER.records(self._world, n, _LINKS))
        return Sourced(customer.read_customer(RecordReader(record)), Origin("crm", "customer", customer_id, None, _NOW))

    async def fetch_party(self, found: Customer) -> Sourced[Party]:
        n = self._world.numbers.customer.decode(found.id) or 0
        kind = found.kind or PartyKind.INDIVIDUAL
        resource = tmf632_party.INDIVIDUAL if kind is PartyKind.INDIVIDUAL else tmf632_party.ORGANIZATION
        [record] = _on_the_wire(resource.records(self._world, n, _LINKS))
        return Sourced(
            customer.read_party(RecordReader(record), kind), Origin("crm", "party", found.party_id or "", None, _NOW)
        )

    def _id(self, n: int) -> CustomerId:
        return CustomerId(self._world.numbers.customer.encode(n))


def _facts(world: World, crm: WorldCrm, n: int) -> SystemFacts:
    """Return the facts that the console has about a customer when every system has answered."""

    def read(resource: Any, reader: Any) -> tuple[Any, ...]:
        return tuple(reader(RecordReader(record)) for record in _on_the_wire(resource.records(world, n, _LINKS)))

    found = _done(crm.fetch_customer(CustomerId(world.numbers.customer.encode(n))))
    party = _done(crm.fetch_party(found.value))
    same = _done(fetch_same_person(cast("Customers", crm), found, party))
    bills_read = read(tmf678_customer_bill.CUSTOMER_BILL, bills.read_bill)
    newest = {}
    for bill in sorted(bills_read, key=lambda one: one.billed_on):
        newest[bill.account_id] = bill.id
    lines: dict[str, list[Any]] = {bill: [] for bill in newest.values()}
    for record in _on_the_wire(tmf678_customer_bill.APPLIED_RATE.records(world, n, _LINKS)):
        if record["bill"]["id"] in lines:
            lines[record["bill"]["id"]].append(bills.read_rate(RecordReader(record)))
    return SystemFacts(
        _NOW,
        found.value,
        accounts=read(tmf666_account.BILLING_ACCOUNT, bills.read_account),
        bills=bills_read,
        lines=lines,
        products=read(tmf637_product.PRODUCT, inventory.read_product),
        services=read(tmf638_service.SERVICE, inventory.read_service),
        product_orders=read(tmf622_product_order.PRODUCT_ORDER, orders.read_product_order),
        service_orders=read(tmf641_service_order.SERVICE_ORDER, orders.read_service_order),
        payments=read(tmf676_payment.PAYMENT, money.read_payment),
        same_person=tuple(item.value for item in same),
    )


def _done(coroutine: Any) -> Any:
    """Return the result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited for something")


# ---------------------------------------------------------------------- faults that must be found


def _planted() -> list[tuple[str, Mapping[Kind, Rule]]]:
    def silent(_facts: SystemFacts) -> Iterator[Discrepancy]:
        yield from ()

    def cries_wolf(facts: SystemFacts) -> Iterator[Discrepancy]:
        for product in facts.need("products"):
            yield Discrepancy(Kind.SUSPENDED_IN_ONE, product.name, product.id, ())

    def names_the_wrong_one(facts: SystemFacts) -> Iterator[Discrepancy]:
        for one in RULES[Kind.BILLED_BUT_TERMINATED](facts):
            if isinstance(one, Discrepancy):
                yield Discrepancy(one.kind, one.subject, one.statements[-1].record, one.statements)

    return [
        ("a rule that finds nothing", {**RULES, Kind.ACTIVE_NOT_BILLED: silent}),
        ("a rule that finds everything", {**RULES, Kind.SUSPENDED_IN_ONE: cries_wolf}),
        ("a rule that names the wrong record", {**RULES, Kind.BILLED_BUT_TERMINATED: names_the_wrong_one}),
    ]


def _is_found(rules: Mapping[Kind, Rule]) -> bool:
    score = Score(rules, _SEEDS[:1], 600)
    worst = min(score.hit[kind] / score.seeded[kind] for kind in score.seeded)
    false = sum(score.false.values()) / max(1, sum(score.hit.values()) + sum(score.false.values()))
    return worst < 0.98 or false > 0.02


# ---------------------------------------------------------------------- time to find


async def _after_the_last_answer() -> float:
    """Return the longest time in seconds from the last response for a customer to the result of the comparison."""
    sandbox = await SandboxProcess.start(["--seed", str(_SEEDS[0]), "--customers", str(_OPENED)])
    longest_s = 0.0
    try:
        console = await asyncio.to_thread(compose_console, sandbox.deployment, sandbox.secrets)
        await console.open_store()
        world = World(seed=_SEEDS[0], customers=_OPENED, as_of=datetime.now(UTC).date())
        for n in range(_OPENED):
            view = console.view_customer(CustomerId(world.numbers.customer.encode(n)))
            watch = DiscrepancyWatch(view, {}, {})
            answered_s = known_s = 0.0

            def answer(_part: Any) -> None:
                nonlocal answered_s
                answered_s = time.perf_counter()

            def known() -> None:
                nonlocal known_s
                known_s = time.perf_counter()

            watch.subscribe(known)
            view.open()
            for part in view.loaders:
                part.subscribe(answer)
            await view.wait_idle()
            while watch.is_waiting:
                await view.wait_idle()
                await asyncio.sleep(0)
            await asyncio.sleep(0.02)
            longest_s = max(longest_s, known_s - answered_s)
            watch.close()
            view.close()
        await console.aclose()
    finally:
        await sandbox.stop()
    return longest_s
