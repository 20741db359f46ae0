"""How densely the program decides: decisions for each 100 lines of functions, and how many one function makes.

Counted are if, for, while, except, match cases, ternaries, each `and` and `or`, comprehensions and their conditions.
For one function only those count that a reader must weigh: if, while, except, cases, ternaries, `and`, `or`, and the
conditions of comprehensions. Prints what is beyond the limits and exits with 1 where anything is.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_PER_FUNCTION = 10
# What httpx has is 13, uvicorn 18, starlette 19.
MOST_PER_100_LINES = 20.0

_WEIGHED = (ast.If, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
_ITERATED = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Counted:
    """One function: where it is, how long, all its decisions and those that are weighed, and ternaries in ternaries."""

    where: str
    lines: int
    decisions: int
    weighed: int
    nested_ternaries: int


def functions(path: Path) -> Iterator[Counted]:
    """Yield every function of a file with what it decides; a function inside another is counted by itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, Function):
            own = list(_own(node))
            inner = sum(_lines(one) for one in own if isinstance(one, Function))
            yield Counted(
                where=f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
                lines=_lines(node) - inner,
                decisions=sum(map(_weight, own)) + sum(isinstance(one, _ITERATED) for one in own),
                weighed=sum(map(_weight, own)),
                nested_ternaries=sum(map(_is_nested_ternary, own)),
            )


def _own(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without what is inside of functions in it."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function):
            waiting.extend(ast.iter_child_nodes(node))


def _lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _weight(node: ast.AST) -> int:
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return len(node.ifs)
    return int(isinstance(node, _WEIGHED))


def _is_nested_ternary(node: ast.AST) -> bool:
    return isinstance(node, ast.IfExp) and any(
        isinstance(inner, ast.IfExp) for part in (node.body, node.orelse) for inner in ast.walk(part)
    )


def density(counted: list[Counted]) -> float:
    """Return the decisions for each 100 lines of functions."""
    return 100 * sum(one.decisions for one in counted) / max(1, sum(one.lines for one in counted))


def main() -> int:
    """Count the program's functions; return 0 where all is within the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "console")
    parser.add_argument("--worst", type=int, default=0, help="also print so many of the functions that decide most")
    options = parser.parse_args()
    counted = [one for path in sorted(options.folder.resolve().rglob("*.py")) for one in functions(path)]
    beyond = [one for one in counted if one.weighed > MOST_PER_FUNCTION or one.nested_ternaries]
    for one in sorted(beyond, key=lambda one: -one.weighed):
        nested = f", {one.nested_ternaries} nested ternaries" if one.nested_ternaries else ""
        print(f"{one.where}: {one.weighed} decisions{nested}")
    for one in sorted(counted, key=lambda one: -one.weighed)[: options.worst]:
        print(f"{one.weighed:4} {one.lines:4} lines  {one.where}")
    print(
        f"{density(counted):.1f} decisions for 100 lines in {len(counted)} functions; {len(beyond)} beyond the limits"
    )
    return 1 if beyond or density(counted) > MOST_PER_100_LINES else 0


if __name__ == "__main__":
    sys.exit(main())
