"""`python3 dev.py bench [NAME...] [--json] [--against REV]`: run the benchmarks and print a row for each case."""

import argparse
import importlib
import os
import sys

NAMES = (
    "start", "open", "stall", "cost", "memory", "large", "decode", "sim", "kill", "canary", "bill",
    "discrepancies", "preview", "gate", "guard", "sign-in",
    "open-known", "search", "sync", "stopgo", "wire", "soak", "many", "disk", "day", "kill-phases", "values",
    "check-system", "recall",
)  # fmt: skip
# Names of earlier versions; each still works and prints the new name.
_RENAMED = {"contradictions": "discrepancies"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(NAMES)}")
    parser.add_argument("--against", metavar="REV", help="hold them against those of another commit, in turn")
    parser.add_argument("--json", action="store_true", help="a line of JSON a case")
    parser.add_argument(
        "--seed", type=int, help="of sim: this schedule alone; of wire, bill, discrepancies and preview: another world"
    )
    options = parser.parse_args()
    for old in set(options.names) & _RENAMED.keys():
        print(f"The benchmark {old} is now called {_RENAMED[old]}.", file=sys.stderr)
    options.names = [_RENAMED.get(name, name) for name in options.names]
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"invalid choice: {unknown[0]}; there are {', '.join(NAMES)}")
    if options.against is not None:
        return 0 if importlib.import_module("benchmarks.against").compare(options.against, options.names) else 1
    if options.seed is not None:
        os.environ["OPTICOM_BENCH_SEED"] = str(options.seed)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    missed = False
    for name in options.names or NAMES:
        for result in importlib.import_module(f"benchmarks.{name.replace('-', '_')}").measure():
            print(result.as_json() if options.json else result.as_row(), flush=True)
            missed = missed or not result.ok
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
