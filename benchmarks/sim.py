"""sim: the outbox in 10,000 simulated schedules of cuts, crashes, lost and duplicated messages and other users.

No timing. Counts the schedules that lost, duplicated, reordered or overwrote something, and the planted faults not
found within 500 schedules. Both must be zero. `--seed N` replays one schedule.
"""

import os

from benchmarks.result import Result
from tests.support.planted import PLANTED
from tests.support.simulation import run_schedule

_SCHEDULES = 10_000
_SEEDS_FOR_A_FAULT = 500


def measure() -> list[Result]:
    """Return all cases."""
    chosen = os.environ.get("OPTICOM_BENCH_SEED")
    seeds = range(int(chosen), int(chosen) + 1) if chosen else range(_SCHEDULES)
    counts = dict.fromkeys(("lost", "doubled", "disordered", "overwritten", "stuck"), 0)
    actions = crashes = 0
    for seed in seeds:
        verdict = run_schedule(seed)
        actions, crashes = actions + verdict.actions, crashes + verdict.crashes
        for name in counts:
            counts[name] += bool(getattr(verdict, name))
        if verdict.problems or chosen:
            print(f"seed {seed}: {verdict.problems or 'nothing wrong'}, {verdict.actions} acts, trace {verdict.trace}")
    print(f"sim: {len(seeds)} schedules from seed {seeds[0]}, {actions} acts, {crashes} crashes")
    results = [Result("sim", name, float(count), "runs", float(len(seeds))) for name, count in counts.items()]
    if chosen:
        return results
    missed = [fault for fault in PLANTED if not any(run_schedule(n, fault).problems for n in range(_SEEDS_FOR_A_FAULT))]
    return [*results, Result("sim", "planted faults not found", float(len(missed)), "of", float(len(PLANTED)))]
