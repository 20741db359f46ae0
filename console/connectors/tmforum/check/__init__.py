"""Finds out how far one server serves the desk, and proposes the settings that mend what can be mended."""

from console.connectors.tmforum.check.system_check import CHECKED, check_system

__all__ = ["CHECKED", "check_system"]
