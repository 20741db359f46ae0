"""How one customer's records are selected at a server, and what every part of a check shares."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from console.connectors.tmforum.check import guesses
from console.connectors.tmforum.check.looking import Looker, Seen
from console.connectors.tmforum.check.needs import Need
from console.connectors.tmforum.reading import belongs_to, customer_named, references
from console.connectors.tmforum.wire import MalformedRecordError, Reader, Spelling
from console.http import Undecodable
from console.models.check_report import Finding, Verdict
from console.settings import CUSTOMER_FILTERS, Resource, System, Version, default_path

SAMPLE = 50
UNLIKELY = "opticom-check-nothing-has-this-id"
_FILTER_WORDS = (
    *CUSTOMER_FILTERS.values(), "customer.id", "customerId", "customer", "relatedParty", "payer.id", "requestor.id",
)  # fmt: skip
_BILL_WORDS = ("bill.id", "billId", "bill", "customerBill.id")


class Selecting:
    """What is known of one resource while it is checked; what was found out goes into `setting`."""

    def __init__(self, name: str, need: Need, system: System, looker: Looker) -> None:
        self._name, self._need, self._system, self._looker = name, need, system, looker
        self._settings = system.resources.get(name) or Resource()
        self.version: Version = self._settings.version
        self.setting: dict[str, Any] = {}
        self._base = self._settings.path or default_path(system.kind, name, self.version)
        self._resource = self._settings.name or name
        self._limit = self._settings.limit_parameter
        self._first: Seen | None = None
        self._total: int | None = None
        self._records: list[dict[str, Any]] = []
        self.is_hopeless = False
        self.is_missing = False

    async def _select(self) -> Finding:
        needed = "one customer's records"
        owners = Counter(owner for record in self._records if (owner := self._owner(record)) is not None)
        if not owners and (role := guesses.only_role(self._records)) is not None:
            self.setting["customer_role"] = role
            owners.update(owner for record in self._records if (owner := self._owner(record)) is not None)
        if not owners:
            got = "no record names a customer" if self._records else "no record to look at"
            return self._finding(
                "select", needed, got, Verdict.UNKNOWN, "Name the customer in relatedParty.", self._first
            )
        owner = owners.most_common()[-1][0]
        usual = self._settings.customer_filter or self._usual_filter()
        for word in dict.fromkeys((usual, self._need.selected_by or "", *_FILTER_WORDS)):
            seen = await self._looker.get(self._base, self._resource, [(word, owner), (self._limit, str(SAMPLE))])
            if not seen.records or not guesses.all_of(seen.records, lambda one: self._is_of(one, owner)):
                continue
            nobody = await self._looker.get(self._base, self._resource, [(word, UNLIKELY), (self._limit, "5")])
            if nobody.records or nobody.status not in {200, 206, 404}:
                continue
            if word != self._usual_filter():
                self.setting["customer_filter"] = word
            verdict = Verdict.GOOD if word == usual else Verdict.SETTING
            got = f"selected by {word}" + ("" if word == usual else f"; {usual} is ignored")
            return self._finding("select", needed, got, verdict, "", seen)
        if self._settings.look_through or self._settings.customer_filter == "":
            got = "looked through, as set" if self._settings.look_through else "not asked for, as set"
            return self._finding("select", needed, got, Verdict.LIMITED, "Select them at the server.", seen)
        total = self._total if self._total is not None else len(self._records)
        if total <= self._system.record_limit and len(self._records) < SAMPLE:
            self.setting["look_through"] = True
            advice = (
                "With so few records they are looked through one by one; select them at the server before it grows."
            )
        else:
            self.setting["customer_filter"] = ""
            advice = "Without a filter by customer the panel can only say that it cannot ask."
        return self._finding("select", needed, "every filter is ignored or refused", Verdict.SETTING, advice, seen)

    def _usual_filter(self) -> str:
        need = self._need.selected_by or ""
        return CUSTOMER_FILTERS[self.version] if need == CUSTOMER_FILTERS["v4"] else need

    def _owner(self, record: dict[str, Any]) -> str | None:
        reader = self._reader(record)
        named = customer_named(reader)
        if named is not None:
            return named[0]
        payers = [party.id for key in ("payer", "requestor") for party in references(reader, key)]
        return payers[0] if payers else None

    def _is_of(self, record: Any, owner: str) -> bool:
        return belongs_to(self._reader(record), owner, surely=True)

    async def _empty(self) -> Finding:
        word = self.setting.get("customer_filter", self._settings.customer_filter)
        word = self._usual_filter() if word is None else word
        if self.setting.get("look_through", self._settings.look_through) or word == "":
            return self._finding("nothing", "an empty list", "not asked: nothing can be selected", Verdict.UNKNOWN)
        seen = await self._looker.get(self._base, self._resource, [(word, UNLIKELY), (self._limit, "5")])
        if seen.records == []:
            return self._finding("nothing", "an empty list", "an empty list", Verdict.GOOD, "", seen)
        if seen.status == 404:
            self.setting["empty_is_404"] = True
            verdict = Verdict.GOOD if self._settings.empty_is_404 else Verdict.SETTING
            return self._finding(
                "nothing", "an empty list", "status 404 for a list that holds nothing", verdict, "", seen
            )
        if seen.records:
            self.setting["customer_filter"] = ""
            got = f"{len(seen.records)} records for a customer nobody is: the filter is ignored"
            advice = "Other customers' records must not be shown; without a filter the panel says that it cannot ask."
            return self._finding("nothing", "an empty list", got, Verdict.SETTING, advice, seen)
        advice = "Answer a filter that matches nothing with an empty list."
        return self._finding("nothing", "an empty list", f"status {seen.status}", Verdict.LIMITED, advice, seen)

    async def _select_bill(self) -> Finding:
        needed = "one bill's lines"

        def bill_of(record: dict[str, Any]) -> str | None:
            bill = self._reader(record).part("bill")
            return bill.text("id") if bill else None

        bills = Counter(bill for record in self._records if (bill := bill_of(record)) is not None)
        if not bills:
            return self._finding("select", needed, "no line names its bill", Verdict.UNKNOWN, "", self._first)
        bill = bills.most_common()[-1][0]
        usual = self._settings.bill_filter or _BILL_WORDS[0]
        for word in dict.fromkeys((usual, *_BILL_WORDS)):
            seen = await self._looker.get(self._base, self._resource, [(word, bill), (self._limit, str(SAMPLE))])
            if seen.records and guesses.all_of(seen.records, lambda one: bill_of(one) == bill):
                if word != _BILL_WORDS[0]:
                    self.setting["bill_filter"] = word
                verdict = Verdict.GOOD if word == usual else Verdict.SETTING
                return self._finding("select", needed, f"selected by {word}", verdict, "", seen)
        if self._settings.look_through:
            return self._finding("select", needed, "looked through, as set", Verdict.LIMITED, "", self._first)
        self.setting["look_through"] = True
        advice = "Lines are looked for among the first records; most bills will show none."
        return self._finding("select", needed, "every filter is ignored or refused", Verdict.SETTING, advice, seen)

    def _reader(self, record: Any) -> Reader:
        if isinstance(record, Undecodable):
            raise MalformedRecordError("it is not valid JSON")
        attributes = {**self._settings.attributes, **self.setting.get("attributes", {})}
        minor = self._system.money == "minor"
        role = self.setting.get("customer_role", self._settings.customer_role)
        return Reader(record, Spelling(self._system.currency, minor, attributes, self._settings.values, role))

    def _finding(
        self,
        operation: str,
        needed: str,
        got: str,
        verdict: Verdict,
        advice: str = "",
        seen: Seen | None = None,
    ) -> Finding:
        setting: Mapping[str, Any] = dict(self.setting) if verdict is Verdict.SETTING else {}
        request, answer = (seen.request, seen.told) if seen is not None else ("", "")
        return Finding(self._name, operation, needed, got, verdict, advice, setting, request, answer)
