"""A deployment with two billing systems, as after a merger: the same customers, with accounts and bills in each."""

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
    """The systems of one sandbox and the billing of a second one; `second` sets the faults of that one."""

    second: Control

    def deployment(self, **systems: dict[str, Any]) -> Deployment:
        """Return the first sandbox's settings, with the second sandbox's billing as `mobile`."""
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
