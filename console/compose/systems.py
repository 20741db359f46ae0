"""Connects the systems of a deployment, each with the connector that its settings name."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from console.compose.guard import NamedSecrets
from console.compose.overrides import Overrides
from console.errors import ConfigurationError
from console.http import HttpLayer
from console.models.check_report import CheckReport
from console.models.health import Exchange
from console.ports.connector import Connecting, Connector
from console.ports.secrets import Secrets
from console.ports.systems import ConnectedSystem, Systems
from console.services.access.sign_in import SignIn
from console.services.search.phone import numbering_plans
from console.services.system.connections import HealthBoard
from console.settings import KEPT, Deployment, System, label_of
from console.settings.connectors import connector
from console.store.database import Database
from console.store.responses import ResponseRepository
from console.system.clock import SystemClock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ComposedSystems:
    """The systems, their health, and the connections to all of them."""

    systems: Systems
    health: HealthBoard
    http: HttpLayer


def check_country(deployment: Deployment) -> None:
    """Check that phone numbers of the deployment's country are known.

    Raises:
        ConfigurationError: The country is unknown.
    """
    if deployment.country not in numbering_plans().SUPPORTED_REGIONS:
        raise ConfigurationError(
            f"country is {deployment.country}, which is an unknown country. Use a two-letter code such as US or DE."
        )


def check_settings(deployment: Deployment, secrets: Secrets) -> None:
    """Check that a console can start with these settings, as far as this computer can know. Blocks.

    Runs before anybody signs in, so that a user does not sign in only to see that the console cannot start. Secrets in
    the console's own store are not checked, because the store opens later.

    Raises:
        ConfigurationError: A secret was not found where the settings say, or the country is unknown.
    """
    check_country(deployment)
    wanted = [
        (f"systems.{name}.auth", one) for name, system in deployment.systems.items() for one in system.auth.references
    ]
    wanted += [("audit.secret", deployment.audit.secret)] if deployment.audit.secret else []
    for setting, reference in wanted:
        if not reference.startswith(KEPT):
            NamedSecrets(secrets, setting).read(reference)
    if deployment.in_older_form:
        _log.warning("%s", older_form(deployment))


def older_form(deployment: Deployment) -> str:
    """Return one sentence about the newer form of the settings, or an empty text if they already have it."""
    if not deployment.in_older_form:
        return ""
    name = deployment.in_older_form[0]
    serves = ", ".join(f'"{one.value}"' for one in deployment.systems[name].serves)
    return f"systems.{name}.kind is the older form and still works. The new form is: capabilities = [{serves}]"


def connect_systems(
    deployment: Deployment, secrets: Secrets, overrides: Overrides, store: Database | None
) -> ComposedSystems:
    """Return the connected systems of a deployment. Sends no requests yet.

    Raises:
        ConfigurationError: A secret was not found where the settings say.
    """
    health = HealthBoard(list(deployment.systems))

    def note(exchange: Exchange) -> None:
        health.note(exchange)
        overrides.on_exchange(exchange)

    http = HttpLayer(
        clock=overrides.clock,
        on_exchange=note,
        rng=overrides.rng,
        answers=ResponseRepository(store) if store is not None else None,
        tokens=overrides.sign_in,
    )

    def connect(name: str, system: System) -> ConnectedSystem:
        named = NamedSecrets(secrets, f"systems.{name}.auth")
        endpoint = http.endpoint(name, system, label=label_of(name, system), secrets=named)
        connecting = Connecting(endpoint=endpoint, clock=overrides.clock, on_damage=health.note_damage)
        return _connector(system).connect(system, connecting)

    systems = Systems(tuple(connect(name, system) for name, system in deployment.systems.items()))
    return ComposedSystems(systems, health, http)


def checked_resources(system: System) -> list[str]:
    """Return the resources of a system that a check reads, in its order."""
    return list(_connector(system).checked(system))


async def compose_check(
    name: str,
    system: System,
    secrets: Secrets,
    *,
    by_post: bool = False,
    only: Sequence[str] = (),
    on_resource: Callable[[str], None] = lambda _resource: None,
    sign_in: SignIn | None = None,
) -> CheckReport:
    """Return how well one server works with the console. `sign_in` is the person for whom requests are sent.

    Raises:
        ConfigurationError: A secret was not found where the settings say.
    """
    clock = SystemClock()
    http = await asyncio.to_thread(lambda: HttpLayer(clock=clock, on_exchange=lambda _: None, tokens=sign_in))
    try:
        named = NamedSecrets(secrets, f"systems.{name}.auth")
        endpoint = http.endpoint(name, system, label=label_of(name, system), secrets=named)
        connecting = Connecting(endpoint=endpoint, clock=clock, on_damage=lambda _system, _damages: None)
        return await _connector(system).check(system, connecting, by_post=by_post, only=only, on_resource=on_resource)
    finally:
        await http.aclose()


def _connector(system: System) -> Connector:
    return cast("Connector", connector(system.connector))
