"""Every shipped package may be shipped: its licence allows it and it has no known vulnerability."""

import pytest

from scripts import advisories, licences


def test_every_licence_is_on_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main() == 0
    assert "httpx" in capsys.readouterr().out


def test_a_licence_that_is_not_on_the_list_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(licences, "licence_of", lambda _found: "All rights reserved")
    assert licences.main() == 1
    assert "NOT ON THE LIST" in capsys.readouterr().out


GOOD = {"name": "httpx", "version": "0.28.1", "vulns": []}
BAD = {"name": "starlette", "version": "0.1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["0.2"]}]}
UNASKED = {"name": "anyio", "skip_reason": "could not be audited"}


@pytest.mark.parametrize(
    ("found", "status", "told"),
    [
        ([GOOD], 0, "1 of 1 packages asked about"),
        ([GOOD, BAD], 1, "starlette 0.1: PYSEC-2026-1, mended in 0.2"),
        ([GOOD, UNASKED], 2, "not asked about: anyio"),
        ([BAD, UNASKED], 1, "1 of 2 packages asked about"),
        ([], 2, "0 of 0 packages asked about"),
    ],
)
def test_a_package_that_could_not_be_asked_about_is_not_taken_for_a_good_one(
    found: list[dict[str, object]], status: int, told: str
) -> None:
    assert advisories.status_of(found) == status
    assert told in list(advisories.lines_of(found))
