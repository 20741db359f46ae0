"""The check of filters: how a server selects one customer's records and one bill's lines."""

from collections import Counter

from console.connectors.tmforum.check import guesses
from console.connectors.tmforum.check.check_state import CheckState, owner_of
from console.connectors.tmforum.check.probe import ProbeReply
from console.connectors.tmforum.check.trial import SAMPLE, UNLIKELY, bill_of
from console.connectors.tmforum.published import CUSTOMER_FILTERS
from console.models.check_report import OperationFinding, OperationGrade

_FILTER_WORDS = (
    *CUSTOMER_FILTERS.values(), "customer.id", "customerId", "customer", "relatedParty", "payer.id", "requestor.id",
)  # fmt: skip
_BILL_WORDS = ("bill.id", "billId", "bill", "customerBill.id")
_ONE_CUSTOMER = "one customer's records"
_NO_OWNER = "Name the customer in relatedParty."


class Selecting(CheckState):
    """The part of a check that finds working filters."""

    def _without_owner(self) -> OperationFinding:
        got = "no record names a customer" if self._records else "no record to look at"
        return self._finding("select", _ONE_CUSTOMER, got, OperationGrade.UNKNOWN, _NO_OWNER, self._first)

    async def _select(self) -> OperationFinding:
        if not self._owners() and (role := guesses.customer_role(self._records)) is not None:
            await self._offer({"customer_role": role})
        owners = self._owners()
        if not owners:
            return self._without_owner()
        usual = self._usual_filter() if self._settings.customer_filter is None else self._settings.customer_filter
        if self._settings.look_through or usual == "":
            return self._selected_as_set()
        rarest = owners.most_common()[-1][0]
        lost = await self._left_out(usual, rarest)
        if lost is not None and not lost:
            return self._selected(usual, usual)
        if await self._offer_other_way(usual):
            return self._selected(str(self.setting.get("customer_filter", "")), usual)
        return self._leaves_out(usual, lost) if lost else await self._not_selected(usual, rarest)

    async def _left_out(self, usual: str, owner: str) -> set[str] | None:
        """Return listed records that the usual filter leaves out; None if the filter does not work at all."""
        right = await self._trial.right(self.setting, self._samples({}))
        if await self._is_ignored(usual) or not any(thing.startswith(f"{owner} has ") for thing in right):
            return None
        return self._lost(right)

    def _leaves_out(self, usual: str, lost: set[str]) -> OperationFinding:
        got = f"{usual} leaves out {len(lost)} records that the whole list shows of the same customers"
        advice = "Records of a customer are missing on the page without a word; let the filter find all of them."
        return self._finding("select", _ONE_CUSTOMER, got, OperationGrade.BROKEN, advice)

    def _owners(self) -> Counter[str]:
        readers = (self._reader(record) for record in self._records)
        return Counter(owner for reader in readers if (owner := owner_of(reader)) is not None)

    async def _is_ignored(self, word: str) -> bool:
        """Return whether the server ignores a filter: it returns records for an unknown customer."""
        reply = await self._probe.get(self._base, self._resource, [(word, UNLIKELY), (self._limit, "5")])
        return bool(reply.records)

    def _lost(self, right: frozenset[str]) -> set[str]:
        """Return records of the sampled customers that the list has and the filter leaves out."""
        owners = set(self._samples({}).owners)
        read = Counter(thing.partition(" has ")[0] for thing in right if " has " in thing)
        whole = {owner for owner in owners if read[owner] < self._system.record_limit}  # others are read in part
        expected = set()
        for record in self._records:
            owner = owner_of(self._reader(record))
            if owner in whole and (ids := guesses.ids([record])):
                expected.add(f"{owner} has {ids[0]}")
        return expected - right

    async def _offer_other_way(self, usual: str) -> bool:
        """Propose another filter, or `look_through` for a short list; return whether one of them helps."""
        for word in dict.fromkeys(word for word in (self._requirement.selected_by or "", *_FILTER_WORDS) if word):
            if word != usual and not await self._is_ignored(word) and await self._offer({"customer_filter": word}):
                return True
        total = self._total if self._total is not None else len(self._records)
        is_short = total <= self._system.record_limit and len(self._records) < SAMPLE
        return is_short and await self._offer({"look_through": True})

    def _selected(self, word: str, usual: str) -> OperationFinding:
        if self.setting.get("look_through"):
            advice = (
                "With so few records they are looked through one by one; select them at the server before it grows."
            )
            return self._finding("select", _ONE_CUSTOMER, "no filter finds them", OperationGrade.SETTING, advice)
        is_as_set = word == usual and "customer_role" not in self.setting
        got = f"selected by {word}" + ("" if word == usual else f"; {usual} is ignored or refused")
        if "customer_role" in self.setting:
            got += f", whose role is {self.setting['customer_role']}"
        return self._finding("select", _ONE_CUSTOMER, got, OperationGrade.GOOD if is_as_set else OperationGrade.SETTING)

    def _selected_as_set(self) -> OperationFinding:
        got = "looked through, as set" if self._settings.look_through else "not asked for, as set"
        return self._finding("select", _ONE_CUSTOMER, got, OperationGrade.LIMITED, "Select them at the server.")

    async def _not_selected(self, usual: str, owner: str) -> OperationFinding:
        """Return the finding that no filter works; propose an empty `customer_filter` only if the server responds."""
        reply = await self._probe.get(self._base, self._resource, [(usual, owner), (self._limit, str(SAMPLE))])
        is_said = (reply.records is not None or 400 <= reply.status < 500) and reply.status != 429
        if is_said and await self._offer({"customer_filter": ""}):
            advice = "Without a filter by customer the panel can only say that it cannot ask."
            return self._finding(
                "select", _ONE_CUSTOMER, "every filter is ignored or refused", OperationGrade.SETTING, advice, reply
            )
        if is_said:
            advice = f"Select one customer's records by {usual}."
            return self._finding("select", _ONE_CUSTOMER, "no filter finds them", OperationGrade.BROKEN, advice, reply)
        return self._finding(
            "select", _ONE_CUSTOMER, guesses.what_came(reply), OperationGrade.BROKEN, guesses.advice_for(reply), reply
        )

    async def _empty(self) -> OperationFinding:
        needed = "an empty list"
        word = self.setting.get("customer_filter", self._settings.customer_filter)
        word = self._usual_filter() if word is None else word
        if self.setting.get("look_through", self._settings.look_through) or word == "":
            return self._finding("nothing", needed, "not asked: nothing can be selected", OperationGrade.UNKNOWN)
        reply = await self._probe.get(self._base, self._resource, [(word, UNLIKELY), (self._limit, "5")])
        if reply.records == [] or reply.status == 204:
            return self._finding("nothing", needed, "an empty list", OperationGrade.GOOD, "", reply)
        if reply.status == 404:
            return await self._empty_is_404(reply)
        if reply.records:
            got = f"{len(reply.records)} records for an unknown customer: the filter is ignored"
            advice = "Other customers' records must not be shown; without a filter the panel says that it cannot ask."
            verdict = OperationGrade.SETTING if await self._offer({"customer_filter": ""}) else OperationGrade.BROKEN
            return self._finding("nothing", needed, got, verdict, advice, reply)
        advice = "Answer a filter that matches nothing with an empty list."
        return self._finding("nothing", needed, guesses.what_came(reply), OperationGrade.LIMITED, advice, reply)

    async def _empty_is_404(self, reply: ProbeReply) -> OperationFinding:
        got = "status 404 for a list that holds nothing"
        if self._settings.empty_is_404:
            return self._finding("nothing", "an empty list", got, OperationGrade.GOOD, "", reply)
        verdict = OperationGrade.SETTING if await self._offer({"empty_is_404": True}) else OperationGrade.LIMITED
        return self._finding("nothing", "an empty list", got, verdict, "", reply)

    async def _select_bill(self) -> OperationFinding:
        needed = "one bill's lines"
        if self._settings.look_through:
            return self._finding("select", needed, "looked through, as set", OperationGrade.LIMITED, "", self._first)
        bill = self._samples({}).bill
        if bill is None:
            return self._finding("select", needed, "no line names its bill", OperationGrade.UNKNOWN, "", self._first)
        usual = self._settings.bill_filter or _BILL_WORDS[0]
        right = await self._trial.right(self.setting, self._samples({}))
        if self._lines_of(bill) <= right:
            return self._finding("select", needed, f"selected by {usual}", OperationGrade.GOOD)
        for word in _BILL_WORDS:
            if word != usual and await self._offer({"bill_filter": word}):
                got = f"selected by {word}; {usual} is ignored or refused"
                return self._finding("select", needed, got, OperationGrade.SETTING)
        if await self._offer({"look_through": True}):
            advice = "Lines are looked for among the first records; most bills will show none."
            got = "every filter is ignored or refused"
            return self._finding("select", needed, got, OperationGrade.SETTING, advice)
        advice = "Let bill.id find every line of a bill."
        return self._finding("select", needed, "the filter leaves lines out", OperationGrade.BROKEN, advice)

    def _lines_of(self, bill: str) -> set[str]:
        lines = [record for record in self._records if bill_of(self._reader(record)) == bill]
        return {f"bill {bill} has {identifier}" for identifier in guesses.ids(lines)}
