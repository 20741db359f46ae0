"""One script for new developers: sets up the project, then runs demo, test or bench.

    python3 dev.py demo     the console on the sandbox systems
    python3 dev.py test     every check: format, lint, types, import contracts, tests
    python3 dev.py bench    the benchmarks, each against its limit
    python3 dev.py setup    only installs what the program needs

Needs only Python 3.11 to 3.13 with pip. It makes .venv beside this file and installs the pinned and hashed requirements
into it. On Debian and Ubuntu it also installs missing system libraries that Qt needs.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")

# Every system library that Qt's wheel opens and a plain Debian lacks, with the package that has it.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
QT_WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
QT_WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
FONT_PACKAGE = "fonts-dejavu-core"
# The window's font on Linux. It is optional: DejaVu is 12 % wider and cuts some texts.
INTERFACE_FONT_PACKAGE = "fonts-inter"
FONT_TRIED = ENVIRONMENT / "interface-font.tried"

# Tests often wait for servers and windows, so one more test process runs than there are processors. More would slow
# down what is measured of the window. Four sandbox worlds are enough for any machine.
WORKERS = str(min(4, 1 + (os.cpu_count() or 1)))
CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": ["-m", "ruff", "check", "--quiet", "."],
    "types": ["-m", "mypy"],
    # Run as a module, it checks nothing and reports success.
    "imports": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"],
    "tests": ["-m", "pytest", "-n", WORKERS, "--dist", "worksteal"],
}


class SetUpError(Exception):
    """The set-up failed. The message says what to do."""


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def has_display() -> bool:
    """Return whether a window can be shown; always true on Windows and macOS."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check_interpreter() -> None:
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise SetUpError(
            f"This is Python {sys.version.split()[0]}; the desk needs 3.11, 3.12 or 3.13. "
            "Start this script with one of those, for example: python3.11 dev.py demo"
        )


def prepare_environment(requirements: str) -> None:
    """Make .venv with exactly the pins of requirements/<requirements>.txt. Do nothing if it is up to date.

    The requirements of dev include those of runtime, so an environment for dev also works for runtime.
    """
    check_interpreter()
    if ENVIRONMENT.is_symlink():
        raise SetUpError(f"{ENVIRONMENT.name} is a link, and what is set up would replace what it leads to. Remove it.")
    maker = f"{sys.version} {ROOT}"
    made = {path.stem: path.read_text(encoding="utf-8") for path in ENVIRONMENT.glob("*.ready")}
    serving = [requirements, "dev"]
    if PYTHON.exists() and any(made.get(name) == f"{maker} {fingerprint(name)}" for name in serving):
        return
    if importlib.util.find_spec("pip") is None:
        raise SetUpError(
            "This Python has no pip. Install it, on Debian and Ubuntu with:  sudo apt-get install python3-pip"
        )
    say(f"setting up {ENVIRONMENT.name} from requirements/{requirements}.txt (the first time takes a minute or two)")
    # Without pip inside, because Debian has the bundled pip in a package of its own. An environment made by another
    # Python, or by this script in another folder, is made again from nothing.
    reusable = PYTHON.exists() and made and all(text.startswith(maker) for text in made.values())
    venv.create(ENVIRONMENT, with_pip=False, clear=not reusable)
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check", "install", "-qq"]
    lock = ROOT / "requirements" / f"{requirements}.txt"
    run_or_explain([*pip, "--require-hashes", "-r", str(lock)], "Installing the pinned requirements failed")
    own = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    run_or_explain([*pip, *own], "Installing the console itself failed")
    compile_console()
    (ENVIRONMENT / f"{requirements}.ready").write_text(f"{maker} {fingerprint(requirements)}", encoding="utf-8")


def compile_console() -> None:
    """Compile the console to bytecode, as pip does for packages, so that the window does not wait for that."""
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", "console"], check=False, cwd=ROOT)


def fingerprint(requirements: str) -> str:
    """Return a hash of everything that decides what must be installed."""
    lock = ROOT / "requirements" / f"{requirements}.txt"
    return hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def run_or_explain(command: list[str], sentence: str) -> None:
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    try:
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(f"{sentence}. Its own words are above; then run the same command again. ({error})") from error


