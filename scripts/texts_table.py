"""Prints docs/texts.csv: every text on screen with the file, the class or function around it, and its words.

`python3 -m scripts.texts_table > docs/texts.csv`. Translators and writers read it; a test checks that it is up to date.
"""

import ast
import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The functions that mark a text for translation.
MARKS = {"tr", "QT_TR_NOOP"}


def texts_of(source: str) -> Iterator[tuple[str, str]]:
    """Yield the place of each marked text of a file and the text, in the file's order."""
    yield from _texts_in(ast.parse(source), "")


def _texts_in(node: ast.AST, where: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        inner = where
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = f"{where}.{child.name}" if where else child.name
        elif isinstance(child, ast.Assign) and not where and isinstance(child.targets[0], ast.Name):
            inner = child.targets[0].id
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in MARKS:
            for part in ast.walk(child.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield inner, part.value
        else:
            yield from _texts_in(child, inner)


def texts_table() -> str:
    """Return the whole table as CSV, by file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "where", "text"])
    for path in sorted((ROOT / "console").rglob("*.py")):
        for where, text in texts_of(path.read_text(encoding="utf-8")):
            writer.writerow([path.relative_to(ROOT).as_posix(), where, text])
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # it is a text stream
    sys.stdout.write(texts_table())
