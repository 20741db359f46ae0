"""Acts: what can be done for a customer. Each kind is declared in one file of `kinds/`; `Acts` keeps and sends them."""

from console.services.acts.desk_acts import Acts
from console.services.acts.steps import CHANGES

__all__ = ["CHANGES", "Acts"]
