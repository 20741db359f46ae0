"""The folder of a store: an incomplete store, its lock, its key and its code, and unreadable files."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import apsw
import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring

from console.errors import StoreError, StoreFullError, StoreInUseError
from console.models.outbox import Action, RiskClass
from console.models.passphrase import is_strong
from console.models.person import Person
from console.settings import Auth, Deployment, System
from console.store.actions import ActionRepository
from console.store.contents import StoreState
from console.store.database import Database, open_database
from console.store.drafts import DraftRepository
from console.store.lock import StoreLock, see_that_locks_hold
from console.store.recovery import digest_of_confirmed, unwrap_key, wrap_key
from console.store_location import IN_MEMORY, OpenedStore, StoreLocation, StoreQuestions
from console.store_locator import StoreLocator
from console.store_profiles import StoreProfiles
from tests.support.file_keyring import PATH, WAIT, FileKeyring

KEY = bytes(range(32))
NAME = "profile"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Yield the folder of a store on a computer with a keyring for this test only."""
    monkeypatch.setenv(PATH, str(tmp_path / "keyring.json"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.support.file_keyring.FileKeyring")
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    monkeypatch.setattr("console.system.store_key._PATIENCE_S", 0.5)
    yield tmp_path / NAME
    keyring.set_keyring(before)


async def opened(folder: Path, questions: StoreQuestions | None = None) -> OpenedStore:
    return await StoreLocation(folder, questions or StoreQuestions(shows_codes=True)).open()


def action(number: int) -> Action:
    return Action(f"a-{number}", "CU-1", "Note", RiskClass.NOTE, datetime(2026, 11, 25, tzinfo=UTC), ())


async def filled(folder: Path, actions: int = 3) -> OpenedStore:
    """Create a store with actions and a draft, confirm its recovery code, and return it closed."""
    kept = await opened(folder)
    assert kept.database is not None
    assert kept.confirm_code is not None
    await kept.confirm_code()
    for number in range(actions):
        await ActionRepository(kept.database).add(action(number))
    await DraftRepository(kept.database).save({"note/CU-1": "Wellenreiter asked"})
    await kept.database.aclose()
    return kept


def forget_keys() -> None:
    """Delete the keyring, as a user may."""
    Path(os.environ[PATH]).unlink()


def keyring_file_exists() -> bool:
    return Path(os.environ[PATH]).exists()


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".lock"}


def named(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


def keep_only(folder: Path, part: str) -> None:
    """Remove every file whose name does not contain this part."""
    for path in folder.iterdir():
        if part not in path.name:
            path.unlink()


def killed_after(folder: Path, work: str) -> None:
    """Run a program on the store and kill it once it has reported that its work is done."""
    program = textwrap.dedent("""
        import asyncio, sys, time
        from datetime import UTC, datetime
        from pathlib import Path
        from console.models.outbox import Action, RiskClass
        from console.store.actions import ActionRepository
        from console.store.database import open_database
        from console.store.drafts import DraftRepository
        database = open_database(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
        async def main():
            WORK
        asyncio.run(main())
        print("done", flush=True)
        time.sleep(60)
    """).replace("WORK", work)
    key = str(keyring.get_password("opticom-console", folder.name))
    command = [sys.executable, "-c", program, str(folder / "desk.store"), key]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "done\n"
    process.kill()
    process.wait()
    process.stdout.close()


# ------------------------------------------------------------------ an incomplete store


@pytest.mark.parametrize("gone", ["missing", "empty"])
@pytest.mark.parametrize("left", ["log", "recovery", "keyring"])
async def test_what_is_left_of_a_store_is_not_written_over(folder: Path, gone: str, left: str) -> None:
    await filled(folder)
    killed_after(folder, 'await DraftRepository(database).save({"x": "y"})')
    keep_only(folder, {"log": "-wal", "recovery": "recovery", "keyring": "nothing"}[left])
    if gone == "empty":
        (folder / "desk.store").touch()
    before = files_in(folder)
    kept = await opened(folder)
    assert kept.database is None
    assert f"is {gone}. Found:" in kept.notice
    reading = await StoreLocation(folder, StoreQuestions()).open_to_read()
    assert reading.database is None
    assert f"is {gone}" in reading.notice
    assert IN_MEMORY in kept.notice
    assert files_in(folder) == before


async def test_what_is_left_is_set_aside_when_its_user_says_so(folder: Path) -> None:
    code = (await filled(folder)).new_code
    (folder / "desk.store").rename(folder / "copy")
    asked: list[str] = []

    async def anew(sentence: str) -> bool:
        asked.append(sentence)
        return True

    kept = await opened(folder, StoreQuestions(anew=anew, shows_codes=True))
    assert kept.database is not None
    assert kept.database.is_kept
    assert len(asked) == 1
    assert kept.new_code
    await kept.database.aclose()
    (aside,) = named(folder, "set-aside-*")
    assert unwrap_key(aside, code) == unwrap_key(folder, kept.new_code), "what is set aside opens as before"
    assert str(aside) in kept.notice


async def test_a_store_that_is_put_back_opens_again(folder: Path) -> None:
    await filled(folder)
    (folder / "desk.store").rename(folder / "copy")
    assert (await opened(folder)).database is None
    (folder / "copy").rename(folder / "desk.store")
    kept = await opened(folder)
    assert kept.database is not None
    assert kept.notice == ""
    assert len(await ActionRepository(kept.database).load()) == 3
    await kept.database.aclose()


async def test_a_damaged_page_is_said_and_a_code_that_is_right_is_not_called_wrong(folder: Path) -> None:
    code = (await filled(folder)).new_code
    spoilt = bytearray((folder / "desk.store").read_bytes())
    spoilt[100] ^= 1
    (folder / "desk.store").write_bytes(spoilt)

    async def ask(_sentence: str, *, is_new: bool) -> str:
        assert not is_new
        return code

    kept = await opened(folder, StoreQuestions(code=ask))
    assert kept.database is None
    assert "damaged" in kept.notice
    assert IN_MEMORY in kept.notice
    assert (folder / "desk.store").read_bytes() == spoilt


# ------------------------------------------------------------------ the last saved data


async def test_an_action_is_in_the_file_itself_once_it_is_kept(folder: Path) -> None:
    await filled(folder, actions=0)
    add = 'await ActionRepository(database).add(Action("a-9", "C", "Note", RiskClass.NOTE, datetime.now(UTC), ()))'
    killed_after(folder, f"{add}; await asyncio.sleep(0.2)")
    log = folder / "desk.store-wal"
    log.write_bytes(bytes(len(log.read_bytes())))  # the log may be damaged
    kept = await opened(folder)
    assert kept.database is not None
    assert [one.id for one in await ActionRepository(kept.database).load()] == ["a-9"]
    await kept.database.aclose()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
async def test_a_bit_that_flips_in_the_log_loses_nothing_without_a_word(folder: Path, share: float) -> None:
    await filled(folder)
    killed_after(folder, 'for i in range(20): await DraftRepository(database).save({f"p{i}": "text " * 50})')
    log = folder / "desk.store-wal"
    spoilt = bytearray(log.read_bytes())
    spoilt[int(len(spoilt) * share)] ^= 1
    log.write_bytes(spoilt)
    kept = await opened(folder)
    assert kept.database is not None
    drafts = await DraftRepository(kept.database).load()
    await kept.database.aclose()
    assert len([place for place in drafts if place.startswith("p")]) == 20 or "are missing" in kept.notice
    if "are missing" in kept.notice:
        assert named(folder, "*damaged*"), "the log is kept for who can read it"
        again = await opened(folder)
        assert again.database is not None
        assert again.notice == "", "it is said once"
        await again.database.aclose()


@pytest.mark.expects_log("cannot be read")
async def test_what_cannot_be_read_is_named_and_the_rest_works(folder: Path) -> None:
    await filled(folder)
    key = bytes.fromhex(str(keyring.get_password("opticom-console", NAME)))
    database = open_database(folder / "desk.store", key)

    def spoil(connection: apsw.Connection) -> None:
        connection.execute("UPDATE act SET body = replace(body, 'note', 'of tomorrow') WHERE seq = 2")
        connection.execute("UPDATE draft SET kept_at = 'yesterday'")
        connection.execute("INSERT INTO audit (seq, body, head) VALUES (1, '{', 'x')")

    database.write_now(spoil)
    database.close()
    kept = await opened(folder)
    assert kept.database is not None
    assert "1 actions and 1 entries of the audit can't be read" in kept.notice
    assert [one.id for one in await ActionRepository(kept.database).load()] == ["a-0", "a-2"]
    assert (await DraftRepository(kept.database).load())["note/CU-1"][0] == "Wellenreiter asked"
    await kept.database.aclose()


# ------------------------------------------------------------------ the lock


@pytest.mark.parametrize("what", ["content", "folder"])
def test_what_stands_in_the_place_of_the_lock_is_moved_away(tmp_path: Path, what: str) -> None:
    path = tmp_path / "desk.lock"
    if what == "folder":
        path.mkdir()
        (path / "inside").write_text("x")
    else:
        path.write_text("somebody wrote this here, and it is no lock of anything " * 20)
    StoreLock(path).close()
    assert list(tmp_path.glob("desk.lock.not-a-lock-*"))


def test_a_lock_that_was_deleted_is_taken_again(tmp_path: Path) -> None:
    database = open_database(tmp_path / "desk.store", KEY)
    (tmp_path / "desk.lock").unlink()
    database.write_now(lambda _connection: None)
    with pytest.raises(StoreInUseError, match="already open"):
        open_database(tmp_path / "desk.store", KEY)
    database.close()


def test_a_store_that_another_took_after_the_lock_was_deleted_is_not_written(tmp_path: Path) -> None:
    first = open_database(tmp_path / "desk.store", KEY)
    (tmp_path / "desk.lock").unlink()
    second = open_database(tmp_path / "desk.store", KEY)
    with pytest.raises(StoreInUseError, match="was removed"):
        first.write_now(lambda connection: connection.execute("DELETE FROM draft"))
    second.write_now(lambda _connection: None)
    second.close()
    first.close()


def test_files_that_cannot_be_locked_are_said(tmp_path: Path) -> None:
    def none(_file: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with pytest.raises(StoreFullError, match=r"can't be locked.*No locks available"):
        see_that_locks_hold(tmp_path, lock=none)
    with pytest.raises(StoreFullError, match="can't be locked"):
        see_that_locks_hold(tmp_path, lock=lambda _file: None)
    see_that_locks_hold(tmp_path)
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------ key and code


async def test_a_keyring_that_does_not_answer_is_named_and_waited_for_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAIT, "30")
    began_s = time.monotonic()
    kept = await opened(folder)
    assert time.monotonic() - began_s < 5
    assert kept.database is None
    assert "is not responding" in kept.notice
    assert "file_keyring" in kept.notice


async def test_a_code_is_shown_until_somebody_has_written_it_down(folder: Path) -> None:
    codes = []
    for _ in range(3):
        kept = await opened(folder)
        assert kept.database is not None
        codes.append(kept.new_code)
        await kept.database.aclose()
    assert all(codes)
    kept = await opened(folder)
    assert kept.database is not None
    assert kept.confirm_code is not None
    await kept.confirm_code()
    await kept.database.aclose()
    last = await opened(folder)
    assert last.database is not None
    assert last.new_code == ""
    await last.database.aclose()
    assert len(unwrap_key(folder, kept.new_code)) == 32


async def test_until_a_new_code_is_written_down_the_one_before_opens_the_store_too(folder: Path) -> None:
    old = (await filled(folder)).new_code
    kept = await opened(folder)
    assert kept.database is not None
    assert kept.make_code is not None
    assert kept.confirm_code is not None
    new = await kept.make_code()
    assert unwrap_key(folder, old) == unwrap_key(folder, new)
    await kept.confirm_code()
    with pytest.raises(StoreError, match="or recovery code"):
        unwrap_key(folder, old)
    assert len(unwrap_key(folder, new)) == 32
    await kept.database.aclose()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"\0" * 4096)])
