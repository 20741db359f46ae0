"""Finds wording that a rep or a new colleague would stumble over: on screen, in docs, in docstrings and comments.

`python3 -m scripts.checks.plain_language` prints each finding as `file:line: pattern: text` and exits with 1 if there
are any. The rules are few and blunt on purpose: short sentences, everyday verbs, a named subject.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A sentence on screen is read during a call.
MOST_WORDS_ON_SCREEN = 20

# Wording that is out everywhere: what it looks like, and what to write instead.
EVERYWHERE = {
    r"(?<!here )\b(?:is|are|was|were|be) no (?!longer\b|more than\b)[a-z]": "write “X is not a Y” or “no Y found”",
    r"(?:^|[.!?] )(?:What|Whatever|Whoever|Whichever) [a-z][^?.]*[.!]": "name the subject of the sentence",
    r"\b[Ww]hoever\b": "name the person",
    r"(?<!\")\bdesks?\b(?! phone)": "the program is “the console”",
    r"\b(?:mend|mends|mended|seldom|lapses?|lapsed|harvest\w*|foresaw)\b": "use an everyday word",
    r"\b(?:is|are|was|were|be|been|being) told\b|\btold (?:of|by|apart)\b|\btells? (?:of|whoever)\b": (
        "say who shows, sends or reports it"
    ),
    r"\b(?:disagree\w*|contradict\w*)\b": "the word is “discrepancy”",
    r"\blies (?:in|on|at|beside|behind|nowhere)\b|\blie (?:in|on|at)\b": "say “is”",
}
# Wording that is out on screen and in commands.
ON_SCREEN = {
    r"\b(?:told|tell|tells)\b": "say who did it",
    r"\b(?:taken back|take back|takes back|take it back)\b": "the word is “undo”",
    r"\bsingle calls?\b": "the word is “call details”",
    r"\bvisits?\b": "the word is “appointment”",
    r"\bacts?\b": "the word is “action”",
    r"\b(?:is|are) (?:being )?asked\b|\basked again\b": "say “loading”, “checking” or “trying again”",
    r"\bcloses? within\b|\baccount is closed\b": "an account is “locked”",
    r"\bwithin two minutes\b": "write numbers as digits",
    r"\bcannot be (?:told|said)\b": "say what failed",
}


def findings_in(text: str, rules: dict[str, str]) -> Iterator[str]:
    """Yield a sentence for each rule that a text breaks."""
    for pattern, advice in rules.items():
        if found := re.search(pattern, text):
            yield f"“{found[0].strip()}”: {advice}"


def too_long(text: str) -> Iterator[str]:
    """Yield a sentence for each sentence on screen with more words than can be read during a call."""
    for sentence in re.split(r"(?<=[.!?]) ", text):
        words = len(sentence.split())
        if words > MOST_WORDS_ON_SCREEN:
            yield f"{words} words in a sentence, at most {MOST_WORDS_ON_SCREEN}: “{sentence[:60]}…”"


def screen_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string that is marked for translation."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"tr", "QT_TR_NOOP"}:
            for argument in node.args:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.lineno, part.value


def notes_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each docstring and comment."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                yield node.body[0].lineno, " ".join(text.split())
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def check_code(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and finding for one file of code."""
    source = path.read_text(encoding="utf-8")
    for line, text in screen_texts(source):
        for found in (*findings_in(text, EVERYWHERE | ON_SCREEN), *too_long(text)):
            yield line, found
    for line, text in notes_in(source):
        for found in findings_in(text, EVERYWHERE):
            yield line, found


def check_page(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and finding for one page of documentation; code blocks and names in backticks are left out."""
    in_code = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        in_code ^= line.startswith("```")
        if not in_code and not line.startswith("    "):
            for found in findings_in(re.sub(r"`[^`]*`", "", line), EVERYWHERE):
                yield number, found


def main(arguments: list[str]) -> int:
    """Check the files named, or everything, and print what was found; return the exit status."""
    named = [Path(one) for one in arguments]
    files = named or [
        *sorted((ROOT / "console").rglob("*.py")),
        *sorted((ROOT / "docs").rglob("*.md")),
        *ROOT.glob("*.md"),
    ]
    found = 0
    for path in files:
        for line, finding in (check_code if path.suffix == ".py" else check_page)(path):
            found += 1
            print(f"{path}:{line}: {finding}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
