"""A system's key in the encrypted store: entered once, found from then on, and never in plain text on disk."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.__main__ import _parser
from console.cli import check_system
from console.errors import ConfigurationError, StoreInUseError
from console.models.customer import CustomerId
from console.session import open_last_store, open_session
from console.store.audit import AuditRepository
from console.store_location import StoreQuestions
from console.system.sandbox_launcher import sandbox_settings
from tests.support.control import Control

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery"


@pytest.fixture
def configuration(sandbox: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return settings for the sandbox with every token in the console's own store, on a computer without a keyring."""
    for name in ("DATA", "STATE", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    path = tmp_path / "systems.toml"
    path.write_text(sandbox_settings(sandbox.process.addresses, "store:{}"), encoding="utf-8")
    return path


async def passphrase(_sentence: str, *, is_new: bool) -> str | None:
    return PASSPHRASE


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Asked:
    """A prompt that returns every token and records the sentences it was called with."""

    def __init__(self, sandbox: Control) -> None:
        self._tokens = sandbox.process.tokens
        self.sentences: list[str] = []

    async def __call__(self, sentence: str) -> str | None:
        self.sentences.append(sentence)
        return next(f" {token}\n" for name, token in self._tokens.items() if f" {name} " in sentence.lower())


async def test_a_key_is_asked_for_once_and_lies_nowhere_in_clear(
    sandbox: Control, configuration: Path, tmp_path: Path
) -> None:
    asked = Asked(sandbox)
    for _ in range(2):
        async with open_session(
            config=configuration, demo=False, with_store=True, questions=StoreQuestions(passphrase), ask_secret=asked
        ) as session:
            view = session.console.view_customer(CustomerId(sandbox.first_customer))
            view.open()
            await view.wait_idle()
            assert not [part for part in view.loaders if part.state.failure]
            view.close()
    assert len(asked.sentences) == 3
    kept = files_in(tmp_path)
    assert "desk.store" in {path.name for path in kept}
    for path, content in kept.items():
        assert not [token for token in sandbox.process.tokens.values() if token.encode() in content], path


async def test_the_store_is_looked_into_while_the_console_is_open(sandbox: Control, configuration: Path) -> None:
    async def looked() -> int:
        kept = await open_last_store(
            config=configuration, demo=False, questions=StoreQuestions(passphrase), to_read=True
        )
        if kept.database is None:
            return 0
        found = await AuditRepository(kept.database).load()
        await kept.database.aclose()
        return len(found)

    assert await looked() == 0  # the check itself does not create a store
    async with open_session(
        config=configuration,
        demo=False,
        with_store=True,
        questions=StoreQuestions(passphrase),
        ask_secret=Asked(sandbox),
    ) as session:
        session.console.audit.record("opened", sandbox.first_customer)
        await session.console.audit.wait_idle()
        assert await looked() >= 1
        with pytest.raises(StoreInUseError):  # the store accepts no second writer
            await open_last_store(config=configuration, demo=False, questions=StoreQuestions(passphrase))


async def test_a_system_is_checked_with_the_key_the_console_keeps_also_while_it_is_open(
    sandbox: Control, configuration: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_session(
        config=configuration,
        demo=False,
        with_store=True,
        questions=StoreQuestions(passphrase),
        ask_secret=Asked(sandbox),
    ):
        monkeypatch.setattr(check_system, "ask_code", passphrase)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        arguments = ["--config", str(configuration), "check-system", "crm", "--only", "customer"]
        await asyncio.to_thread(check_system.run, _parser().parse_args(arguments))
        told = capsys.readouterr().out
        assert "customer" in told
        assert "sign-in" not in told.lower()


def test_a_check_without_the_key_names_what_is_missing(configuration: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", "--config", str(configuration), "check-system", "crm"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 2
    assert "The secret store:crm for CRM is not in the store" in done.stderr
    assert "keep-secret crm" in done.stderr


async def test_without_it_and_nobody_to_ask_it_is_said_in_a_sentence(configuration: Path) -> None:
    with pytest.raises(ConfigurationError, match="store:crm for CRM is not in the store.*keep-secret crm"):
        async with open_session(
            config=configuration, demo=False, with_store=True, questions=StoreQuestions(passphrase)
        ):
            pass

    async def nobody(_sentence: str) -> str | None:
        return None

    with pytest.raises(ConfigurationError, match="is not in the store"):
        async with open_session(config=configuration, demo=False, ask_secret=nobody):
            pass


def test_the_command_says_what_is_missing(configuration: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", "--config", str(configuration), "keep-secret", "crm"],
        input="token\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 2
    assert "keyring" in done.stderr.lower()
    assert "Traceback" not in done.stderr
