"""Tests of a service, such as a line test."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail


@dataclass(frozen=True, slots=True)
class TestMeasure:
    """One measure of a test, as the system wrote it; `violation` says which limit it breaks, None if it is fine."""

    __test__ = False  # pytest must not collect this class

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
        """Whether all measures are within limits; None if the test is unfinished or measured nothing."""
        if (self.state or "").lower() != "completed" or not self.measures:
            return None
        return not any(measure.violation for measure in self.measures)
