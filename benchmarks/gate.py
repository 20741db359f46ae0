"""gate: secrets in the window, for every role, account state and panel; the window must not show any of them.

Reads the window's widgets, models, actions, titles, clipboard and accessibility tree (`walk.py`), and searches them for
the systems' real values. Planted leaks must be found. Floor: the number of texts checked.
"""

import asyncio
import random
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx
import msgspec
from PySide6.QtWidgets import QLabel

from benchmarks.gate_paths import Paths, walk_paths
from benchmarks.result import Result
from benchmarks.walk import reported_by
from benchmarks.window import in_window
from console.bridge import Bridge
from console.compose import Overrides, compose_console
from console.models.customer import CustomerId
from console.services.access.access_service import AccessReason
from console.services.access.permissions import ROLES, DataScope, PersonalField
from console.system.sandbox_launcher import SandboxProcess
from console.views.access.access_dialog import AccessDialog
from console.views.customer.panels.catalogue import PANELS
from console.views.search.palette import SearchPalette
from console.views.window.main_window import MainWindow
from console.views.window.workspace import Workspace

_CUSTOMERS = 3
Secrets = dict[DataScope | PersonalField, set[str]]
# Where each data scope has identifying values: system, path and attribute.
_KNOWN_BY: dict[DataScope, tuple[str, str, str]] = {
    DataScope.BILLING_ACCOUNTS: ("billing", "/tmf-api/accountManagement/v4/billingAccount", "id"),
    DataScope.BILLS: ("billing", "/tmf-api/customerBillManagement/v4/customerBill", "billNo"),
    DataScope.USAGE: ("billing", "/tmf-api/usageManagement/v4/usage", "usageCharacteristic"),
    DataScope.TICKETS: ("crm", "/tmf-api/troubleTicket/v4/troubleTicket", "id"),
    DataScope.PRODUCT_ORDERS: ("provisioning", "/tmf-api/productOrderingManagement/v4/productOrder", "id"),
    DataScope.SERVICES: ("provisioning", "/tmf-api/serviceInventory/v4/service", "id"),
}


async def secrets_of(sandbox: SandboxProcess, customer: str) -> Secrets:
    """Return the values that must not be shown before a caller is verified, by data scope.

    A value that a role may see masked is under its `PersonalField`.
    """
    found: Secrets = {}
    own = ""
    for scope, (system, place, attribute) in _KNOWN_BY.items():
        async with _client(sandbox, system) as client:
            answer = await client.get(place, params={"relatedParty.id": customer, "limit": 30})
            answer.raise_for_status()
            values = [one.get(attribute) for one in answer.json()]
        if scope is DataScope.SERVICES:
            own = _plain(answer.text)
        found[scope] = {text for value in values for text in _texts(value)}
    async with _client(sandbox, "crm") as crm:
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
        kind = record["engagedParty"]["@referredType"].lower()
        party = (await crm.get(f"/tmf-api/party/v4/{kind}/{record['engagedParty']['id']}")).json()
    kinds: dict[str, DataScope | PersonalField] = {
        "street1": DataScope.CUSTOMER,
        "emailAddress": PersonalField.EMAIL,
        "phoneNumber": PersonalField.PHONE,
    }
    for key, kind_of in kinds.items():
        media = (medium["characteristic"].get(key) for medium in record["contactMedium"])
        found[kind_of] = {str(value) for value in media if value}
    found[DataScope.USAGE] = {
        to for to in found[DataScope.USAGE] if _plain(to) not in own
    }  # the customer's own lines are not a secret
    found[PersonalField.BIRTH] = {str(party["birthDate"])[:10]} if party.get("birthDate") else set()
    return found


def _texts(value: object) -> Iterable[str]:
    """Yield the identifying texts of a value: of at least 6 characters, and the called numbers of call details."""
    if isinstance(value, list):
        yield from (str(one["value"]) for one in value if one.get("name") == "to")
    elif value is not None and len(str(value)) >= 6:
        yield str(value)


def _client(sandbox: SandboxProcess, system: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {sandbox.tokens[system]}"}
    return httpx.AsyncClient(base_url=sandbox.addresses[system], headers=headers, trust_env=False)


def leaks(window: MainWindow, secrets: Iterable[str]) -> tuple[list[tuple[str, str]], int]:
    """Return the places where a window shows a secret, and the number of places checked."""
    wanted = {_plain(secret) for secret in secrets}
    told = list(reported_by(window))
    return [(where, text) for where, text in told if any(secret in _plain(text) for secret in wanted)], len(told)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z@]", "", text.lower())


@dataclass
class Count:
    """Counts of the walk: leaks, places checked, planted leaks and missed ones."""

    told: int = 0
    looked_at: int = 0
    planted: int = 0
    missed: int = 0
    paths: Paths = field(default_factory=Paths)


