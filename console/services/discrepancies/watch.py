"""Compares a customer's systems after every response, and notifies subscribers of changes."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from console.messages import Message
from console.messages import discrepancies as say
from console.models.customer_bill import CustomerBill
from console.models.discrepancy import Comparison, Discrepancy
from console.models.provenance import Records
from console.services.access.masking import masked
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetLoader, DatasetState
from console.services.customer.datasets import DATASETS
from console.services.discrepancies.compare import compare
from console.services.discrepancies.system_facts import SystemFacts
from console.services.system.subscribers import Subscribers
from console.settings import Capability

_LISTS = tuple(dataset.name for dataset in DATASETS if dataset.is_compared)

# Bills whose lines are loaded, newest first. A customer may have 40 accounts; the rules report other bills as not
# compared.
_MOST_BILLS = 12


class DiscrepancyWatch:
    """The discrepancies of one customer's view, updated as responses arrive; `close` ends it.

    The lines of each account's newest bill, and the customer's other numbers, are requested once their keys are known.
    All responses of one turn of the event loop are compared together. Offline, the last known facts are compared.
    """

    def __init__(self, view: CustomerView, labels: Mapping[Capability, str], systems: Mapping[str, str]) -> None:
        """Watch a view; `labels` are the systems' names by what they serve, `systems` by their name in the settings."""
        self._view, self._labels, self._systems = view, labels, systems
        self.comparison = Comparison()
        self._was_waiting = True
        self._lines: dict[str, DatasetLoader[Any]] = {}
        self._subscribers: Subscribers[[]] = Subscribers()
        self._due: asyncio.Handle | None = None
        self._closed = False
        loaders: list[DatasetLoader[Any]] = [view.customer, view.party, *(getattr(view, name) for name in _LISTS)]
        self._unsubscribe = [loader.subscribe(self._on_state) for loader in loaders]

    def subscribe(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call back when the result or `is_waiting` has changed; return a function that unsubscribes."""
        return self._subscribers.add(on_change)

    def about(self, record: str) -> Discrepancy | None:
        """Return the first discrepancy about a record, or None."""
        return next((one for one in self.comparison.found if record in {one.about, *_records(one)}), None)

    @property
    def is_waiting(self) -> bool:
        """Whether a compared dataset is still loading, or a response is not compared yet."""
        loaders = [self._view.customer, *(getattr(self._view, name) for name in _LISTS), *self._lines.values()]
        return self._due is not None or any(
            loader.state.loading_since and loader.state.facts is None for loader in loaders
        )

    def close(self) -> None:
        """Stop watching."""
        self._closed = True
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._subscribers.clear()
        if self._due is not None:
            self._due.cancel()

    def compare_now(self) -> None:
        """Compare what is known now."""
        self._due = None
        if self._closed:
            return
        self._ask_for_more()
        before = self.comparison, self._was_waiting
        self.comparison = masked(compare(self._facts()), self._view.masked)
        self._was_waiting = self.is_waiting
        if before != (self.comparison, self._was_waiting):
            self._subscribers.notify()

    def _on_state(self, state: DatasetState[Any]) -> None:
        if self._due is None and state.loading_since is None:
            self._due = asyncio.get_running_loop().call_soon(self.compare_now)

    def _ask_for_more(self) -> None:
        view = self._view
        for bill in self._newest_bills():
            if bill.id not in self._lines:
                lines = view.bill_lines(bill.id)
                self._lines[bill.id] = lines
                self._unsubscribe.append(lines.subscribe(self._on_state))
        if view.party.state.facts is not None and not view.same_person.was_requested:
            view.same_person.refresh()

    def _newest_bills(self) -> Iterable[CustomerBill]:
        newest: dict[str | None, CustomerBill] = {}
        # While a system's bills are loading, the newest bill of its accounts is unknown.
        came = [loader.state.facts or () for loader in self._view.bills.members if loader.state.loading_since is None]
        for item in (item for bills in came for item in bills):
            bill = item.value
            if bill.is_credit:
                continue
            known = newest.get(bill.account_id)
            if bill.billed_on and (known is None or known.billed_on is None or known.billed_on < bill.billed_on):
                newest[bill.account_id] = bill
        by_date = sorted(newest.values(), key=lambda bill: bill.billed_on or date.min, reverse=True)
        return by_date[:_MOST_BILLS]

    def _facts(self) -> SystemFacts:
        view = self._view
        customer = view.customer.unmasked
        lists: dict[str, Any] = {}
        gaps: dict[str, Message] = {}
        reported_by: dict[str, str] = {}
        for name in _LISTS:
            facts: Records[Any] | None = getattr(view, name).unmasked
            lists[name] = None if facts is None else tuple(item.value for item in facts)
            for item in facts or ():
                reported_by.setdefault(item.origin.id, self._systems.get(item.origin.system, item.origin.system))
            gap = self._gap_of(name, getattr(view, name)) if facts is not None else None
            if gap is not None:
                gaps[name] = gap
        lines = {
            bill: tuple(item.value for item in loader.state.facts)
            for bill, loader in self._lines.items()
            if loader.state.facts is not None and loader.state.facts.is_whole  # a missing line may be on a later page
        }
        return SystemFacts(
            view.now(),
            customer.value if customer else None,
            lines=lines,
            labels=self._labels,
            reported_by=reported_by,
            gaps=gaps,
            **lists,
        )

    def _gap_of(self, dataset: str, loader: DatasetLoader[Records[Any]]) -> Message | None:
        """Return what is missing in a list that at least one system has sent; None if nothing is."""
        name = dataset.replace("_", " ")
        silent = [member.state.system for member in loader.members if member.unmasked is None]
        if silent:
            return say.NOT_SAID(system=" and ".join(self._systems.get(one, one) for one in silent), what=name)
        facts = next(
            (one.unmasked for one in loader.members if one.unmasked is not None and not one.unmasked.is_whole), None
        )
        damaged = next(
            (one.unmasked for one in loader.members if one.unmasked is not None and one.unmasked.damaged), None
        )
        found = damaged or facts
        return _gap(name, found) if found is not None else None


def _gap(name: str, facts: Records[Any]) -> Message:
    if facts.damaged:
        return say.NOT_READ_WHOLE(count=len(facts.damaged), what=name)
    return say.ONLY_NEWEST_READ(count=len(facts), what=name)


def _records(found: Discrepancy) -> set[str]:
    return {statement.record for statement in found.statements}
