"""Where the systems disagree about a customer: small rules, one a file, each over the facts that came.

A rule gets `SystemFacts` and yields contradictions. What it needs and was not told ends it with NotKnownError, which is
shown as "could not be compared".
"""

from console.services.discrepancies.compare import RULES, SETTLES_IN, compare
from console.services.discrepancies.system_facts import NotKnownError, SystemFacts

__all__ = ["RULES", "SETTLES_IN", "NotKnownError", "SystemFacts", "compare"]
