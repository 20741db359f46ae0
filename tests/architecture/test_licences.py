"""Everything that is shipped may be shipped; a package whose licence is not on the list is found."""

import pytest

from scripts import licences


def test_every_licence_is_on_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main() == 0
    assert "httpx" in capsys.readouterr().out


def test_a_licence_that_is_not_on_the_list_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(licences, "licence_of", lambda _found: "All rights reserved")
    assert licences.main() == 1
    assert "NOT ON THE LIST" in capsys.readouterr().out
