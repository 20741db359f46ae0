"""Writes docs/interoperability.md: the operations each server offers the console, by resource, from `check-system`.

    OPTICOM_TMF_DIR=… OPTICOM_OUTSIDE_DIR=… .venv/bin/python scripts/interoperability.py [FOLDER]

The servers are the sandbox in both versions, tmf-mock, and a mock server made from the published descriptions. With
FOLDER, the complete reports are written there as HTML.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402 - the path comes first

from console.cli.check_html import as_html  # noqa: E402 - after the path is set
from console.compose import compose_check  # noqa: E402 - after the path is set
from console.connectors.tmforum.published import V5_PATHS, paths_of_kind, resources_of  # noqa: E402 - after the path is set
from console.connectors.tmforum.settings import ResourceSettings, TmForumSystem  # noqa: E402 - after the path is set
from console.models.check_report import CheckReport, OperationFinding, OperationGrade  # noqa: E402 - after the path is set
from console.settings import KINDS  # noqa: E402 - after the path is set
from console.system.sandbox_launcher import SandboxProcess  # noqa: E402 - after the path is set
from tests.support import outside  # noqa: E402 - after the path is set

_SERVERS = ("sandbox v4", "sandbox v5", "tmf-mock", "description v4", "description v4, made up", "description v5",
            "description v5, made up")  # fmt: skip
_NOT_CHECKED = "–"
_MARKS = {OperationGrade.SETTING: "!", OperationGrade.LIMITED: "~", OperationGrade.BROKEN: "✕"}


class _NoSecrets:
    def read(self, reference: str) -> str:
        raise LookupError(reference)


async def reports() -> dict[str, list[CheckReport]]:
    """Return the check reports of every server, one for each kind of system."""
    found: dict[str, list[CheckReport]] = {name: [] for name in _SERVERS}
    with tempfile.TemporaryDirectory() as folder:
        sandbox = await SandboxProcess.start(["--data", folder, "--customers", "300", "--seed", "7"])
        try:
            for name, system in sandbox.deployment.systems.items():
                plain = msgspec.structs.replace(system, resources={})
                for server, settings in (("sandbox v4", plain), ("sandbox v5", _in_v5(plain))):
                    found[server].append(await compose_check(name, settings, sandbox.secrets, by_post=True))
        finally:
            await sandbox.stop()
        with outside.tmf_mock() as address:
            system = TmForumSystem(kind="provisioning", base_url=address)
            found["tmf-mock"].append(await compose_check("provisioning", system, _NoSecrets()))
        for kind in KINDS:
            for version in ("v4", "v5"):
                for dynamic in (False, True):
                    server = f"description {version}" + (", made up" if dynamic else "")
                    found[server].append(await _described(kind, version, Path(folder), dynamic=dynamic))
    return found


async def _described(kind: Any, version: Any, folder: Path, *, dynamic: bool) -> CheckReport:
    with outside.prism(kind, version, folder, dynamic=dynamic) as address:
        system = TmForumSystem(kind=kind, base_url=address, time_limit_s=20.0)
        only = [name for name in paths_of_kind(kind) if version == "v4" or name in V5_PATHS]
        settings = _in_v5(system) if version == "v5" else system
        return await compose_check(kind, settings, _NoSecrets(), only=only)


def _in_v5(system: TmForumSystem) -> TmForumSystem:
    resources = {name: ResourceSettings(version="v5") for name in resources_of(system.serves) if name in V5_PATHS}
    return msgspec.structs.replace(system, resources=resources)


def lines(found: dict[str, list[CheckReport]]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# Resources that each server offers"
    yield ""
    yield f"Made on {datetime.now(UTC):%Y-%m-%d} by `scripts/interoperability.py`. A cell counts the operations that"
    yield "`opticom-console check-system` found good, of those it could judge, and names the others. The mock servers"
    yield "answer what a description allows: always the same, or made up; no list of theirs hangs together."
    yield ""
    yield "| resource | " + " | ".join(_SERVERS) + " |"
    yield "| --- |" + " --- |" * len(_SERVERS)
    of_several = Counter(resource for kind in KINDS for resource in paths_of_kind(kind))
    for kind in KINDS:
        for resource in paths_of_kind(kind):
            cells = [_cell(_findings(found[server], kind, resource)) for server in _SERVERS]
            if any(cell != _NOT_CHECKED for cell in cells):
                whose = f" of {kind}" if of_several[resource] > 1 else ""
                yield f"| `{resource}`{whose} | " + " | ".join(cells) + " |"
    yield ""
    yield "Checked: list, paging, attributes, values, states, get one (by id), an unknown id, select (one customer's"
    yield "records), nothing (records of a customer nobody is), sort, refresh (by ETag). **!** is fixed by a setting"
    yield "that the check proposes, **~** works with less, **✕** does not work."


def _findings(reports: list[CheckReport], kind: str, resource: str) -> list[OperationFinding]:
    return [one for report in reports if report.kind == kind for one in report.findings if one.resource == resource]


def _cell(findings: list[OperationFinding]) -> str:
    if not findings:
        return _NOT_CHECKED
    judged = [one for one in findings if one.verdict is not OperationGrade.UNKNOWN]
    good = sum(one.verdict is OperationGrade.GOOD for one in judged)
    if len(findings) == 1 and findings[0].operation == "list" and not good:
        return "not served"
    others = Counter((one.operation, one.verdict) for one in judged if one.verdict is not OperationGrade.GOOD)
    named = [f"{_MARKS[verdict]} {operation}" for operation, verdict in others]
    return f"{good} of {len(judged)}" + (f": {', '.join(named)}" if named else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    if not outside.FOLDER or not outside.DESCRIPTIONS:
        print("Set OPTICOM_OUTSIDE_DIR and OPTICOM_TMF_DIR; see the beginning of this file.", file=sys.stderr)
        return 2
    found = asyncio.run(reports())
    (ROOT / "docs" / "interoperability.md").write_text("\n".join(lines(found)) + "\n", encoding="utf-8")
    if options.folder is not None:
        options.folder.mkdir(parents=True, exist_ok=True)
        for server, made in found.items():
            for report in made:
                path = options.folder / f"{server.replace(' ', '-').replace(',', '')}-{report.kind}.html"
                path.write_text(as_html(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
