"""Comparison of each benchmark with another commit: both trees in turn, five runs each, medians of CPU time and values.

A value is worse if it is more than 5 % worse, and by more than the spread of the runs. A smaller change may be chance.
A case that the other tree does not have is new.
"""

import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.result import AIMS

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
USUAL = ("start", "open", "open-known", "stall", "memory", "decode", "cost")
_NOTABLE = 0.05
_CPU = "CPU of the run"
# Files that must be the same in both trees for one environment to serve both.
_REQUIREMENTS = ("requirements/dev.txt", "requirements/runtime.txt")


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of both trees: the medians of the runs, and the larger spread of the two."""

    name: str
    case: str
    unit: str
    before: float
    after: float
    spread: float

    @property
    def change(self) -> float:
        """Return how much worse the value is now, as a share of the earlier value; below zero where it is better."""
        if self.before == self.after:
            return 0.0
        held = AIMS.get((self.name, self.case), ("value", 0.0))[0]
        worse = self.before - self.after if held == "at least" else self.after - self.before
        return worse / self.before if self.before else math.copysign(math.inf, worse)

    @property
    def is_worse(self) -> bool:
        return self.change > _NOTABLE and abs(self.after - self.before) > self.spread

    def as_row(self) -> str:
        values = f"{self.before:>10.1f} -> {self.after:>10.1f} {self.unit:<4} spread {self.spread:>8.1f}"
        verdict = "WORSE" if self.is_worse else "better" if self.change < -_NOTABLE else ""
        return f"{self.name:<15}{self.case:<34}{values}  {0.0 - self.change:>+7.1%}  {verdict}".rstrip()


def compare(revision: str, names: Sequence[str]) -> bool:
    """Print every value of both trees; return whether none got worse.

    Raises:
        SystemExit: The commit was not found.
    """
    worse = False
    print(f"medians of {RUNS} runs each: at {revision} -> here, spread of the runs, how much better")
    with _tree(revision) as (tree, python):
        for name in names or USUAL:
            before: list[Mapping[str, tuple[float, str]]] = []
            after: list[Mapping[str, tuple[float, str]]] = []
            for run in range(RUNS):
                both = [(before, tree, python), (after, ROOT, sys.executable)]
                for runs, folder, interpreter in both if run % 2 == 0 else reversed(both):
                    runs.append(_run(folder, interpreter, name))
            for row in _rows(name, before, after):
                print(row if isinstance(row, str) else row.as_row(), flush=True)
                worse = worse or (isinstance(row, Compared) and row.is_worse)
    return not worse


def _rows(
    name: str, before: Sequence[Mapping[str, tuple[float, str]]], after: Sequence[Mapping[str, tuple[float, str]]]
) -> Iterator[Compared | str]:
    """Yield every value that both trees have, and a line for each value that only one tree has."""
    for case, (_, unit) in after[0].items():
        now = [run[case][0] for run in after if case in run]
        then = [run[case][0] for run in before if case in run]
        if not then:
            yield f"{name:<15}{case:<34}{statistics.median(now):>10.1f} {unit:<4} new"
            continue
        spread = max(max(values) - min(values) for values in (then, now))
        yield Compared(name, case, unit, statistics.median(then), statistics.median(now), spread)
    for case in before[0].keys() - after[0].keys():
        yield f"{name:<15}{case:<34} is measured there alone"


def _run(tree: Path, python: str, name: str) -> dict[str, tuple[float, str]]:
    """Run one benchmark of a tree and return its values with their units; empty if the tree does not have it."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "QT_QPA_PLATFORM": "offscreen"}
    started = _cpu_s()
    ran = subprocess.run(
        [python, "-m", "benchmarks", name, "--json"], capture_output=True, text=True, check=False, cwd=tree,
        env=environment,
    )  # fmt: skip
    cpu_s = _cpu_s() - started
    lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    if not lines and "invalid choice" not in ran.stderr:
        raise SystemExit(f"{name} of {tree} said nothing:\n{ran.stderr[-2000:]}")
    found = {line["case"]: (float(line["value"]), str(line["unit"])) for line in lines}
    return {**found, _CPU: (cpu_s, "s")} if found else {}


def _cpu_s() -> float:
    """Return the processor time in seconds of all ended child processes; always zero on Windows."""
    used = os.times()
    return used.children_user + used.children_system


@contextmanager
def _tree(revision: str) -> Iterator[tuple[Path, str]]:
    """Yield the tree of a commit and its interpreter: the current one if both trees need the same packages."""
    folder = Path(tempfile.mkdtemp(prefix="against-"))
    tree = folder / "tree"
    try:
        _git("worktree", "add", "--detach", "--quiet", str(tree), revision)
        yield tree, _interpreter(tree)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(tree)], check=False, cwd=ROOT, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _interpreter(tree: Path) -> str:
    if all((tree / name).read_bytes() == (ROOT / name).read_bytes() for name in _REQUIREMENTS):
        return sys.executable
    print(f"{tree.name} needs other packages, which are set up for it", flush=True)
    subprocess.run([sys.executable, "-c", "import dev; dev.prepare_environment('dev')"], check=True, cwd=tree)
    scripts = tree / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    return str(scripts / ("python.exe" if sys.platform == "win32" else "python"))


def _git(*arguments: str) -> None:
    ran = subprocess.run(["git", *arguments], check=False, cwd=ROOT, capture_output=True, text=True)
    if ran.returncode != 0:
        raise SystemExit(f"git {arguments[0]}: {ran.stderr.strip()}")
