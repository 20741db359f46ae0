"""How the datasets of a panel stand, gathered once for each tick; what is said of them is in `panel_words`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from console.errors import BadResponseError, NotServedError
from console.models.provenance import Records, Sourced
from console.services.access.denial import Denial
from console.services.customer.dataset_loader import DatasetState, Failure
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames


@dataclass(frozen=True)
class PanelState:
    """The parts of a panel as of a moment (aware UTC); `sources` and their parts are in the same order."""

    sources: Sequence[Source]
    systems: SystemNames
    is_online: bool
    now: datetime

    @cached_property
    def datasets(self) -> list[DatasetState[Any]]:
        return [source.loader.state for source in self.sources]

    # ------------------------------------------------------------------ what came

    @cached_property
    def came(self) -> list[DatasetState[Any]]:
        """The parts of which something is known."""
        return [dataset for dataset in self.datasets if dataset.facts is not None]

    @property
    def has_facts(self) -> bool:
        return bool(self.came)

    @cached_property
    def is_empty(self) -> bool:
        """Whether all parts came and hold nothing."""
        return all(_holds_nothing(dataset.facts) for dataset in self.datasets)

    @cached_property
    def is_fresh(self) -> bool:
        return all(dataset.is_fresh(self.now) for dataset in self.datasets)

    @cached_property
    def read_at(self) -> list[datetime]:
        """When what is known was read."""
        return [dataset.read_at for dataset in self.datasets if dataset.read_at]

    @cached_property
    def lists(self) -> list[Records[Any]]:
        return [dataset.facts for dataset in self.came if isinstance(dataset.facts, Records)]

    @cached_property
    def lost(self) -> int:
        """How many records came and could not be read."""
        return sum(records.lost for records in self.lists)

    @cached_property
    def cut(self) -> Source | None:
        """The first list that is not all here."""
        return next((source for source in self.sources if _is_cut(source.loader.state.facts)), None)

    # ------------------------------------------------------------------ what is missing

    @cached_property
    def denied(self) -> Denial | None:
        return next((dataset.denied for dataset in self.datasets if dataset.denied), None)

    @cached_property
    def failures(self) -> list[Failure]:
        return [dataset.failure for dataset in self.datasets if dataset.failure]

    @cached_property
    def failed(self) -> Failure | None:
        """The first failure that is one: that a system does not have something is none."""
        return next((one for one in self.failures if not isinstance(one.error, NotServedError)), None)

    @cached_property
    def absent(self) -> list[str]:
        """The words for what did not come because it failed."""
        return [
            source.word
            for source, dataset in zip(self.sources, self.datasets, strict=True)
            if dataset.facts is None and dataset.failure and not isinstance(dataset.failure.error, NotServedError)
        ]

    @cached_property
    def is_not_served(self) -> bool:
        """Whether no system has what these parts ask for."""
        return bool(self.failures) and self.failed is None

    @cached_property
    def is_not_understood(self) -> bool:
        """Whether all that failed was answered, and not understandably."""
        return all(isinstance(failure.error, BadResponseError) for failure in self.failures)

    @cached_property
    def is_offline(self) -> bool:
        """Whether nothing newer can come because this computer has no network."""
        return not self.is_online and bool(self.failures)

    @cached_property
    def is_stopped(self) -> bool:
        return any(dataset.stopped for dataset in self.datasets)

    # ------------------------------------------------------------------ what is on its way

    @cached_property
    def asking_for(self) -> timedelta | None:
        """For how long a system has been asked, None while none is."""
        begun = [dataset.loading_since for dataset in self.datasets if dataset.loading_since]
        return self.now - min(begun) if begun else None

    @property
    def asked_systems(self) -> str:
        """The systems that are being asked, by name."""
        return self.names_of(dataset for dataset in self.datasets if dataset.loading_since)

    def names_of(self, datasets: Iterable[DatasetState[Any]]) -> str:
        """Return the systems of some parts by name."""
        return ", ".join(
            dict.fromkeys(self.systems.each.get(dataset.system, self.systems.together) for dataset in datasets)
        )


def _holds_nothing(facts: Any) -> bool:
    if isinstance(facts, Sourced):
        facts = facts.value
    if isinstance(facts, tuple):
        return not facts
    return isinstance(facts, Records) and not facts.items and not facts.damaged


def _is_cut(facts: Any) -> bool:
    return isinstance(facts, Records) and not facts.complete
