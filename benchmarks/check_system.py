"""check-system: server faults planted one at a time; the check must name each one and propose nothing harmful.

Each fault of tests/support/server_faults.py is planted once, on real systems behind a proxy. The seed decides where and
how strong: the commit's id, or OPTICOM_BENCH_SEED. A fault is named if the result of one of its operations differs from
the result without the fault, and is not good. A proposal is harmful if the console, with the proposed settings, no
longer shows something that it showed correctly before. Floor: all faults that do harm, and all proposals.
"""

import asyncio
import logging
import os
import random
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from benchmarks.result import Result
from console.compose import Overrides, compose_check, compose_console
from console.connectors.tmforum.check.trial import Trial
from console.models.check_report import CheckReport, OperationFinding, OperationGrade
from console.models.customer import CustomerId
from console.settings import Deployment
from console.system.sandbox_launcher import SandboxProcess
from tests.support.control import Control
from tests.support.fault_proxy import FaultProxy
from tests.support.server_faults import ServerFault, seeded

_WORLD = ["--customers", "120", "--seed", "7"]
_PARTS = (
    "customer", "accounts", "bills", "payments", "refunds", "products", "services", "product_orders", "service_orders",
    "tickets", "interactions", "appointments",
)  # fmt: skip


def measure() -> list[Result]:
    """Return all cases."""
    return asyncio.run(_measure(_seed()))


def _seed() -> str:
    own = os.environ.get("OPTICOM_BENCH_SEED")
    if own:
        return own
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parent,
    )  # fmt: skip
    return commit.stdout.strip() or "no commit"


async def _measure(seed: str) -> list[Result]:
    print(f"check-system: seed {seed}")
    logging.disable()  # the damage is intended, so its log messages are noise
    with tempfile.TemporaryDirectory() as folder:
        process = await SandboxProcess.start(["--data", folder, *_WORLD])
        try:
            async with Control(process) as sandbox:
                await _happen_now(sandbox)
                return await _Bench(sandbox).run(seeded(seed))
        finally:
            await process.stop()


async def _happen_now(sandbox: Control) -> None:
    """Make a party interaction that happens now, as in a system in use."""
    async with sandbox.raw("crm") as client:
        made = await client.post("/tmf-api/partyInteraction/v4/partyInteraction", json=sandbox.happened_now())
    if made.status_code != 201:
        raise SystemExit(f"check-system: the sandbox refused an interaction: {made.text[:200]}")


class _Bench:
    def __init__(self, sandbox: Control) -> None:
        self._sandbox = sandbox
        self._plain: dict[tuple[str, str], CheckReport] = {}

    async def run(self, faults: list[ServerFault]) -> list[Result]:
        doing_harm = [fault for fault in faults if fault.named_by]
        named, proposals, harmful = 0, 0, 0
        for fault in faults:
            async with FaultProxy(self._sandbox.process.addresses[fault.system], fault.manner) as proxy:
                report = await self._check(fault, proxy.address)
                is_named = bool(fault.named_by) and await self._is_named(fault, report)
                broken = await self._broken_by(fault, report, proxy.address)
            named += is_named
            proposals += bool(report.profile)
            harmful += bool(broken)
            if fault.named_by and not is_named:
                print(f"check-system: not named: {fault.name} ({fault.resource}): {_words(report, fault.named_by)}")
            for what in sorted(broken)[:3]:
                print(f"check-system: harmful for {fault.name} ({fault.resource}): {what}")
        return [
            Result("check-system", "faults named", float(named), "of", float(len(doing_harm))),
            Result("check-system", "harmful proposals", float(harmful), "of", float(proposals)),
            Result("check-system", "planted harm not found", float(not await self._finds_harm(faults)), "of", 1.0),
        ]

    async def _finds_harm(self, faults: list[ServerFault]) -> bool:
        """Return whether a check that proposes all its guesses is found to do harm."""
        with mock.patch.object(Trial, "helps", mock.AsyncMock(return_value=True)):
            for fault in faults:
                async with FaultProxy(self._sandbox.process.addresses[fault.system], fault.manner) as proxy:
                    report = await self._check(fault, proxy.address)
                    if await self._broken_by(fault, report, proxy.address):
                        return True
        return False

    async def _check(self, fault: ServerFault, address: str) -> CheckReport:
        system = msgspec.structs.replace(self._sandbox.process.deployment.systems[fault.system], base_url=address)
        return await compose_check(fault.system, system, self._sandbox.process.secrets, only=[fault.resource])

    async def _is_named(self, fault: ServerFault, report: CheckReport) -> bool:
        where = fault.system, fault.resource
        if where not in self._plain:
            self._plain[where] = await self._check(fault, self._sandbox.process.addresses[fault.system])
        usual = {(found.operation, found.verdict, found.got) for found in self._plain[where].findings}
        return any(_names(fault, found, usual) for found in report.findings)

    async def _broken_by(self, fault: ServerFault, report: CheckReport, address: str) -> set[str]:
        """Return the facts that the console shows correctly now, but not with the proposed settings."""
        if not report.profile:
            return set()
        resources = tomllib.loads(report.profile)["system"]["resources"]
        truth = await self._shown(self._sandbox.deployment())
        before = await self._shown(self._sandbox.deployment(**{fault.system: {"base_url": address}}))
        proposed = {fault.system: {"base_url": address, "resources": resources}}
        return (before & truth) - await self._shown(self._sandbox.deployment(**proposed))

    async def _shown(self, deployment: Deployment) -> set[str]:
        """Return every fact that a console shows about a customer, as text."""
        console = compose_console(deployment, self._sandbox.process.secrets, Overrides(rng=random.Random(1)))
        view = console.view_customer(CustomerId(self._sandbox.first_customer))
        try:
            view.load_all()
            await view.wait_idle()
            shown = {f"{name}: {fact}" for name in _PARTS for fact in _facts(getattr(view, name, None))}
            for bill in list(view.bills.state.facts or ())[:2]:
                lines = view.bill_lines(bill.value.id)
                await lines.wait_idle()
                shown |= {f"lines: {fact}" for fact in _facts(lines)}
            return shown
        finally:
            view.close()
            await console.aclose()


def _facts(part: Any) -> list[str]:
    facts = part.state.facts if part is not None else None
    if facts is None:
        return []
    return [repr(one.value) for one in (facts if hasattr(facts, "__iter__") else [facts])]


def _names(fault: ServerFault, found: OperationFinding, usual: set[tuple[str, OperationGrade, str]]) -> bool:
    is_new = (found.operation, found.verdict, found.got) not in usual
    return (
        is_new
        and found.operation in fault.named_by
        and found.verdict is not OperationGrade.GOOD
        and fault.said in found.got
    )


def _words(report: CheckReport, operations: tuple[str, ...]) -> str:
    told = [found for found in report.findings if found.operation in operations] or list(report.findings[:1])
    return "; ".join(f"{found.operation} {found.verdict.value}: {found.got}" for found in told)
