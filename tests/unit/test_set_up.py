"""The script for newcomers, where setting up could harm what it did not make."""

from pathlib import Path

import pytest

import dev


def test_an_environment_behind_a_link_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another tree's environment was emptied when it was linked to."""
    theirs = tmp_path / "theirs"
    (theirs / "bin").mkdir(parents=True)
    (theirs / "bin" / "python").write_text("")
    (tmp_path / ".venv").symlink_to(theirs, target_is_directory=True)
    monkeypatch.setattr(dev, "ENVIRONMENT", tmp_path / ".venv")
    with pytest.raises(dev.SetUpError, match="is a link"):
        dev.prepare_environment("runtime")
    assert (theirs / "bin" / "python").exists()
