"""Fuzzes the readers of outside data with a coverage-guided fuzzer, and prints the findings.

    python3 -m pip --python .venv/bin/python install --require-hashes -r requirements/fuzz.txt     (once; Linux, macOS)
    .venv/bin/python -m scripts.fuzz [--seconds 60] [TARGET ...]

Each target of `targets.py` runs as its own process. It stops at the first input that is neither read nor rejected with
an error that the console knows; that input is saved in `.fuzz/`. Exit status: 1 after such an input, 2 without the
fuzzer.
"""

import argparse
import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / ".fuzz"
_ONE = "one"  # first argument of this program in a process that fuzzes
_TARGETS = ("discovery", "keys", "token", "redirect", "settings", "answers", "audit", "texts")


def main() -> int:
    """Fuzz each target for a while; print runs, covered edges and findings."""
    if importlib.util.find_spec("atheris") is None:
        print("The fuzzer is not installed; the first lines of scripts/fuzz/__main__.py say how.", file=sys.stderr)
        return 2
    if sys.argv[1:2] == [_ONE]:
        _fuzz_one(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(prog="scripts.fuzz")
    parser.add_argument("targets", nargs="*", help=f"{', '.join(_TARGETS)}; all of them without one")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    options = parser.parse_args()
    # Not at the top: the fuzzer cannot measure modules that were loaded before it started.
    for name, seed, body in importlib.import_module("scripts.fuzz.seeds").seeds():
        folder = _FOLDER / "corpus" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed-{seed}").write_bytes(body)
    found = [name for name in options.targets or _TARGETS if not _is_clean(name, options.seconds)]
    return 1 if found else 0


def _is_clean(name: str, seconds: int) -> bool:
    command = [sys.executable, "-m", "scripts.fuzz", _ONE, name, str(_FOLDER / "corpus" / name)]
    command += [f"-max_total_time={seconds}", "-print_final_stats=1", "-max_len=8192", "-timeout=10"]
    command += [f"-artifact_prefix={_FOLDER}/{name}-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    message = done.stdout + done.stderr
    runs = int((re.findall(r"number_of_executed_units: (\d+)", message) or ["0"])[-1])
    edges = (re.findall(r"cov: (\d+)", message) or ["0"])[-1]
    clean = done.returncode == 0
    print(f"{name:<12}{runs:>12,} runs {edges:>6} edges   {'nothing found' if clean else 'FOUND'}", flush=True)
    if not clean:
        lines = message.splitlines()
        start = next((place for place, line in enumerate(lines) if "Uncaught Python exception" in line), -40)
        print("\n".join(lines[start:]))
    return clean


def _fuzz_one(name: str, arguments: list[str]) -> None:
    """Fuzz one target until the fuzzer ends this process."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["console", "joserfc"]):
        target = getattr(importlib.import_module("scripts.fuzz.targets"), name)
    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
