"""Discrepancies between the systems about a customer: small rules, one per file, over the facts that arrived.

A rule gets `SystemFacts` and yields discrepancies. If no system has sent a fact that the rule needs, NotKnownError ends
it. The screen then shows "could not be compared".
"""

from console.services.discrepancies.compare import RULES, SETTLES_IN, compare
from console.services.discrepancies.system_facts import MissingDataError, SystemFacts

__all__ = ["RULES", "SETTLES_IN", "MissingDataError", "SystemFacts", "compare"]
