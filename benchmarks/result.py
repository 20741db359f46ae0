"""One measured value with its floor, and the aims of all benchmarks."""

import json
from dataclasses import dataclass

# (benchmark, case) -> (kind of aim, aim). "ratio" and "value" are upper limits, "at least" is a lower limit for the
# ratio. Changing one needs a decision in docs/decisions.
AIMS: dict[tuple[str, str], tuple[str, float]] = {
    ("start", "first window"): ("ratio", 1.5),
    ("start", "palette takes keys"): ("ratio", 2.0),
    ("open", "all panels painted"): ("ratio", 1.15),
    ("open", "first panel after first answer"): ("value", 30.0),
    ("stall", "99 of 100 turns"): ("value", 16.0),
    ("stall", "longest turn"): ("value", 100.0),
    ("cost", "requests, first time"): ("ratio", 1.0),
    ("cost", "requests, again"): ("ratio", 1.0),
    ("cost", "bytes, again"): ("value", 0.0),
    ("cost", "bytes, first time"): ("ratio", 1.0),
    ("memory", "nine customers open"): ("ratio", 3.0),
    ("memory", "nine open after 1,000 others"): ("ratio", 3.0),
    ("memory", "growth over the last 500"): ("value", 8.0),
    **{
        ("disk", name): ("value", 0.0)
        for name in (
            "acknowledged and lost",
            "failed and came back",
            "errors of no kind of ours",
            "flips and cuts without a word",
            "planted faults not found",
        )
    },
    **{
        ("kill-phases", name): ("value", 0.0)
        for name in ("first start", "new recovery code", "migration", "writing and closing", "secrets and sign-out")
    },
    ("day", "memory, MB at the end"): ("ratio", 1.2),
    ("day", "files at the end"): ("ratio", 1.2),
    ("day", "threads at the end"): ("ratio", 1.2),
    ("day", "objects at the end"): ("ratio", 1.2),
    ("day", "longest turn, CPU"): ("value", 100.0),
    ("day", "systems away at the end"): ("value", 0.0),
    ("day", "notes not sent at the end"): ("value", 0.0),
    ("many", "a key, 40 open"): ("value", 2.0),
    ("many", "a switch, 40 open"): ("value", 100.0),
    ("many", "longest switch, 40 open"): ("value", 100.0),
    ("large", "world of 1,000,000 on disk"): ("value", 4000.0),
    ("large", "open, 1,000,000 customers"): ("ratio", 1.15),
    ("large", "search by number"): ("ratio", 1.25),
    ("large", "search by phone"): ("ratio", 1.25),
    ("large", "search by e-mail"): ("ratio", 1.25),
    ("large", "search by full name"): ("ratio", 1.5),
    **{("sim", name): ("value", 0.0) for name in ("lost", "doubled", "disordered", "overwritten", "stuck")},
    ("sim", "planted faults not found"): ("value", 0.0),
    **{
        ("kill", name): ("value", 0.0)
        for name in (
            "acts lost",
            "acts doubled",
            "acts never finished",
            "typed texts lost",
            "drafts of what is an act",
            "stores damaged",
        )
    },
    ("kill", "states with fewer than ten deaths"): ("value", 0.0),
    ("open-known", "shown from the store"): ("value", 50.0),
    ("open-known", "answers that were no 304"): ("value", 0.0),
    ("open-known", "bytes of bodies when checked"): ("value", 0.0),
    **{("search", f"{kind}, 95 of 100"): ("value", 20.0) for kind in ("names", "numbers", "typing errors")},
    **{("search", f"{kind}, all together"): ("ratio", 1.5) for kind in ("names", "numbers", "typing errors")},
    ("sync", "records a second, new"): ("at least", 0.5),
    ("sync", "records a second, unchanged"): ("at least", 0.5),
    ("bill", "sums that are not exact"): ("value", 0.0),
    ("bill", "causes that are right"): ("at least", 0.99),
    ("bill", "planted faults not found"): ("value", 0.0),
    ("discrepancies", "found, of the worst kind"): ("at least", 0.98),
    ("discrepancies", "false"): ("ratio", 0.02),
    ("discrepancies", "planted faults not found"): ("value", 0.0),
    ("discrepancies", "found after the last answer"): ("value", 1000.0),
    ("preview", "as predicted"): ("at least", 0.995),
    ("preview", "acts refused or stuck"): ("value", 0.0),
    ("preview", "planted faults not found"): ("value", 0.0),
    ("gate", "told and must not be"): ("value", 0.0),
    ("gate", "let through and must not be"): ("value", 0.0),
    ("gate", "held up and may be"): ("value", 0.0),
    ("gate", "planted leaks not found"): ("value", 0.0),
    ("guard", "acts of honest days stopped"): ("ratio", 1 / 200),
    ("guard", "honest days flagged"): ("value", 0.0),
    ("guard", "noticed after 20 accounts or never"): ("value", 0.0),
    ("sign-in", "from click to usable console"): ("value", 2000.0),
    **{("stopgo", name): ("value", 0.0) for name in ("deaths", "complaints of Qt", "planted fault not found")},
    **{("wire", name): ("value", 0.0) for name in ("lost", "doubled", "stuck", "wrong state", "wrong customer")},
    ("wire", "planted faults not found"): ("value", 0.0),
    ("soak", "systems away at the end"): ("value", 0.0),
    ("soak", "longest turn, CPU"): ("value", 100.0),
    ("canary", "found on the disk"): ("value", 0.0),
    ("canary", "planted leaks not found"): ("value", 0.0),
    **{
        ("values", f"{kind}: {name}"): aim
        for kind in ("made", "published")
        for name, aim in {
            "right": ("at least", 0.99),
            "not understood": ("ratio", 0.01),
            "missing": ("value", 0.0),
            "wrong": ("value", 0.0),
        }.items()
    },
    ("values", "planted mistakes not found"): ("value", 0.0),
    ("recall", "offline"): ("at least", 0.99),
    ("recall", "online, letters folded"): ("at least", 0.99),
    ("recall", "online, letters kept apart"): ("at least", 0.99),
    ("check-system", "faults named"): ("at least", 0.95),
    ("check-system", "harmful proposals"): ("value", 0.0),
    ("check-system", "planted harm not found"): ("value", 0.0),
    ("decode", "clean"): ("at least", 0.5),
    ("decode", "one in ten damaged"): ("at least", 0.5),
    ("decode", "damaged records that broke it"): ("value", 0.0),
}