def prepare_qt_libraries() -> None:
    """Install the system libraries that Qt needs, or show the command for it. Only Linux may lack any."""
    if not sys.platform.startswith("linux"):
        return
    wanted = dict(QT_LIBRARIES)
    if os.environ.get("DISPLAY"):
        wanted |= QT_WINDOW_LIBRARIES
    if os.environ.get("WAYLAND_DISPLAY"):
        wanted |= QT_WAYLAND_LIBRARIES
    missing = [package for library, package in wanted.items() if not can_load(library)]
    if not any(path.suffix in {".ttf", ".otf"} for folder in FONT_FOLDERS for path in Path(folder).rglob("*.?tf")):
        missing.append(FONT_PACKAGE)
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    sudo = sudo_prefix()
    if shutil.which("apt-get") is None or sudo is None:
        raise SetUpError(f"Qt needs system libraries that are not here. Install them with:  sudo {' '.join(install)}")
    say(f"installing the system libraries Qt needs: {' '.join(missing)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False, env=quiet, stdout=subprocess.DEVNULL)
    if subprocess.run([*sudo, *install, "-qq"], check=False, env=quiet, stdout=subprocess.DEVNULL).returncode != 0:
        raise SetUpError(f"Installing them failed. Type this and look at what it says:  sudo {' '.join(install)}")


def prepare_interface_font() -> None:
    """Install the window's font on Debian and Ubuntu where that needs no password; go on without it otherwise.

    It is tried once for each environment, so that a computer without a network does not wait at each start.
    """
    has_apt = sys.platform.startswith("linux") and shutil.which("apt-get") is not None
    sudo = sudo_prefix() if has_apt else None
    has_font = any(any(Path(folder).rglob("Inter*.?t?")) for folder in FONT_FOLDERS)
    if sudo is None or has_font or FONT_TRIED.exists():
        return
    FONT_TRIED.touch()
    say(f"installing the window's font: {INTERFACE_FONT_PACKAGE}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*sudo, "apt-get", "install", "--yes", "-qq", "--no-install-recommends", INTERFACE_FONT_PACKAGE]
    to_nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.run(install, check=False, env=quiet, **to_nowhere).returncode != 0:
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False, env=quiet, **to_nowhere)
        if subprocess.run(install, check=False, env=quiet, **to_nowhere).returncode != 0:
            say("it could not be installed; the system's font is used")


def can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def sudo_prefix() -> list[str] | None:
    """Return the prefix that runs a command as root, or None if that would need a password."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def console_environment() -> dict[str, str]:
    environment = {**os.environ, "PYTHONUTF8": "1"}
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment


def demo(arguments: list[str]) -> int:
    """Run the console on sandbox systems. Without a display, run the window off-screen and save screenshots."""
    prepare_qt_libraries()
    prepare_environment("runtime")
    prepare_interface_font()
    command = [str(PYTHON), "-m", "console", "--demo"]
    if not has_display():
        output = ROOT / "demo-output"
        say(f"no display: driving the window off-screen, screenshots go to {output}")
        command += ["--tour", str(output)]
    return become([*command, *arguments], console_environment())


def test(arguments: list[str]) -> int:
    """Run every check, even after one has failed. With arguments, run only pytest with them."""
    prepare_qt_libraries()
    prepare_environment("dev")
    prepare_interface_font()
    compile_console()
    environment = {**console_environment(), "QT_QPA_PLATFORM": "offscreen"}
    failed = []
    for name, command in CHECKS.items():
        if arguments and name != "tests":
            continue
        say(name)
        extra = arguments if name == "tests" else []
        if run_to_end([str(PYTHON), *command, *extra], environment) != 0:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    prepare_qt_libraries()
    prepare_environment("dev")  # benchmarks share helpers with the tests
    environment = {**console_environment(), "QT_QPA_PLATFORM": "offscreen"}
    return become([str(PYTHON), "-m", "benchmarks", *arguments], environment)


def setup(_arguments: list[str]) -> int:
    """Install everything that the program needs, without starting it."""
    prepare_qt_libraries()
    prepare_environment("runtime")
    say(f"the command is {PYTHON.parent / 'opticom-console'}")
    return 0


def become(command: list[str], environment: dict[str, str]) -> int:
    """Replace this script by the last command, so that a signal that stops one stops the other."""
    if not WINDOWS:
        os.chdir(ROOT)
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    return run_to_end(command, environment)


def run_to_end(command: list[str], environment: dict[str, str]) -> int:
    """Run a command and return its exit status. Ctrl+C reaches the command itself, which then stops in order."""
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        while True:
            try:
                status = process.wait()
            except KeyboardInterrupt:
                continue
            return status if status >= 0 else 128 - status


def main() -> int:
    commands = {"setup": setup, "demo": demo, "test": test, "bench": bench}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=commands)
    chosen, rest = parser.parse_known_args()
    try:
        return commands[chosen.command](rest)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where this one was.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
