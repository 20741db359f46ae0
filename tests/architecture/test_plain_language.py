"""Wording and names: plain for a rep or a new engineer, and one table with every text."""

import io
import tokenize
from pathlib import Path

import pytest

from scripts.checks import plain_language
from scripts.texts_table import texts_table

ROOT = Path(__file__).parents[2]
# Names of earlier versions. Three names stay: `line` (a bill line), `contact` (a contact medium) and `place` (of an
# appointment, and in keys of stored drafts). TM Forum or stored data use them.
EARLIER_NAMES = {
    "Part", "PartCoordinator", "Parts", "want", "ask", "know", "settled", "Act", "Acts", "ActKind", "Deed", "Subject",
    "Opening", "Openings", "lapse", "AccountDoor", "Fate", "told", "Question", "Command", "Answer", "Validators", "Kept",
    "Place", "Contradiction", "Disagreement", "Mend", "HarvestWatch", "KnownFacts", "SeenPeople", "Situation", "covered",
    "uncovered", "desk", "visit", "RefusedError", "refused", "Spelling", "Reader", "Need", "Looker", "Keeper", "Claim",
    "Life", "Moment", "Words",
}  # fmt: skip


def test_texts_docs_docstrings_and_comments_are_in_everyday_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert plain_language.main([]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("fr is no day.", "not a Y"),
        ("What is typed is kept.", "subject"),
        ("The act was taken back.", "undo"),
        ("The desk is closed.", "console"),
    ],
)
def test_wording_that_is_out_is_found(tmp_path: Path, text: str, advice: str) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f"LABEL = tr({text!r})\n", encoding="utf-8")
    assert any(advice in finding for _line, finding in plain_language.check_code(path))


def test_a_sentence_too_long_for_a_call_is_found(tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f"LABEL = tr({' '.join(['word'] * 21) + '.'!r})\n", encoding="utf-8")
    assert any("21 words" in finding for _line, finding in plain_language.check_code(path))


def test_names_of_earlier_versions_are_gone() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{token.start[0]}: {token.string}"
        for path in sorted((ROOT / "console").rglob("*.py"))
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
        if token.type == tokenize.NAME and token.string.lstrip("_") in EARLIER_NAMES
    ]
    assert not found, "\n".join(found)


def test_the_table_of_texts_is_up_to_date() -> None:
    stored = (ROOT / "docs" / "texts.csv").read_text(encoding="utf-8")
    assert stored == texts_table(), "run python3 -m scripts.texts_table > docs/texts.csv"
