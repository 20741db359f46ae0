"""An administrator's policy overrides a user's configuration, or the console does not start."""

import os
import sys
from pathlib import Path

import pytest

from console.errors import ConfigurationError
from console.settings import load_deployment
from console.settings import policy as module
from console.settings.policy import Policy, policy_file, read_policy

EXAMPLE = Path(__file__).parents[1] / "store" / "earlier" / "systems-4.toml"
LOOSE = '\n[roles.rep]\nallows = ["approve"]\n[roles.rep.credit_limits]\nUSD = 100000\n'


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept this test's files as an administrator's: the user who runs a test can write all its files."""
    monkeypatch.setattr(module, "_is_writable", lambda _path: False)


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_policy_a_configuration_stands_as_it_is(tmp_path: Path) -> None:
    assert read_policy(tmp_path / "none.toml") == Policy()


@pytest.mark.usefixtures("trusted")
def test_what_a_policy_says_goes_before_the_users_own(tmp_path: Path) -> None:
    mine = tmp_path / "systems.toml"
    mine.write_text(EXAMPLE.read_text(encoding="utf-8") + LOOSE, encoding="utf-8")
    policy = read_policy(
        written(tmp_path, "lock_after_min = 3\n[verification]\nattempts = 2\n[roles.rep.credit_limits]\nUSD = 10\n")
    )
    deployment = load_deployment(mine, policy)
    assert (deployment.lock_after_min, deployment.verification.attempts) == (3, 2)
    assert deployment.roles["rep"].allows == ()
    assert deployment.roles["rep"].credit_limits == {"USD": 10}
    assert policy.digest
    assert load_deployment(mine, Policy()).roles["rep"].allows == ("approve",)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[verification", "not valid TOML"),
        ("[systems.crm]\nkind = 'crm'", "may not set systems"),
        ("[sign_in]\nissuer = 'x'", "may not set sign_in"),
    ],
)
def test_a_policy_that_cannot_be_used_stops_the_start(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_policy(written(tmp_path, text))


def test_a_policy_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_policy(tmp_path / "policy.toml")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists instead of modes")
def test_a_policy_that_its_user_can_write_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = written(tmp_path, "lock_after_min = 3\n")
    path.chmod(0o666)
    policy = read_policy(path)
    assert (policy.settings, policy.digest) == ({}, "")
    assert "can change it" in policy.warning


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make a file of root's")
def test_a_policy_of_roots_is_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = written(tmp_path, "lock_after_min = 3\n")
    path.chmod(0o644)
    assert read_policy(path).settings == {"lock_after_min": 3}


def test_it_lies_where_users_of_this_system_cannot_write() -> None:
    assert policy_file().is_absolute()
    assert policy_file().name == "policy.toml"
