"""canary: a scripted day in the real window on an encrypted store, then a search of its home folder for personal data.

The data: 1,000 names, numbers and addresses of customers, and typed texts. None of it may be in the data folder, the
log, temporary files or an error report. The forms searched: plain, UTF-16, base64, hex, escaped. The day ends with a
kill. A planted leak in each form must be found. No timing.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.result import Result
from benchmarks.window import in_window, workspace_on
from console.bridge import Bridge
from console.cli.sandbox import write_configuration
from console.models.customer import CustomerId
from console.settings import load_deployment
from console.system.logs import start_logging
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import SystemSecrets
from console.views.window.main_window import MainWindow

_CANARIES = 1000
_OPENED = 200
_TYPED = "She says the xylophonkanarie sings at 14 Quillfeather Mews"
_CUSTOMER = "/tmf-api/customerManagement/v4/customer"


def measure() -> list[Result]:
    """Return both cases."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Result]:
    home = folder / "home"
    (home / "tmp").mkdir(parents=True)
    sandbox = await SandboxProcess.start(["--data", str(folder / "world"), "--customers", "400"])
    try:
        write_configuration(folder, sandbox.addresses, sandbox.tokens)
        canaries, customers = await _seeded(sandbox)
        process = await asyncio.to_thread(_day, folder, home, customers)
        if process.returncode == 0 or "the day is over" not in process.stdout:
            raise RuntimeError(f"the day did not end as it should: {process.stdout}{process.stderr}")
    finally:
        await sandbox.stop()
    files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    if not any(path.name == "desk.store" for path in files) or not any(path.name == "console.log" for path in files):
        raise RuntimeError(f"the day left neither store nor log: {sorted(map(str, files))}")
    found = sorted({f"{path.name}: {canary}" for canary in canaries for path in _where(canary, files)})
    size_mb = sum(map(len, files.values())) / 1e6
    print(f"canary: {len(canaries)} canaries in {len(_forms('x'))} forms, {len(files)} files, {size_mb:.1f} MB")
    for leak in found[:10]:
        print(f"canary: leaked into {leak}")
    missed = [form for form in _forms(canaries[0]) if not _where(canaries[0], {home / "planted": b"a" + form + b"z"})]
    return [
        Result("canary", "found on the disk", float(len(found)), "of", float(len(canaries))),
        Result("canary", "planted leaks not found", float(len(missed)), "of", float(len(_forms(canaries[0])))),
    ]


async def _seeded(sandbox: SandboxProcess) -> tuple[list[str], list[str]]:
    """Return the values that must not be found, and the customer numbers; read from CRM without the console's code."""
    headers = {"Authorization": f"Bearer {sandbox.tokens['crm']}"}
    async with httpx.AsyncClient(base_url=sandbox.addresses["crm"], headers=headers, trust_env=False) as crm:
        records: list[dict[str, Any]] = []
        while len(records) < _OPENED:
            paging = {"limit": 100, "offset": len(records)}
            records += (await crm.get(_CUSTOMER, params=paging)).raise_for_status().json()
    found = dict.fromkeys(value for record in records for value in _telling(record))
    words = [*_TYPED.split()[3:4], "Quillfeather"]
    return [*words, *list(found)[: _CANARIES - len(words)]], [record["id"] for record in records]


def _telling(record: dict[str, Any]) -> Iterator[str]:
    yield record["name"]
    yield record["id"]
    for medium in record.get("contactMedium", ()):
        facts = medium.get("characteristic", {})
        yield from (facts[key] for key in ("phoneNumber", "emailAddress", "street1") if facts.get(key))
    yield from (account["id"] for account in record.get("account", ()))


def _forms(text: str) -> list[bytes]:
    """Return the usual encodings of a text; base64 has one for each position in a group of three bytes."""
    plain = text.encode()
    based = [base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    escaped = [form.encode() for form in (json.dumps(text)[1:-1], quote(text), quote_plus(text))]
    return [plain, text.encode("utf-16-le"), plain.hex().encode(), plain.hex().upper().encode(), *based, *escaped]


def _where(canary: str, files: dict[Path, bytes]) -> list[Path]:
    forms = [form for form in dict.fromkeys(_forms(canary)) if len(form) > 5]
    return [path for path, content in files.items() if any(form in content for form in forms)]


def _day(folder: Path, home: Path, customers: list[str]) -> subprocess.CompletedProcess[str]:
    places = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "TMPDIR", "TMP", "TEMP")
    own = {"HOME": str(home), "LOCALAPPDATA": str(home)}
    environment = {**os.environ, **dict.fromkeys(places, str(home / "tmp")), **own}
    command = [sys.executable, "-m", "benchmarks.canary", str(folder), str(home), json.dumps(customers)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)


# ---------------------------------------------------------------------- the process that runs the day


async def _live(window: MainWindow, bridge: Bridge, folder: Path, home: Path, customers: list[str]) -> int:
    start_logging()
    deployment = await asyncio.to_thread(load_deployment, folder / "systems.toml")
    opened = workspace_on(window, bridge, deployment, SystemSecrets(folder), home / "desk" / "desk.store")
    async with opened as (workspace, console, _):
        name = ""
        for number, customer in enumerate(customers):
            page = workspace.open_customer(CustomerId(customer))
            assert page is not None
            await page.view.wait_idle()
            name = page.view.name
            if number % 20 == 0:
                await console.search.find(console.search.read(name), lambda _result: None)
                page.customer_actions.open_note()
                assert page.customer_actions.dock is not None
                QTest.keyClicks(page.customer_actions.dock.text, _TYPED)
                page.customer_actions.dock.text.insertPlainText(f" for {name}")  # no key can type all letters of a name
                if number % 40 == 0:
                    page.customer_actions.dock.send()
                for bill in list(page.view.bills.state.facts or ())[:1]:
                    page.show_document(bill.value)
                QApplication.clipboard().setText(name)
            if number % 50 == 0:
                seen = await console.actions.look_at_contact(page.customer_id, None)
                await console.actions.change_contact(page.customer_id, None, {"phone": "+1 937 555 0142"}, seen)
            await asyncio.sleep(0.05)
            workspace.customers.close_tab(0)

        async def breaks() -> None:
            raise KeyError(f"{name}, {_TYPED}")  # an unexpected error, with customer data in its text

        bridge.run_query(window, breaks(), lambda _nothing: None)
        await asyncio.sleep(1.5)
        print("the day is over", flush=True)
        os.kill(os.getpid(), 9) if hasattr(os, "fork") else os._exit(3)
    return 1


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    where, own, them = sys.argv[1:]
    sys.exit(in_window(lambda window, bridge: _live(window, bridge, Path(where), Path(own), json.loads(them))))
