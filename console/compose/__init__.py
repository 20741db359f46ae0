"""The composition root without the window: the only place that connects systems and puts services together."""

from console.compose.console import compose_console
from console.compose.overrides import Overrides
from console.compose.sign_in import compose_sign_in
from console.compose.systems import check_settings, checked_resources, compose_check, older_form

__all__ = [
    "Overrides",
    "check_settings",
    "checked_resources",
    "compose_check",
    "compose_console",
    "compose_sign_in",
    "older_form",
]
