"""Texts are marked where translation tools find them, and put together only where they are shown."""

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITH_TEXTS = sorted([*(ROOT / "console" / "views").rglob("*.py"), *(ROOT / "console" / "messages").rglob("*.py")])
# These packages take their texts for people from the catalogue.
SAYING = ("services", "connectors", "http", "store", "models")
# Errors of the program or of a format. Their words go to a log, or become a value in a message.
FOR_LOGS = {"TypeError", "ValueError", "KeyError", "MalformedRecordError", "UsageError"}
# Forms, previews and discrepancies are declared with these calls. The arguments below contain no words for people.
SHOWN = {"Field", "FieldOption", "Effect", "ActionType", "NotCompared", "Discrepancy", "statement"}
NOT_SHOWN = {"name", "group", "letter", "record", "values", "asks", "start", "starts"}


def marked(path: Path) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Yield every call that marks a text, and the text that it marks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"tr", "QT_TR_NOOP"}:
            yield node, node.args[0]


def written() -> set[str]:
    """Return every marked text in the source."""
    return {
        text.value
        for path in WITH_TEXTS
        for _, text in marked(path)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a translation file as Qt's own tool makes it."""
    file = tmp_path_factory.mktemp("texts") / "console.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run(
        [str(tool), *map(str, WITH_TEXTS), "-ts", str(file)], check=True, capture_output=True, cwd=ROOT, timeout=60
    )
    return file


def test_every_text_is_found_under_the_context_it_is_looked_up_in(extracted: Path) -> None:
    found = {
        context.findtext("name") or "": {message.findtext("source") or "" for message in context.iter("message")}
        for context in ET.parse(extracted).getroot().iter("context")
    }
    assert set(found) == {""}
    assert found[""] == written()


def test_no_text_is_put_together_before_it_is_translated() -> None:
    for path in WITH_TEXTS:
        for call, text in marked(path):
            assert not isinstance(text, ast.JoinedStr | ast.BinOp), f"{path}:{call.lineno}"


def test_errors_are_said_through_the_catalogue() -> None:
    for folder in SAYING:
        for path in (ROOT / "console" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args):
                    continue
                name, first = ast.unparse(node.exc.func).split(".")[-1], node.exc.args[0]
                assert not has_words(first) or not name[:1].isupper() or name in FOR_LOGS, (
                    f"{path}:{node.lineno}: {name} with words of its own"
                )


def has_words(node: ast.expr) -> bool:
    """Return whether an expression contains words: several, or one that begins with a capital."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and any(map(str.isalpha, str(part.value))) for part in node.values)
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return isinstance(node, ast.IfExp) and (has_words(node.body) or has_words(node.orelse))
    return " " in node.value.strip() or node.value[:1].isupper()


def own_words(source: str) -> Iterator[tuple[int, str]]:
    """Yield every line that declares a form, a preview or a discrepancy with its own words."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).split(".")[-1]
        if name not in SHOWN:
            continue
        positional = node.args[1:]  # the first argument is a name, a value, a kind or a capability
        named = [one.value for one in node.keywords if one.arg not in NOT_SHOWN]
        for argument in (*positional, *named):
            if has_words(argument):
                yield node.lineno, name


def test_forms_previews_and_discrepancies_are_declared_without_words_of_their_own() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in (ROOT / "console" / "services").rglob("*.py")
        for line, name in own_words(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        'Field("amount", "Amount")',
        'FieldOption("a", f"Bill {bill}")',
        'Effect(what="Charge of it")',
        'facts.statement(ONE, "is active" if on else "ended", "r")',
    ],
)
def test_words_of_their_own_are_found(source: str) -> None:
    assert list(own_words(source))
