"""What the systems last said about the customers opened in this run; in memory only, gone with the program."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

_MOST_CUSTOMERS = 40


class LastKnown:
    """The last good answer for each part of the most recently opened customers.

    A customer closed and opened again shows it at once, marked with its age, while the systems are asked anew.
    """

    def __init__(self, most_customers: int = _MOST_CUSTOMERS) -> None:
        self._most = most_customers
        self._customers: OrderedDict[str, dict[Hashable, Any]] = OrderedDict()

    def load(self, customer_id: str, part: Hashable) -> Any:
        """Return the facts of a part, or None where there are none."""
        return self._customers.get(customer_id, {}).get(part)

    def save(self, customer_id: str, part: Hashable, facts: Any) -> None:
        """Keep the facts of a part; beyond the limit the customer not opened for longest is forgotten."""
        self._customers.setdefault(customer_id, {})[part] = facts
        self._customers.move_to_end(customer_id)
        while len(self._customers) > self._most:
            self._customers.popitem(last=False)
