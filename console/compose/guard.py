"""The part of the composition root for access control and the audit."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.compose.overrides import Overrides
from console.errors import ConfigurationError
from console.http.audit_collector import AuditCollector
from console.models.audit import ChainEnd
from console.models.customer import CustomerId
from console.ports.audit import Collector
from console.ports.secrets import Secrets
from console.services.access.access_service import AccessService
from console.services.access.audit import Audit
from console.services.access.audit_search import AuditSearch, earlier
from console.services.access.caller_check import CallerSystems
from console.services.access.permissions import DataScope, Permissions
from console.services.access.snooping import DAY
from console.services.customer.dataset_cache import DatasetCache
from console.services.outbox.shared_notes import SharedNotes
from console.services.system.steady_clock import SteadyClock
from console.settings import Deployment
from console.settings.audit import AuditSettings
from console.store.audit import AuditRepository
from console.store.database import Database
from console.store.head_anchor import HeadAnchor
from console.system.audit_file import AuditFile
from console.system.installation import installation_id


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides who may see and do what, and logs it in the audit."""

    audit: Audit
    search: AuditSearch
    access: AccessService
    permissions: Permissions
    store: AuditRepository
    anchor: HeadAnchor | None
    policy: str

    def saw(self, customer_id: CustomerId, scope: DataScope) -> None:
        """Log that data of an account was shown."""
        self.audit.saw(customer_id, scope.value)

    async def start(self, now: datetime, *, signed_in: bool) -> None:
        """Load the access events of the last day, and start the audit."""
        if not await self.access.catch_up():  # the first start with the log that programs share
            self.access.recall(await earlier(self.store, now - DAY))
        seen = await asyncio.to_thread(self.anchor.load) if self.anchor is not None else None
        known = {
            "installation": await asyncio.to_thread(installation_id) if self.anchor is not None else "",
            "policy": self.policy,
        }
        known = {name: value for name, value in known.items() if value}
        await self._note(await self.audit.begin("signed in" if signed_in else "started", seen=seen, known=known))

    async def aclose(self) -> None:
        """Log that the console closes, and save where the audit ends."""
        self.audit.record("closed the desk")
        await self.access.aclose()
        await self.audit.aclose()
        await self._note(await self.audit.end())

    async def _note(self, end: ChainEnd | None) -> None:
        if self.anchor is not None and end is not None:
            await asyncio.to_thread(self.anchor.save, end)


def compose_guard(
    deployment: Deployment,
    secrets: Secrets,
    database: Database,
    *,
    overrides: Overrides,
    systems: CallerSystems,
    cache: DatasetCache,
) -> Guard:
    """Return the guard of a console. A caller's replies are compared with data from `systems` and `cache`."""
    store, collector = AuditRepository(database), _collector(deployment.audit, secrets)
    person = overrides.sign_in.person if overrides.sign_in is not None else None
    audit = Audit(
        store,
        collector,
        person=person,
        role=overrides.user.role,
        clock=overrides.clock,
        is_required=deployment.audit.required,
    )
    # Without sign-in no person could be held responsible for opening an account. Such a console is only for trying out.
    verification = deployment.verification if deployment.sign_in is not None else None
    access = AccessService(
        verification,
        systems=systems,
        cache=cache,
        clock=SteadyClock(
            overrides.clock, lambda by: audit.record("clock set", words=f"by {by.total_seconds():.0f} s")
        ),
        on_event=audit.on_access,
        shared=SharedNotes(overrides.guard_log, overrides.clock),
    )
    permissions = Permissions(overrides.user, access, unrecorded=audit.refusal)
    search = AuditSearch(store, collector, audit, permissions, overrides.clock)
    anchor = HeadAnchor.beside(database.folder) if database.folder is not None else None
    return Guard(
        audit, search, access=access, permissions=permissions, store=store, anchor=anchor, policy=overrides.policy
    )


class NamedSecrets:
    """Secrets whose errors name the setting that they were read for. Implements the port `Secrets`."""

    def __init__(self, secrets: Secrets, setting: str) -> None:
        self._secrets, self._setting = secrets, setting

    def read(self, reference: str) -> str:
        try:
            return self._secrets.read(reference)
        except ConfigurationError as error:
            raise ConfigurationError(f"{self._setting}: {error}") from error


def _collector(settings: AuditSettings, secrets: Secrets) -> Collector | None:
    if settings.url is not None:
        named = NamedSecrets(secrets, "audit.secret")
        return AuditCollector(settings.url, named.read(settings.secret) if settings.secret else "")
    return AuditFile(Path(settings.file).expanduser()) if settings.file is not None else None
