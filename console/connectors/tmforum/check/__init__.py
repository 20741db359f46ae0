"""The connector check: how well one server meets the console's needs, and settings that fix problems."""

from console.connectors.tmforum.check.system_check import CHECKED, check_system

__all__ = ["CHECKED", "check_system"]
