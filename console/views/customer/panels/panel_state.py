"""The state of a panel's datasets, collected once for each tick; `panel_words` turns it into text."""

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
    """The state of a panel's datasets at the time `now` (aware UTC); `datasets` has the order of `sources`."""

    sources: Sequence[Source]
    systems: SystemNames
    is_online: bool
    now: datetime

    @cached_property
    def datasets(self) -> list[DatasetState[Any]]:
        return [source.loader.state for source in self.sources]

    # ------------------------------------------------------------------ loaded

    @cached_property
    def came(self) -> list[DatasetState[Any]]:
        """The datasets that have facts."""
        return [dataset for dataset in self.datasets if dataset.facts is not None]

    @property
    def has_facts(self) -> bool:
        return bool(self.came)

    @cached_property
    def is_empty(self) -> bool:
        """Whether all datasets are loaded and have no records, not even damaged ones."""
        return all(_holds_nothing(dataset.facts) for dataset in self.datasets)

    @cached_property
    def is_fresh(self) -> bool:
        return all(dataset.is_fresh(self.now) for dataset in self.datasets)

    @cached_property
    def read_at(self) -> list[datetime]:
        """The times at which the known facts were read (aware UTC)."""
        return [dataset.read_at for dataset in self.datasets if dataset.read_at]

    @cached_property
    def lists(self) -> list[Records[Any]]:
        return [dataset.facts for dataset in self.came if isinstance(dataset.facts, Records)]

    @cached_property
    def lost(self) -> int:
        """The number of received records that could not be read."""
        return sum(records.lost for records in self.lists)

    @cached_property
    def cut(self) -> Source | None:
        """The source of the first incomplete list."""
        return next((source for source in self.sources if _is_cut(source.loader.state.facts)), None)

    # ------------------------------------------------------------------ missing

    @cached_property
    def denied(self) -> Denial | None:
        return next((dataset.denied for dataset in self.datasets if dataset.denied), None)

    @cached_property
    def failures(self) -> list[Failure]:
        return [dataset.failure for dataset in self.datasets if dataset.failure]

    @cached_property
    def failed(self) -> Failure | None:
        """The first failure, except `NotServedError`: a system that does not serve a dataset has not failed."""
        return next((one for one in self.failures if not isinstance(one.error, NotServedError)), None)

    @cached_property
    def absent(self) -> list[str]:
        """The words for the datasets that failed and have no facts."""
        return [
            source.word
            for source, dataset in zip(self.sources, self.datasets, strict=True)
            if dataset.facts is None and dataset.failure and not isinstance(dataset.failure.error, NotServedError)
        ]

    @cached_property
    def is_not_served(self) -> bool:
        """Whether all failures are `NotServedError`: no system serves these datasets."""
        return bool(self.failures) and self.failed is None

    @cached_property
    def is_not_understood(self) -> bool:
        """Whether all failures are replies that could not be read."""
        return all(isinstance(failure.error, BadResponseError) for failure in self.failures)

    @cached_property
    def is_offline(self) -> bool:
        """Whether loading failed while this computer has no network."""
        return not self.is_online and bool(self.failures)

    @cached_property
    def is_stopped(self) -> bool:
        return any(dataset.stopped for dataset in self.datasets)

    # ------------------------------------------------------------------ loading

    @cached_property
    def asking_for(self) -> timedelta | None:
        """How long the oldest open request has waited; None without one."""
        begun = [dataset.loading_since for dataset in self.datasets if dataset.loading_since]
        return self.now - min(begun) if begun else None

    @property
    def asked_systems(self) -> str:
        """The names of the systems with an open request."""
        return self.names_of(dataset for dataset in self.datasets if dataset.loading_since)

    def names_of(self, datasets: Iterable[DatasetState[Any]]) -> str:
        """Return the system names of some datasets, each once."""
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
