"""The report of a check as one HTML page, without scripts, that can be sent to a vendor."""

from html import escape

from console.models.check_report import CheckReport, Finding, Verdict

_COLOURS = {
    Verdict.GOOD: "#1a7f37",
    Verdict.LIMITED: "#7a5c00",
    Verdict.SETTING: "#0b57a4",
    Verdict.BROKEN: "#b3261e",
    Verdict.UNKNOWN: "#57606a",
}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; color: #1f2328; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem } th, td { text-align: left; padding: .4rem .6rem;
border-bottom: 1px solid #d0d7de; vertical-align: top } pre { background: #f6f8fa; padding: .6rem; overflow-x: auto;
font-size: 13px; white-space: pre-wrap } summary { cursor: pointer; color: #0b57a4 }
"""


def as_html(report: CheckReport) -> str:
    """Return the whole report; everything from outside is escaped."""
    resources = dict.fromkeys(finding.resource for finding in report.findings)
    counts = ", ".join(f"{report.count(verdict)} {verdict.value}" for verdict in Verdict if report.count(verdict))
    works = "works" if report.is_usable else "does not fully work"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>Check of {escape(report.system)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Check of {escape(report.system)}</h1>",
        f"<p>{escape(report.address)}, {report.at:%Y-%m-%d %H:%M} UTC, {report.elapsed_s:.1f} s. {counts}.</p>",
        f"<p><strong>The desk {works} with this system as it is configured.</strong></p>",
    ]
    for resource in resources:
        rows = [_row(finding) for finding in report.findings if finding.resource == resource]
        head = "<tr><th>Operation</th><th>Verdict</th><th>Needed</th><th>Got, and what to do</th></tr>"
        parts += [f"<h2>{escape(resource)}</h2>", f"<table>{head}{''.join(rows)}</table>"]
    if report.profile:
        parts += ["<h2>Proposed profile</h2>", f"<pre>{escape(report.profile)}</pre>"]
    return "\n".join([*parts, "</body></html>"])


def _row(finding: Finding) -> str:
    shown = ""
    if finding.request or finding.answer:
        shown = (
            f"<details><summary>request and answer</summary><pre>{escape(finding.request)}\n\n"
            f"{escape(finding.answer)}</pre></details>"
        )
    advice = f"<br>{escape(finding.advice)}" if finding.advice else ""
    return (
        f"<tr><td>{escape(finding.operation)}</td>"
        f'<td style="color:{_COLOURS[finding.verdict]}">{finding.verdict.value}</td>'
        f"<td>{escape(finding.needed)}</td><td>{escape(finding.got)}{advice}{shown}</td></tr>"
    )
