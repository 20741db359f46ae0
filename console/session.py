"""The desk's services for the length of one run: on the configured systems, or on a sandbox of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from console.compose import compose_desk
from console.services.desk import Desk
from console.settings import load_deployment
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import SystemSecrets


@dataclass(frozen=True, slots=True)
class Session:
    """The services, and on a sandbox of its own the number of its world's first customer."""

    desk: Desk
    first_customer: str | None = None


@asynccontextmanager
async def open_session(*, config: Path | None, demo: bool) -> AsyncIterator[Session]:
    """Yield the services; at the end close them and stop the sandbox.

    Raises:
        ConfigurationError: There are no usable settings, or the sandbox does not start.
    """
    sandbox = await SandboxProcess.start() if demo else None
    try:
        if sandbox is not None:
            desk = await asyncio.to_thread(compose_desk, sandbox.deployment, sandbox.secrets)
        else:
            path = config or default_configuration()
            deployment = await asyncio.to_thread(load_deployment, path)
            desk = await asyncio.to_thread(compose_desk, deployment, SystemSecrets(path.parent))
        try:
            yield Session(desk, sandbox.first_customer if sandbox else None)
        finally:
            await desk.aclose()
    finally:
        if sandbox is not None:
            await sandbox.stop()


def default_configuration() -> Path:
    """Return where the settings are looked for when nothing is said."""
    return Path(platformdirs.user_config_dir("opticom-console", appauthor=False)) / "systems.toml"
