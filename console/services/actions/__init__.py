"""Actions on a customer: each type is declared in a file of `kinds/`; `Actions` saves and sends them."""

from console.services.actions.actions import Actions
from console.services.actions.decisions import Decisions
from console.services.actions.send_check import SendCheck
from console.services.actions.steps import CHANGES

__all__ = ["CHANGES", "Actions", "Decisions", "SendCheck"]
