"""Tests of a service, such as a line test."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail


@dataclass(frozen=True, slots=True)
class TestMeasure:
    """One figure of a test, as the system wrote it; `violation` says what is wrong with it, None when nothing is."""

    __test__ = False  # not a test of ours, whatever its name

    name: str
    value: str | None
    unit: str | None
    violation: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceTest:
    """One test of one service. Source: TMF653 v4 ServiceTest; `state` is free text there."""

    id: str
    name: str
    state: str | None
    description: str | None
    service_id: str | None
    service_name: str | None
    at: datetime | None
    measures: tuple[TestMeasure, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether everything was in bounds; None while the test is not over or measured nothing."""
        if (self.state or "").lower() != "completed" or not self.measures:
            return None
        return not any(measure.violation for measure in self.measures)
