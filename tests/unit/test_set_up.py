"""The setup script for new engineers, where it could damage files that it did not create."""

from pathlib import Path

import pytest

import dev


def test_an_environment_behind_a_link_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting up once emptied another tree's environment through a link."""
    theirs = tmp_path / "theirs"
    (theirs / "bin").mkdir(parents=True)
    (theirs / "bin" / "python").write_text("")
    (tmp_path / ".venv").symlink_to(theirs, target_is_directory=True)
    monkeypatch.setattr(dev, "ENVIRONMENT", tmp_path / ".venv")
    with pytest.raises(dev.SetUpError, match="is a link"):
        dev.prepare_environment("runtime")
    assert (theirs / "bin" / "python").exists()
