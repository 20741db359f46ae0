"""Systems that speak the TM Forum Open APIs, version 4 or 5 as each API has it."""

from console.connectors.tmforum.billing import TmForumBilling
from console.connectors.tmforum.crm import TmForumCrm
from console.connectors.tmforum.provisioning import TmForumProvisioning

__all__ = ["TmForumBilling", "TmForumCrm", "TmForumProvisioning"]
