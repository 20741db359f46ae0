"""`opticom-console check-system`: how well one server works with the console, as text, HTML or JSON."""

import argparse
import asyncio
import json
import sys
import textwrap
from dataclasses import asdict
from pathlib import Path

from console.cli.asking import ask_code, ask_person, ask_secret
from console.cli.check_html import as_html, settings_lines
from console.compose import checked_resources, compose_check, older_form
from console.errors import ConfigurationError, UsageError
from console.models.check_report import CheckReport, OperationGrade
from console.ports.secrets import Secrets
from console.services.access.sign_in import SignIn
from console.session import access_to, default_configuration
from console.settings import KINDS, System, load_deployment, parse_system
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import SystemSecrets

_MARKS = {
    OperationGrade.GOOD: "✓",
    OperationGrade.LIMITED: "~",
    OperationGrade.SETTING: "!",
    OperationGrade.BROKEN: "✕",
    OperationGrade.UNKNOWN: "?",
}


def run(options: argparse.Namespace) -> int:
    """Check and print. Return 0 if the console works with the system as configured, else 1."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    if options.demo:
        return await _run_on_sandbox(options)
    if "://" in options.system:
        system = _system_at_address(options)
        return await _check(options, options.kind, system, SystemSecrets(Path()))
    path = options.config or default_configuration()
    deployment = load_deployment(path)
    if options.system not in deployment.systems:
        raise UsageError(
            f"{path} has no system {options.system}; it has {', '.join(deployment.systems)}. "
            "An address begins with https://, or http:// on this machine."
        )
    if options.kind or options.secret or options.auth:
        raise UsageError(
            "--kind, --auth and --secret are only for an address. A configured system has them in its file."
        )
    if sentence := older_form(deployment):
        print(f"{path}: {sentence}", file=sys.stderr)
    at_terminal = sys.stdin.isatty()
    async with access_to(
        options.system,
        deployment,
        path,
        ask_code=ask_code if at_terminal else None,
        ask_secret=ask_secret if at_terminal else None,
        ask_person=ask_person,
    ) as (secrets, sign_in):
        return await _check(options, options.system, deployment.systems[options.system], secrets, sign_in)


async def _run_on_sandbox(options: argparse.Namespace) -> int:
    sandbox = await SandboxProcess.start()
    try:
        systems = sandbox.deployment.systems
        if options.system not in systems:
            raise UsageError(f"The sandbox has no system {options.system}; it has {', '.join(systems)}.")
        return await _check(options, options.system, systems[options.system], sandbox.secrets)
    finally:
        await sandbox.stop()


async def _check(
    options: argparse.Namespace, name: str, system: System, secrets: Secrets, sign_in: SignIn | None = None
) -> int:
    checked = checked_resources(system)
    unknown = [resource for resource in options.only or () if resource not in checked]
    if unknown:
        raise UsageError(f"--only {unknown[0]} is none of {', '.join(checked)}.")

    def on_resource(resource: str) -> None:
        if sys.stderr.isatty():
            print(f"\r  checking {resource:<30}", end="", file=sys.stderr, flush=True)

    report = await compose_check(
        name, system, secrets, by_post=options.post, only=options.only or (), on_resource=on_resource, sign_in=sign_in
    )
    if sys.stderr.isatty():
        print("\r" + " " * 46 + "\r", end="", file=sys.stderr, flush=True)
    print(as_json(report) if options.json else as_text(report))
    _write(options.html, as_html(report))
    if report.profile:
        _write(options.profile, report.profile)
    elif options.profile is not None:
        print(f"No profile is proposed, so {options.profile} was not written.", file=sys.stderr)
    return 0 if report.is_usable else 1


def _system_at_address(options: argparse.Namespace) -> System:
    """Return the settings of the system at an address, from the command line options."""
    if options.kind is None:
        raise UsageError(f"Give the kind of this address with --kind: {', '.join(KINDS)}.")
    auth = {
        "kind": options.auth or ("bearer" if options.secret else "none"),
        "secret": options.secret,
        "user": options.user,
        "token_url": options.token_url,
        "client": options.client,
        **({"header": options.header} if options.header else {}),
    }
    settings = {"kind": options.kind, "base_url": options.system, "auth": auth}
    if options.use_profile:
        settings["profile"] = options.use_profile
    return parse_system(options.kind, settings, source="The command line", folder=Path())


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error


def as_json(report: CheckReport) -> str:
    """Return the whole report as JSON."""
    value = asdict(report)
    value["at"] = report.at.isoformat()
    value["usable"] = report.is_usable
    for finding, entry in zip(report.findings, value["findings"], strict=True):
        entry["verdict"] = finding.verdict.value
    return json.dumps(value, ensure_ascii=False, indent=1)


def as_text(report: CheckReport) -> str:
    """Return the report for a terminal, without requests and responses."""
    lines = [f"{report.system} at {report.address}, {report.at:%Y-%m-%d %H:%M} UTC, {report.elapsed_s:.1f} s"]
    before = ""
    for finding in report.findings:
        if finding.resource != before:
            lines += ["", finding.resource]
            before = finding.resource
        lines += textwrap.wrap(
            finding.got, 100, initial_indent=f"  {_MARKS[finding.verdict]} {finding.operation:<11} ",
            subsequent_indent=" " * 16,
        )  # fmt: skip
        if finding.verdict not in {OperationGrade.GOOD, OperationGrade.UNKNOWN} and finding.needed != finding.got:
            lines.append(f"      needed: {finding.needed}")
        lines += [f"      set: {line}" for line in settings_lines(finding.setting)]
        if finding.advice:
            lines += textwrap.wrap(finding.advice, 100, initial_indent="      ", subsequent_indent="      ")
    counts = ", ".join(
        f"{report.count(verdict)} {verdict.value}" for verdict in OperationGrade if report.count(verdict)
    )
    lines += ["", f"Of {len(report.findings)} operations: {counts}."]
    if report.lacking:
        lines += textwrap.wrap(
            f"The console can't show this data with the current settings: {', '.join(report.lacking)}.", 100
        )
    if report.profile:
        lines += [
            "",
            "These settings, with the current ones, fix the problems that settings can fix. Save them as a file and",
            "name it as this system's profile. Settings of a resource in the configuration override it.",
            "",
            report.profile.rstrip(),
        ]
    end = (
        "The console works with this system as configured."
        if report.is_usable
        else "The console does not fully work with this system as configured."
    )
    return "\n".join([*lines, "", end])
