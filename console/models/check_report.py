"""What a check of one system found: per resource and operation what the desk needs, what it got, and what to change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class Verdict(Enum):
    """How an operation of a system serves the desk."""

    GOOD = "good"
    LIMITED = "works with less"
    SETTING = "needs a setting"
    BROKEN = "does not work"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True)
class Finding:
    """One operation of one resource.

    `setting` is what must be set for the desk to work with it as it is, as nested keys of the resource's settings;
    `request` and `answer` show what was asked and came, without anything personal.
    """

    resource: str
    operation: str
    needed: str
    got: str
    verdict: Verdict
    advice: str = ""
    setting: Mapping[str, Any] = field(default_factory=dict)
    request: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A whole check; `at` is aware UTC, `elapsed_s` how long it took, `profile` the proposed settings as TOML."""

    system: str
    kind: str
    address: str
    at: datetime
    elapsed_s: float
    findings: tuple[Finding, ...]
    profile: str = ""

    def count(self, verdict: Verdict) -> int:
        """Return how many findings have a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def is_usable(self) -> bool:
        """Whether the desk works with the system as it is configured now, apart from what it lacks."""
        works = any(one.operation in {"list", "query"} and one.verdict is Verdict.GOOD for one in self.findings)
        return works and not (self.count(Verdict.BROKEN) or self.count(Verdict.SETTING) or "customer" in self.lacking)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The resources that the desk cannot show as the system is configured now."""
        lost = [
            one.resource
            for one in self.findings
            if one.got in {"the settings say it is not served", "not asked for, as set"}
        ]
        return tuple(dict.fromkeys(lost))
