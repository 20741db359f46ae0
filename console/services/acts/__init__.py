"""Acts: what can be done for a customer. Each kind is declared in one file of `kinds/`; `Acts` keeps and sends them."""

from console.services.acts.decisions import Decisions
from console.services.acts.desk_acts import Acts
from console.services.acts.send_check import SendCheck
from console.services.acts.steps import CHANGES

__all__ = ["CHANGES", "Acts", "Decisions", "SendCheck"]
