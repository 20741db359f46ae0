"""Code that sums, counts, picks or reports "none" over a system's list checks that the list was read whole.

A list that was cut at a limit looks like any other. A function that draws such a conclusion mentions how complete the
list is, or is listed in tests/cut_lists.txt with the reason why a part is enough.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REASONS = ROOT / "tests" / "cut_lists.txt"
CONCLUDES = frozenset({"sum", "max", "min", "any", "all", "next", "len", "Counter", "sorted"})
LISTS = frozenset({"facts", "held"})
ASKS = frozenset({"is_whole", "knows_newest", "newest_first", "complete", "counted", "next_offset", "lost"})


def conclusions(source: str) -> Iterator[str]:
    """Yield the functions that conclude from a list without checking that it is complete."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            names = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
            names |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            if not names & ASKS and any(_concludes(node) for node in ast.walk(function)):
                yield function.name


def _concludes(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CONCLUDES):
        return False
    return any(_is_list(inner) for argument in node.args for inner in ast.walk(argument))


def _is_list(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in LISTS or node.attr == "all_of"
    return isinstance(node, ast.Name) and node.id in LISTS


def found() -> set[str]:
    places = [*(ROOT / "console" / "services").rglob("*.py"), *(ROOT / "console" / "views").rglob("*.py")]
    return {
        f"{path.relative_to(ROOT).as_posix()}:{name}"
        for path in places
        for name in conclusions(path.read_text(encoding="utf-8"))
    }


def allowed() -> dict[str, str]:
    lines = [line for line in REASONS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {place.strip(): reason.strip() for place, _, reason in (line.partition(" - ") for line in lines)}


def test_who_concludes_from_a_list_asks_whether_it_is_whole() -> None:
    missing = found() - allowed().keys()
    assert not missing, f"these conclude from a list that may be cut: {sorted(missing)}"


def test_every_exception_is_still_there_and_has_its_reason() -> None:
    reasons = allowed()
    assert reasons.keys() <= found(), sorted(reasons.keys() - found())
    assert all(len(reason) > 10 for reason in reasons.values())


def test_a_planted_conclusion_is_found() -> None:
    source = "def planted(view):\n    return sum(item.value.amount for item in view.bills.state.facts)\n"
    assert list(conclusions(source)) == ["planted"]
    asking = source.replace("return", "whole = view.bills.state.facts.is_whole\n    return whole and")
    assert list(conclusions(asking)) == []
