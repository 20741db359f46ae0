"""`opticom-console sandbox`: the three sandbox systems without the console, for training rooms and vendors."""

import argparse
import asyncio
import contextlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from console.errors import ConfigurationError, UsageError
from console.private_files import private_folder, write_private
from console.sandbox.database import DatabaseMissingError
from console.sandbox.server import LABELS, Running, Sandbox, serve
from console.sandbox.storage import open_world
from console.system.sandbox_launcher import sandbox_settings, with_sign_in
from console.user_folders import cache_folder

_MOST_AT_ONCE = 10
_HIGHEST_PORT = 65_535
_PORTS = ("crm", "billing", "provisioning", "identity", "audit", "control")


def run(options: argparse.Namespace) -> int:
    """Run the sandbox until Ctrl+C. Return the exit status."""
    if not 1 <= options.customers <= 1_000_000:
        raise UsageError("--customers must be between 1 and 1000000.")
    if not 0 <= options.clock_speed <= 100_000:
        raise UsageError("--clock-speed must be between 0 and 100000.")
    for name in _PORTS:
        if not 0 <= getattr(options, f"{name}_port") <= _HIGHEST_PORT:
            raise UsageError(f"--{name}-port must be between 0 and {_HIGHEST_PORT}; 0 takes any that is free.")
    if options.billing_seed is not None and not 0 <= options.billing_seed <= 1_000_000:
        raise UsageError("--billing-seed must be between 0 and 1000000.")
    if options.database is not None and not options.database.startswith(("postgresql://", "postgres://")):
        raise UsageError("--database takes an address such as postgresql://user@localhost/practice.")
    wanted = options.data or default_folder(options.seed, options.customers)
    try:
        with _folder_of_its_own(wanted, alternatives=options.data is None) as folder:
            return _run(options, folder, options.database or folder)
    except DatabaseMissingError as error:
        raise ConfigurationError(str(error)) from error


@contextlib.contextmanager
def _folder_of_its_own(wanted: Path, *, alternatives: bool) -> Iterator[Path]:
    """Yield a folder that no other sandbox uses at the same time; it would overwrite tokens and files.

    Raises:
        ConfigurationError: Another sandbox uses the wanted folder, and no other may be used.
    """
    candidates = [wanted, *(wanted.with_name(f"{wanted.name}-{number}") for number in range(2, _MOST_AT_ONCE))]
    for folder in candidates if alternatives else candidates[:1]:
        private_folder(folder)
        # An exclusive SQLite transaction works as a lock on every system, and ends with the process in every case.
        lock = sqlite3.connect(folder / "in-use.lock", timeout=0, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            lock.close()
            continue
        try:
            yield folder
        finally:
            lock.close()
        return
    raise ConfigurationError(f"Another sandbox is running on {wanted}. Stop it, or choose another folder with --data.")


def _run(options: argparse.Namespace, folder: Path, location: str | Path) -> int:
    world = open_world(
        location,
        seed=options.seed,
        customers=options.customers,
        today=datetime.now(UTC).date(),
        billing_seed=options.billing_seed,
    )
    if options.truth:
        with options.truth.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(world.truth(n), ensure_ascii=False) + "\n" for n in range(world.customers))
        print(f"The truth about {world.customers} customers is in {options.truth}.")
        return 0
    bar = ProgressBar(world.customers, shown=sys.stderr.isatty() and not options.json)

    def ready(running: Running) -> None:
        if options.json:
            print(running.as_json(), flush=True)
            return
        tokens = {**running.tokens, "control": running.control_token}
        configuration = write_configuration(folder, running.addresses, tokens)
        print("\nThe sandbox is running on this computer only. Press Ctrl+C to stop it.\n")
        for system, address in running.addresses.items():
            print(f"  {LABELS[system]:<14}{address}")
        print(f"  {'Sign-in':<14}{running.identity}")
        print(f"  {'Audit':<14}{running.audit}")
        print(f"  {'Faults':<14}{running.control}  (bearer token in {folder / 'control.token'})\n")
        console = folder / "desk.toml"
        settings = sandbox_settings(running.addresses, "file:{}.token")
        write_private(console, with_sign_in(settings, running.identity, running.audit, "file:{}.token"))
        print(f"Open the console on it, and sign in:  opticom-console --config {console}")
        print(f"Without sign-in, as a rep, for commands:  --config {configuration}\n", flush=True)

    ports = {name: getattr(options, f"{name}_port") for name in _PORTS}
    try:
        sandbox = Sandbox(world, location, bar.show, clock_speed=options.clock_speed)
        bar.end()
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(sandbox, ports, ready, until_input_ends=options.until_input_ends))
    except OSError as error:
        raise ConfigurationError(f"The sandbox cannot start: {error.strerror or error}.") from error
    return 0


class ProgressBar:
    """The progress of indexing a world, on one line of the terminal, with the remaining time."""

    _WIDTH = 30
    _EVERY_S = 0.2

    def __init__(self, whole: int, *, shown: bool) -> None:
        self._whole = whole
        self._shown = shown
        self._began_s = self._last_s = time.monotonic()
        self._wrote = False

    def show(self, done: int) -> None:
        now_s = time.monotonic()
        if not self._shown or (now_s - self._last_s < self._EVERY_S and done < self._whole):
            return
        self._last_s, self._wrote = now_s, True
        share = done / self._whole
        bar = "█" * round(share * self._WIDTH)
        left_s = (now_s - self._began_s) * (1 - share) / share
        left = f"{left_s / 60:.0f} min left" if left_s > 90 else f"{left_s:.0f} s left"
        text = f"\r  preparing the world  {bar:░<{self._WIDTH}}  {share:4.0%}  {done:,} customers, {left}   "
        print(text, end="", file=sys.__stderr__, flush=True)  # `PlainStream` would escape \r

    def end(self) -> None:
        if self._wrote:
            print(file=sys.stderr)


def default_folder(seed: int, customers: int) -> Path:
    """Return the default folder for a world's files."""
    return cache_folder() / f"sandbox-{seed}-{customers}"


def write_configuration(folder: Path, addresses: Mapping[str, str], tokens: Mapping[str, str]) -> Path:
    """Save the settings for a console on this sandbox, and each token in a file that only its owner may read."""
    for name, token in tokens.items():
        write_private(folder / f"{name}.token", token)
    configuration = folder / "systems.toml"
    write_private(configuration, sandbox_settings(addresses, "file:{}.token"))
    return configuration
