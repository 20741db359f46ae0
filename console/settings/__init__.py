"""The settings of a deployment: its systems and how to reach each one."""

from console.settings.addresses import LOOPBACK, is_safe_address
from console.settings.capabilities import KINDS, Capability, Kind
from console.settings.deployment import Deployment, load_deployment, parse_deployment, parse_system
from console.settings.system import KEPT, Auth, System, label_of

__all__ = [
    "KEPT",
    "KINDS",
    "LOOPBACK",
    "Auth",
    "Capability",
    "Deployment",
    "Kind",
    "System",
    "is_safe_address",
    "label_of",
    "load_deployment",
    "parse_deployment",
    "parse_system",
]