async def test_a_recovery_file_that_is_lost_or_changed_is_found_at_the_start(
    folder: Path, damage: Callable[[Path], object]
) -> None:
    await filled(folder)
    damage(folder / "recovery.key")
    kept = await opened(folder)
    assert kept.database is not None
    assert kept.new_code
    await kept.database.aclose()


def old_rule_file(folder: Path, key: bytes, passphrase: str) -> None:
    """Write a recovery file in the old format, which used only the letters and digits of a passphrase."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recovery.key").unlink(missing_ok=True)
    connection = apsw.Connection(str(folder / "recovery.key"))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", "".join(sign for sign in passphrase.upper() if sign.isalnum()))
    connection.execute("CREATE TABLE wrapped (key BLOB)")
    connection.execute("INSERT INTO wrapped VALUES (?)", (key,))
    connection.close()


@pytest.mark.parametrize(
    "passphrase", ["!!!!!!!!!!!!", "%&§% $$ ??;", "correct horse", "Köln 1248 ß", "пароль длинный"]
)
def test_a_recovery_file_is_encrypted_and_opens_with_the_whole_passphrase_alone(
    tmp_path: Path, passphrase: str
) -> None:
    wrap_key(tmp_path, KEY, passphrase)
    assert not (tmp_path / "recovery.next").read_bytes().startswith(b"SQLite format 3")
    assert unwrap_key(tmp_path, f" {unicodedata.normalize('NFD', passphrase)} ") == KEY
    for other in ("", "?", passphrase.upper(), passphrase[:-1], passphrase.replace(" ", "")):
        if other != passphrase:
            with pytest.raises(StoreError):
                unwrap_key(tmp_path, other)


@pytest.mark.parametrize("code", ["", "   "])
def test_an_empty_code_makes_no_recovery_file(tmp_path: Path, code: str) -> None:
    with pytest.raises(StoreError):
        wrap_key(tmp_path, KEY, code)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("typed", ["!!!!!!!!!!!!", "aaaaaaaaaaaab", "short 1", "          ", "abab abab abab"])
def test_a_passphrase_that_is_guessed_in_a_moment_is_weak(typed: str) -> None:
    assert not is_strong(typed)


async def test_a_weak_passphrase_is_asked_for_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    keyring.set_keyring(FailKeyring())
    answers, sentences = iter(["!!!!!!!!!!!!", "correct horse"]), []

    async def ask(sentence: str, *, is_new: bool) -> str | None:
        assert is_new
        sentences.append(sentence)
        return next(answers)

    kept = await opened(folder, StoreQuestions(code=ask, shows_codes=True))
    assert kept.database is not None
    await kept.database.aclose()
    assert "5 of them different" in sentences[1]
    assert len(unwrap_key(folder, "correct horse")) == 32


async def test_a_recovery_file_of_the_old_rule_opens_once_and_is_rewritten(folder: Path) -> None:
    await filled(folder)
    key = bytes.fromhex(str(keyring.get_password("opticom-console", folder.name)))
    old_rule_file(folder, key, "correct horse")
    assert unwrap_key(folder, "correct horse") == key
    with pytest.raises(StoreError):
        unwrap_key(folder, "correct-horse")
    assert unwrap_key(folder, "correct horse") == key


async def test_a_rewritten_recovery_file_counts_as_written_down(folder: Path) -> None:
    await filled(folder)
    key = bytes.fromhex(str(keyring.get_password("opticom-console", folder.name)))
    old_rule_file(folder, key, "correct horse")
    database = open_database(folder / "desk.store", key)
    await StoreState(database).save("recovery", digest_of_confirmed(folder))
    await database.aclose()
    forget_keys()

    async def ask(_sentence: str, *, is_new: bool) -> str | None:
        assert not is_new
        return "correct horse"

    kept = await opened(folder, StoreQuestions(code=ask, shows_codes=True))

    assert kept.database is not None
    assert kept.new_code == ""
    await kept.database.aclose()


async def test_a_recovery_file_without_encryption_is_said_and_replaced(folder: Path) -> None:
    await filled(folder)
    key = str(keyring.get_password("opticom-console", folder.name))
    old_rule_file(folder, bytes.fromhex(key), "!!!!!!!!!!!!")
    assert (folder / "recovery.key").read_bytes().startswith(b"SQLite format 3")

    kept = await opened(folder)

    assert kept.database is not None
    assert "was not encrypted" in kept.notice
    assert kept.new_code
    assert kept.confirm_code is not None
    await kept.confirm_code()
    await kept.database.aclose()
    assert unwrap_key(folder, kept.new_code).hex() == key
    again = await opened(folder)
    assert again.database is not None
    assert (again.notice, again.new_code) == ("", "")
    await again.database.aclose()


class PlaintextKeyring(FileKeyring):
    """A keyring with the name and behaviour of the keyrings.alt back end that does not encrypt."""


async def test_a_keyring_that_encrypts_nothing_gets_no_key(folder: Path) -> None:
    keyring.set_keyring(PlaintextKeyring())
    kept = await opened(folder)
    assert kept.database is None
    assert "saves secrets unencrypted" in kept.notice
    assert not keyring_file_exists()


async def test_of_two_first_starts_one_makes_the_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WAIT, "0.05")

    async def start() -> OpenedStore | None:
        try:
            return await opened(folder)
        except StoreInUseError:
            return None

    found = [kept for kept in await asyncio.gather(*(start() for _ in range(4))) if kept is not None]
    assert len(found) == 1
    database = found[0].database
    assert isinstance(database, Database)
    await database.aclose()
    again = await opened(folder)
    assert again.database is not None
    await again.database.aclose()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_first_start_may_be_killed_at_any_moment(folder: Path) -> None:
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from console.store_locator import StoreLocation, StoreQuestions
        async def main():
            print("go", flush=True)
            kept = await StoreLocation(Path(sys.argv[1]), StoreQuestions(shows_codes=True)).open()
            print("new" if kept.new_code else kept.notice or "old", flush=True)
        asyncio.run(main())
    """)
    environment = {**os.environ, WAIT: "0.02"}
    command = [sys.executable, "-c", program, str(folder)]
    for number in range(12):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdout is not None
        assert process.stdout.readline() == "go\n"
        time.sleep(number * 0.03)
        process.kill()
        process.communicate()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True)
    assert done.stdout.splitlines()[-1] == "new"


