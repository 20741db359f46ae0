"""Shared base of a resource's check: the data read so far, the proposed settings, and the findings."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from console.connectors.tmforum.check import guesses
from console.connectors.tmforum.check.probe import EndpointProbe, ProbeReply
from console.connectors.tmforum.check.requirements import ResourceRequirement
from console.connectors.tmforum.check.trial import Samples, Trial, bill_of
from console.connectors.tmforum.published import CUSTOMER_FILTERS, Version, default_path
from console.connectors.tmforum.reading import customer_named, references
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.connectors.tmforum.settings import ResourceSettings, TmForumSystem
from console.http import Undecodable
from console.models.check_report import OperationFinding, OperationGrade

_MOST_OWNERS = 3


class CheckState:
    """The state of one resource's check; `setting` has the proposed settings, each of them tested by a trial."""

    def __init__(
        self, name: str, requirement: ResourceRequirement, system: TmForumSystem, probe: EndpointProbe, trial: Trial
    ) -> None:
        self._name, self._requirement, self._system, self._probe, self._trial = name, requirement, system, probe, trial
        self._settings = system.resources.get(name) or ResourceSettings()
        self.version: Version = self._settings.version
        self.setting: dict[str, Any] = {}
        self._base = self._settings.path or default_path(name, self.version)
        self._resource = self._settings.name or name
        self._limit = self._settings.limit_parameter
        self._first: ProbeReply | None = None
        self._total: int | None = None
        self._records: list[dict[str, Any]] = []
        self.is_hopeless = False
        self.is_missing = False

    async def _offer(self, change: Mapping[str, Any]) -> bool:
        """Propose a setting if a trial shows that it helps and loses nothing; return whether it does."""
        if not await self._trial.helps(self.setting, change, self._samples(change)):
            return False
        self.setting |= change
        return True

    def _samples(self, change: Mapping[str, Any]) -> Samples:
        """Return sample ids from the first list: few customers, so that all records of each are read."""
        readers = [self._reader(record, change) for record in self._records]
        owners = Counter(owner for reader in readers if (owner := owner_of(reader)) is not None)
        bills = Counter(bill for reader in readers if (bill := bill_of(reader)) is not None)
        ranked = [owner for owner, _ in owners.most_common()]
        chosen = dict.fromkeys([*ranked[: _MOST_OWNERS - 1], *ranked[-1:]])
        bill = bills.most_common()[-1][0] if bills and self._name == "appliedCustomerBillingRate" else None
        return Samples(next(iter(guesses.ids(self._records)), None), tuple(chosen), bill)

    def _usual_filter(self) -> str:
        requirement = self._requirement.selected_by or ""
        return CUSTOMER_FILTERS[self.version] if requirement == CUSTOMER_FILTERS["v4"] else requirement

    def _reader(self, record: Any, change: Mapping[str, Any] | None = None) -> RecordReader:
        if isinstance(record, Undecodable):
            raise MalformedRecordError("it is not valid JSON")
        proposed = {**self.setting, **(change or {})}
        attributes = {**self._settings.attributes, **proposed.get("attributes", {})}
        role = proposed.get("customer_role", self._settings.customer_role)
        dialect = WireDialect(
            self._system.currency,
            self._system.money == "minor",
            names=attributes,
            values=self._settings.values,
            customer_role=role,
            decimal_mark=self._system.decimal_mark,
        )
        return RecordReader(record, dialect)

    def _finding(
        self,
        operation: str,
        needed: str,
        got: str,
        verdict: OperationGrade,
        advice: str = "",
        reply: ProbeReply | None = None,
    ) -> OperationFinding:
        setting: Mapping[str, Any] = dict(self.setting) if verdict is OperationGrade.SETTING else {}
        request, answer = (reply.request, reply.outcome) if reply is not None else ("", "")
        return OperationFinding(self._name, operation, needed, got, verdict, advice, setting, request, answer)


def owner_of(reader: RecordReader) -> str | None:
    """Return the id of the record's customer, from the related parties, the payer or the requestor; else None."""
    named = customer_named(reader)
    if named is not None:
        return named[0]
    payers = [party.id for key in ("payer", "requestor") for party in references(reader, key)]
    return payers[0] if payers else None
