"""Report of a system check: for each resource and operation the need, the result, and the setting to change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class OperationGrade(Enum):
    """How well an operation of a system works with the console."""

    GOOD = "good"
    LIMITED = "works with less"
    SETTING = "needs a setting"
    BROKEN = "does not work"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True)
class OperationFinding:
    """One operation of one resource.

    `setting` is the setting that makes the console work with it, as nested keys of the resource's settings. `request`
    and `answer` show the request and the response without personal data.
    """

    resource: str
    operation: str
    needed: str
    got: str
    verdict: OperationGrade
    advice: str = ""
    setting: Mapping[str, Any] = field(default_factory=dict)
    request: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A whole check; `at` is aware UTC, `elapsed_s` its duration, `profile` the proposed settings as TOML."""

    system: str
    kind: str
    address: str
    at: datetime
    elapsed_s: float
    findings: tuple[OperationFinding, ...]
    profile: str = ""

    def count(self, verdict: OperationGrade) -> int:
        """Return how many findings have a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def is_usable(self) -> bool:
        """Whether the console works with the system as configured now, apart from missing resources."""
        works = any(one.operation in {"list", "query"} and one.verdict is OperationGrade.GOOD for one in self.findings)
        return works and not (
            self.count(OperationGrade.BROKEN) or self.count(OperationGrade.SETTING) or "customer" in self.lacking
        )

    @property
    def lacking(self) -> tuple[str, ...]:
        """The resources that the console cannot show as the system is configured now."""
        lost = [
            one.resource
            for one in self.findings
            if one.got in {"the settings say it is not served", "not asked for, as set"}
        ]
        return tuple(dict.fromkeys(lost))