@dataclass(frozen=True, slots=True)
class Result:
    """A value and its floor in the same unit."""

    name: str
    case: str
    value: float
    unit: str
    floor: float

    @property
    def ratio(self) -> float:
        return self.value / self.floor if self.floor else float("inf")

    @property
    def aim(self) -> float:
        return AIMS[self.name, self.case][1]

    @property
    def ok(self) -> bool:
        held, aim = AIMS[self.name, self.case]
        if held == "at least":
            return self.ratio >= aim
        return (self.ratio if held == "ratio" else self.value) <= aim

    def as_json(self) -> str:
        keys = ("name", "case", "value", "unit", "floor", "ratio", "aim", "ok")
        return json.dumps({key: getattr(self, key) for key in keys})

    def as_row(self) -> str:
        held, aim = AIMS[self.name, self.case]
        wanted = {"ratio": f"ratio {aim:g}", "at least": f"ratio {aim:g} up"}.get(held, f"{aim:g} {self.unit}")
        measured = f"{self.value:>9.1f} {self.unit:<4}floor {self.floor:>8.1f}  ratio {self.ratio:>6.2f}"
        row = f"{self.name:<15}{self.case:<34}{measured}"
        return f"{row}  aim {wanted:<11}{'ok' if self.ok else 'MISSED'}"