def measure() -> list[Result]:
    """Return the leaks, and the planted leaks that were not found."""
    count = Count()

    async def main(window: MainWindow, bridge: Bridge) -> int:
        with tempfile.TemporaryDirectory() as folder:
            sandbox = await SandboxProcess.start(["--data", folder, "--customers", "200"])
            try:
                for role in ROLES:
                    fresh = MainWindow()
                    fresh.resize(window.size())
                    fresh.show()
                    await _walk(fresh, bridge, sandbox, role, count)
                    fresh.close()
                paths = await walk_paths(sandbox)
                count.paths, count.planted, count.missed = paths[0], count.planted + paths[1], count.missed + paths[2]
            finally:
                await bridge.aclose()
                await sandbox.stop()
        return 0

    in_window(main)
    for wrong in (*count.paths.let_through[:10], *count.paths.held_up[:10]):
        print(f"gate: {wrong}")
    return [
        Result("gate", "told and must not be", count.told, "", count.looked_at),
        Result("gate", "let through and must not be", len(count.paths.let_through), "", count.paths.tried),
        Result("gate", "held up and may be", len(count.paths.held_up), "", count.paths.tried),
        Result("gate", "planted leaks not found", count.missed, "", count.planted),
    ]


async def _walk(window: MainWindow, bridge: Bridge, sandbox: SandboxProcess, role: str, count: Count) -> None:
    """Visit every account state and panel as one role."""
    deployment = msgspec.structs.replace(sandbox.deployment, sign_in=sandbox.deployment_with_sign_in.sign_in)
    overrides = Overrides(user=ROLES[role], rng=random.Random(role))
    console = await asyncio.to_thread(compose_console, deployment, sandbox.secrets, overrides)
    await console.open_store()
    workspace = Workspace(window, SearchPalette.over(window), bridge)
    workspace.attach(console)
    async with _client(sandbox, "crm") as crm:
        found = await crm.get("/tmf-api/customerManagement/v4/customer", params={"limit": _CUSTOMERS})
    for customer in (CustomerId(one["id"]) for one in found.json()):
        secrets = await secrets_of(sandbox, customer)
        every = set().union(*secrets.values())
        await _closed(window, workspace, customer, every, count)
        await _open_for_a_ticket(window, workspace, customer, secrets, count)
        _look(window, every, count, f"{role}, closed again")
    workspace.close_all()
    await console.aclose()


async def _closed(
    window: MainWindow, workspace: Workspace, customer: CustomerId, every: set[str], count: Count
) -> None:
    """Check the verification dialog of a locked account, and plant a leak in it."""
    workspace.open_customer(customer)
    [dialog] = window.findChildren(AccessDialog)
    async with asyncio.timeout(10):
        while "·" not in dialog.who.text():  # noqa: ASYNC110 - a label tells nobody when it changes
            await asyncio.sleep(0.01)
    _look(window, every, count, "closed")
    mark = QLabel(f"planted {min(every)}", dialog)
    count.planted += 1
    count.missed += not leaks(window, every)[0]
    mark.setParent(None)
    dialog.reject()
    dialog.setParent(None)


async def _open_for_a_ticket(
    window: MainWindow, workspace: Workspace, customer: CustomerId, secrets: Secrets, count: Count
) -> None:
    """Check every panel for data outside this role, and for call details, which a ticket does not unlock."""
    console = workspace.console
    assert console is not None
    await console.access.open_for(customer, AccessReason.TYPED, "nobody calls in a benchmark")
    page = workspace.open_customer(customer)
    assert page is not None
    await page.view.wait_idle()
    hidden: set[DataScope | PersonalField] = {DataScope.USAGE, *console.user.masked}
    hidden |= {kind for kind in secrets if isinstance(kind, DataScope) and kind not in console.user.may_see}
    shown = set().union(*(secrets[scope] for scope in secrets.keys() - hidden))
    kept_back = set().union(*(secrets[scope] for scope in hidden)) - shown
    for name in PANELS:
        page.go_to(name)
        await page.view.wait_idle()
        await asyncio.sleep(0.02)
        _look(window, kept_back, count, f"{console.user.role}, {name}")
    if kept_back:
        mark = QLabel(f"planted {min(kept_back)}", page)
        count.planted += 1
        count.missed += not leaks(window, kept_back)[0]
        mark.setParent(None)
    workspace.customers.close_tab(window.tabs.currentIndex())
    await asyncio.sleep(0.05)


def _look(window: MainWindow, secrets: set[str], count: Count, where: str) -> None:
    found, looked_at = leaks(window, secrets)
    count.told += len(found)
    count.looked_at += looked_at
    for place, text in found[:3]:
        print(f"gate: {where}: {place} tells {text[:200]!r}")
