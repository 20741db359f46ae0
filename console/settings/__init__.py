"""The deployment's settings: which systems there are and how each one is spoken to."""

from console.settings.addresses import LOOPBACK, is_safe_address
from console.settings.deployment import (
    KEPT,
    Auth,
    CallerProofSettings,
    Deployment,
    Resource,
    System,
    load_deployment,
    parse_deployment,
    parse_system,
)
from console.settings.profiles import profile_names
from console.settings.published import CUSTOMER_FILTERS, PATHS, V5_PATHS, Kind, Version, default_path

__all__ = [
    "CUSTOMER_FILTERS",
    "KEPT",
    "LOOPBACK",
    "PATHS",
    "V5_PATHS",
    "Auth",
    "CallerProofSettings",
    "Deployment",
    "Kind",
    "Resource",
    "System",
    "Version",
    "default_path",
    "is_safe_address",
    "load_deployment",
    "parse_deployment",
    "parse_system",
    "profile_names",
]
