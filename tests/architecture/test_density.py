"""Limits for decisions: for each function, and for the program as a whole, whose density may only fall."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
# Decisions per 100 lines at the last count; this may only fall. The aim is MOST_PER_100_LINES.
DENSITY = 28.4


def _density() -> ModuleType:
    path = ROOT / "scripts" / "checks" / "density.py"
    spec = importlib.util.spec_from_file_location("density", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["density"] = module
    spec.loader.exec_module(module)
    return module


density = _density()
COUNTED = [one for path in sorted((ROOT / "console").rglob("*.py")) for one in density.functions(path)]


def test_no_function_decides_more_than_ten_things() -> None:
    assert [one.where for one in COUNTED if one.weighed > density.MOST_PER_FUNCTION] == []


def test_no_ternary_stands_in_another() -> None:
    assert [one.where for one in COUNTED if one.nested_ternaries] == []


def test_the_program_does_not_become_denser() -> None:
    assert density.density(COUNTED) <= DENSITY


def test_the_count_is_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(
        "def planted(a, b):\n    if a and b or a:\n        return [x for x in a if x]\n    return 1 if a else 2 if b else 3\n"
    )
    density.ROOT = tmp_path
    (one,) = density.functions(tmp_path / "planted.py")
    density.ROOT = ROOT
    assert (one.weighed, one.decisions, one.nested_ternaries, one.lines) == (6, 7, 1, 4)
