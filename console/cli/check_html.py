"""The report of a check as one HTML page without scripts, which can be sent to a vendor."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from console.models.check_report import CheckReport, OperationFinding, OperationGrade

_COLOURS = {
    OperationGrade.GOOD: "#1a7f37",
    OperationGrade.LIMITED: "#7a5c00",
    OperationGrade.SETTING: "#0b57a4",
    OperationGrade.BROKEN: "#b3261e",
    OperationGrade.UNKNOWN: "#57606a",
}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; color: #1f2328; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem } th, td { text-align: left; padding: .4rem .6rem;
border-bottom: 1px solid #d0d7de; vertical-align: top } pre { background: #f6f8fa; padding: .6rem; overflow-x: auto;
font-size: 13px; white-space: pre-wrap } summary { cursor: pointer; color: #0b57a4 }
"""


def as_html(report: CheckReport) -> str:
    """Return the whole report. All text from outside is escaped."""
    resources = dict.fromkeys(finding.resource for finding in report.findings)
    counts = ", ".join(
        f"{report.count(verdict)} {verdict.value}" for verdict in OperationGrade if report.count(verdict)
    )
    works = "works" if report.is_usable else "does not fully work"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>Check of {escape(report.system)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Check of {escape(report.system)}</h1>",
        f"<p>{escape(report.address)}, {report.at:%Y-%m-%d %H:%M} UTC, {report.elapsed_s:.1f} s. {counts}.</p>",
        f"<p><strong>The console {works} with this system as configured.</strong></p>",
    ]
    open_ones = [one for one in report.findings if one.verdict not in {OperationGrade.GOOD, OperationGrade.UNKNOWN}]
    if open_ones:
        parts += ["<h2>To do</h2>", _table(open_ones, with_resource=True)]
    if report.lacking:
        parts.append(
            f"<p>The console can't show this data with the current settings: {escape(', '.join(report.lacking))}.</p>"
        )
    if report.profile:
        parts += ["<h2>Proposed profile</h2>", f"<pre>{escape(report.profile)}</pre>"]
    for resource in resources:
        rows = [one for one in report.findings if one.resource == resource]
        parts += [f"<h2>{escape(resource)}</h2>", _table(rows, with_resource=False)]
    return "\n".join([*parts, "</body></html>"])


def settings_lines(setting: Mapping[str, Any]) -> list[str]:
    """Return settings as lines of TOML."""
    return [f"{key} = {_toml(value)}" for key, value in setting.items()]


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'


def _table(findings: Sequence[OperationFinding], *, with_resource: bool) -> str:
    head = "<th>Operation</th><th>Verdict</th><th>Needed</th><th>Received, and what to do</th>"
    first = "<th>Resource</th>" if with_resource else ""
    rows = "".join(_row(finding, with_resource=with_resource) for finding in findings)
    return f'<div style="overflow-x: auto"><table><tr>{first}{head}</tr>{rows}</table></div>'


def _row(finding: OperationFinding, *, with_resource: bool) -> str:
    shown = ""
    if (finding.request or finding.answer) and not with_resource:
        shown = (
            f"<details><summary>request and answer</summary><pre>{escape(finding.request)}\n\n"
            f"{escape(finding.answer)}</pre></details>"
        )
    advice = f"<br>{escape(finding.advice)}" if finding.advice else ""
    setting = "".join(f"<br>set <code>{escape(line)}</code>" for line in settings_lines(finding.setting))
    first = f"<td>{escape(finding.resource)}</td>" if with_resource else ""
    return (
        f"<tr>{first}<td>{escape(finding.operation)}</td>"
        f'<td style="color:{_COLOURS[finding.verdict]}">{finding.verdict.value}</td>'
        f"<td>{escape(finding.needed)}</td><td>{escape(finding.got)}{advice}{setting}{shown}</td></tr>"
    )
