"""A deployment of two billing systems, as after a merger: the same customers, each with accounts and bills of its own."""

import random
from dataclasses import dataclass
from typing import Any

import msgspec

from console.compose import Overrides, compose_console
from console.services.console import Console
from console.settings import Deployment
from console.system.sandbox_launcher import HandedSecrets
from tests.support.control import Control

FIXED, MOBILE = "Fixed billing", "Mobile billing"


@dataclass
class TwoBillings(Control):
    """The systems of one sandbox, with the billing of another beside its own; `second` has its faults."""

    second: Control

    def deployment(self, **systems: dict[str, Any]) -> Deployment:
        """The first sandbox's settings with the second's billing as `mobile`."""
        changes = systems.pop("mobile", {})
        fixed = {**systems.pop("billing", {}), "label": FIXED}
        deployment = super().deployment(**systems, billing=fixed)
        auth = msgspec.structs.replace(deployment.systems["billing"].auth, secret="handed:mobile")
        mobile = msgspec.structs.replace(
            deployment.systems["billing"],
            base_url=self.second.process.addresses["billing"],
            label=MOBILE,
            auth=auth,
        )
        mobile = msgspec.structs.replace(mobile, **changes)
        return msgspec.structs.replace(deployment, systems={**deployment.systems, "mobile": mobile})

    def console(self, *, overrides: Overrides | None = None, gated: bool = False, **systems: dict[str, Any]) -> Console:
        del gated
        secrets = HandedSecrets({**self.process.tokens, "mobile": self.second.process.tokens["billing"]})
        return compose_console(self.deployment(**systems), secrets, overrides or Overrides(rng=random.Random(1)))
