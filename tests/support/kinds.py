"""The older kinds of system with the resources that TM Forum publishes for each."""

from console.connectors.tmforum.published import paths_of_kind
from console.settings import KINDS

PATHS = {kind: paths_of_kind(kind) for kind in KINDS}
