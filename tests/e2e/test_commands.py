"""The commands as a user types them: real processes, exit statuses, sentences instead of tracebacks."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.system.sandbox_launcher import sandbox_settings
from tests.support.control import Control

ROOT = Path(__file__).parent.parent.parent


def run(
    *arguments: str, environment: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "console", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(environment or {})}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env=env, cwd=cwd)


@pytest.fixture
def configuration(sandbox: Control, tmp_path: Path) -> Path:
    """Return a configuration file for the running sandbox, as `opticom-console sandbox` writes it."""
    path = tmp_path / "systems.toml"
    path.write_text(sandbox_settings(sandbox.process.addresses, "file:{}.token"), encoding="utf-8")
    for system, token in sandbox.process.tokens.items():
        (tmp_path / f"{system}.token").write_text(token, encoding="utf-8")
    return path


async def test_show_prints_one_customer_with_origins(sandbox: Control, configuration: Path) -> None:
    done = run("--config", str(configuration), "show", sandbox.first_customer)
    assert done.returncode == 0, done.stderr
    for part in (
        "Billing accounts (",
        "Bills (",
        "Products (",
        "Services (",
        "Product orders (",
        "Service orders (",
        "[CRM, ",
        "[Billing, ",
    ):
        assert part in done.stdout
    assert not done.stderr


async def test_show_as_json_is_exact(sandbox: Control, configuration: Path) -> None:
    done = run("--config", str(configuration), "show", sandbox.first_customer, "--json")
    shown = json.loads(done.stdout)
    async with sandbox.raw("billing") as client:
        path = "/tmf-api/customerBillManagement/v4/customerBill"
        served = (await client.get(path, params={"relatedParty.id": sandbox.first_customer, "limit": 100})).json()
    amounts = {item["value"]["id"]: item["value"]["amount_due"]["amount"] for item in shown["bills"]["facts"]["items"]}
    assert {bill["id"]: str(bill["amountDue"]["value"]) for bill in served} == amounts
    assert shown["bills"]["facts"]["items"][0]["origin"]["system"] == "billing"


async def test_show_never_loads_qt(sandbox: Control, configuration: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from console.__main__ import main; "
        f"status = main(['--config', {str(configuration)!r}, 'show', {sandbox.first_customer!r}]); "
        "print([name for name in sys.modules if name.startswith(('PySide6', 'qasync'))], status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["show", "CU-0000000"], 1, "No customer found for 'CU-0000000'."),
        (["show", "ma"], 2, "Give one of their numbers"),
        (["show"], 2, "Give a customer, such as"),
        (["sing"], 2, "invalid choice"),
        (["sandbox", "--customers", "0"], 2, "--customers must be between 1 and 1000000."),
    ],
)
async def test_what_cannot_be_done_is_one_sentence_and_a_status(
    configuration: Path, arguments: list[str], status: int, message: str
) -> None:
    done = run("--config", str(configuration), *arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_system_that_is_down_costs_its_part_and_the_exit_status(sandbox: Control, configuration: Path) -> None:
    await sandbox.faults("provisioning", outage=True)
    done = run("--config", str(configuration), "show", sandbox.first_customer)
    assert done.returncode == 1
    assert "Services: Provisioning " in done.stdout
    assert "can't be reached." in done.stdout
    assert "Bills (" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":4077"}], ids=["none", "one that is not responding"])
def test_without_a_display_the_window_ends_with_a_sentence(display: dict[str, str]) -> None:
    hidden = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"), "")
    environment = {key: value for key, value in {**os.environ, **hidden, **display}.items() if value}
    command = [sys.executable, "-m", "console", "--demo"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr.startswith("No window can be opened:")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_tour_without_the_demo_is_wrong_usage(tmp_path: Path) -> None:
    done = run("--tour", str(tmp_path))
    assert (done.returncode, "--tour drives the demo's window" in done.stderr) == (2, True)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "iso8859-15"])
def test_a_terminal_that_lacks_a_sign_still_gets_the_report(configuration: Path, encoding: str) -> None:
    environment = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "console", "--config", str(configuration), "check-system", "crm"]
    command += ["--only", "customer"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, env=env, cwd=ROOT)
    assert done.returncode in {0, 1}, done.stderr
    assert b"customer" in done.stdout
    assert not done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_reader_that_goes_away_is_no_fault(configuration: Path) -> None:
    command = [sys.executable, "-m", "console", "--config", str(configuration), "check-system", "crm"]
    command += ["--only", "customer"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(60) == 1
        assert process.stderr.read() == b""


def test_a_sandbox_without_its_extra_says_what_to_install() -> None:
    code = "import sys; sys.modules['starlette'] = None; from console.__main__ import main; sys.exit(main(['sandbox']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "opticom-console[sandbox]" in done.stderr
    assert "internal error" not in done.stderr


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody may write in")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    done = run("sandbox", environment={"XDG_CACHE_HOME": "/proc/nope"})
    assert done.returncode == 1
    assert done.stderr.startswith("/proc/nope")
    assert "internal error" not in done.stderr


def test_a_second_sandbox_leaves_the_first_ones_files_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "console", "sandbox", "--data", str(tmp_path), "--customers", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            while "Without sign-in" not in process.stdout.readline():
                assert process.poll() is None
            before = {path.name: path.read_text() for path in tmp_path.glob("*.to*")}
            done = run("sandbox", "--data", str(tmp_path), "--customers", "20")
            assert done.returncode == 2
            assert "Another sandbox is running" in done.stderr
            assert {path.name: path.read_text() for path in tmp_path.glob("*.to*")} == before
        finally:
            process.terminate()
            process.wait(10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "There is no configuration at"),
        ("systems = 3", "systems must be a table, not a whole number"),
        ("[systems.crm]\nkind = 'crm'", "base_url"),
        ("\x00", "not valid TOML"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "systems.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    done = run("--config", str(path), "show", "CU-1")
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_tour_drives_the_window_and_writes_pictures(tmp_path: Path) -> None:
    done = run("--demo", "--tour", str(tmp_path / "pictures"), environment={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert done.returncode == 0, done.stderr
    assert "Bills (" in done.stdout
    assert {"search.png", "customer-light.png", "customer-dark.png", "systems.png"} <= {
        path.name for path in (tmp_path / "pictures").iterdir()
    }
    assert not done.stderr


def test_the_sandbox_alone_says_where_it_is_and_writes_settings_that_work(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "console", "sandbox", "--data", str(tmp_path), "--customers", "20"]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env) as process:
        try:
            lines: list[str] = []
            assert process.stdout is not None
            while not any("Without sign-in" in line for line in lines):
                line = process.stdout.readline()
                assert line, "the sandbox ended"
                lines.append(line)
            configuration = lines[-1].split("--config ")[1].strip()
            assert (
                oct(Path(configuration).with_name("crm.token").stat().st_mode)[-3:] == "600" or sys.platform == "win32"
            )
            done = run("--config", configuration, "show", "BA-00000000")
            assert done.returncode == 1
        finally:
            process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            assert process.wait(10) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9 of this kind")
def test_the_sandbox_ends_with_the_console_even_when_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio, time; from console.system.sandbox_launcher import SandboxProcess; "
        f"s = asyncio.run(SandboxProcess.start(['--data', {str(tmp_path)!r}, '--customers', '20'])); "
        "print(s.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as console:
        assert console.stdout is not None
        sandbox = int(console.stdout.readline())
        os.kill(sandbox, 0)
        console.kill()
    deadline = time.monotonic() + 10
    while _is_running(sandbox):
        assert time.monotonic() < deadline, "the sandbox outlived the desk"
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    """Return whether a process runs; a process that has ended but was not collected by its new parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_the_log_has_what_the_user_is_spared(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    run("--demo", "show", environment={**environment, "XDG_CACHE_HOME": str(tmp_path / "cache")})
    logs = list(tmp_path.rglob("console.log"))
    assert logs
    text = "".join(path.read_text(encoding="utf-8") for path in logs)
    assert "customerBill" in text
    assert "CU-" not in text, "what was looked for stays out of the log"


def test_caches_of_a_window_that_never_ran_are_told_as_missing(tmp_path: Path) -> None:
    done = run("diagnose", "caches", environment={"XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)})
    assert done.returncode == 1
    assert "no cache sizes yet" in done.stdout


async def test_what_a_system_says_moves_nothing_in_the_terminal(sandbox: Control, configuration: Path) -> None:
    escape = "Evil\x1b]0;owned\x07\x1b[2J\r\x9b1A\u202eName"
    async with sandbox.raw("crm") as crm:
        place = f"/tmf-api/customerManagement/v4/customer/{sandbox.first_customer}"
        before = (await crm.get(place)).json()["name"]
        (await crm.patch(place, json={"name": escape})).raise_for_status()
        done = run("--config", str(configuration), "show", sandbox.first_customer)
        wrong = run("--config", str(configuration), "show", "CU-1\x1b[2J")
        (await crm.patch(place, json={"name": before})).raise_for_status()
    assert done.returncode == 0, done.stderr
    for message in (done.stdout, done.stderr, wrong.stdout, wrong.stderr):
        assert not set(message) & set("\x1b\x07\x9b\r\u202e")
    assert "Evil" in done.stdout


@pytest.mark.parametrize("port", ["99999", "-1", "65536"])
def test_a_port_that_does_not_exist_is_one_sentence(port: str) -> None:
    done = run("sandbox", f"--crm-port={port}")
    assert done.returncode == 2
    assert done.stderr == "--crm-port must be between 0 and 65535; 0 takes any that is free.\n"


def test_the_version_is_told() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"OptiCom agent console \d+\.\d+\.\d+\n", done.stdout)