# ------------------------------------------------------------------ the owner of a store


def deployment(**addresses: str) -> Deployment:
    systems = {
        kind: System(kind=kind, base_url=address, auth=Auth(kind="none"))  # type: ignore[arg-type]
        for kind, address in addresses.items()
    }
    return Deployment(systems=systems)


OURS = {"crm": "https://a", "billing": "https://b", "provisioning": "https://c"}
THEIRS = {"crm": "https://x", "billing": "https://y", "provisioning": "https://z"}


async def test_a_changed_address_keeps_the_store_and_another_deployment_has_its_own(folder: Path) -> None:
    stores = folder.parent
    first = StoreProfiles(stores).choose(deployment(**OURS))
    await filled(stores / first)
    moved = {**OURS, "crm": "https://new"}
    assert StoreProfiles(stores).choose(deployment(**moved)) == first
    assert StoreProfiles(stores).choose(deployment(**{**moved, "billing": "https://new2"})) == first
    other = StoreProfiles(stores).choose(deployment(**THEIRS))
    assert other != first
    told = await StoreProfiles(stores).unsent_elsewhere(other, signs_in=False)
    assert "3 actions of another console" in told
    assert "https://new" in told
    assert await StoreProfiles(stores).unsent_elsewhere(first, signs_in=False) == ""
    assert "3 actions" in await StoreProfiles(stores).unsent_elsewhere(first, signs_in=True)


# ------------------------------------------------------------------ the last user


@pytest.mark.expects_log("does not match this computer's keyring")
async def test_a_changed_line_makes_nobody_a_supervisor(folder: Path) -> None:
    stores = StoreLocator(folder.parent / "stores", "abc", StoreQuestions(shows_codes=True))
    note = folder.parent / "stores" / "abc.last"
    for name in ("supervisor", "rep"):
        kept = await stores.open(Person("https://login.example.net", name, name, name))
        assert kept.database is not None
        await kept.database.aclose()
        if name == "supervisor":
            of_supervisor = note.read_text(encoding="utf-8")
    of_rep = note.read_text(encoding="utf-8")
    last = await stores.open_last()
    assert last is not None
    assert last.database is not None
    await last.database.aclose()

    note.write_text(of_supervisor, encoding="utf-8")  # the content of the file when she worked here

    assert await stores.open_last() is None
    note.write_text(of_rep, encoding="utf-8")
    again = await stores.open_last()
    assert again is not None
    assert again.database is not None
    await again.database.aclose()


async def test_a_removed_store_leaves_neither_key_nor_files(folder: Path) -> None:
    stores = StoreLocator(folder.parent / "stores", "abc", StoreQuestions(shows_codes=True))
    me, other = (Person("https://login.example.net", name, name, "rep") for name in ("me", "other"))
    for person in (me, other):
        kept = await stores.open(person)
        assert kept.database is not None
        await kept.database.aclose()

    await stores.remove(me)

    left = sorted(path.name for path in (folder.parent / "stores").iterdir() if path.is_dir())
    assert len(left) == 1
    assert keyring.get_password("opticom-console", left[0]) is not None
    again = await stores.open(me)
    assert again.database is not None
    assert await ActionRepository(again.database).load() == []
    await again.database.aclose()


async def test_the_stores_of_everybody_else_here_are_looked_into_one_after_the_other(folder: Path) -> None:
    where = folder.parent / "stores"
    names = ("one", "two", "three")
    people = [Person("https://id.example.net", name, name.title(), role="rep") for name in names]
    for person in people:
        stores = StoreLocator(where, "abc", StoreQuestions(shows_codes=True))
        kept = await stores.open(person)
        assert kept.database is not None
        await kept.database.aclose()
    mine = StoreLocator(where, "abc", StoreQuestions(shows_codes=True))
    theirs = StoreLocator(where, "abc", StoreQuestions(shows_codes=True))
    own, in_use = await mine.open(people[0]), await theirs.open(people[1])
    assert own.database is not None
    assert in_use.database is not None
    other = StoreLocator(where, "other", StoreQuestions(shows_codes=True))
    stranger = await other.open(people[0])
    assert stranger.database is not None

    found = [kept.database is not None async for kept in mine.open_others()]

    assert sorted(found) == [False, True]  # one is in use, one is opened; not my own, nor another deployment's
    for kept in (own, in_use, stranger):
        assert kept.database is not None
        await kept.database.aclose()
