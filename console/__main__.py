"""Starts the console or one of the commands. Decides which before anything imports Qt."""

import argparse
import contextlib
import importlib
import io
import os
import sys
from pathlib import Path

from console import __version__
from console.errors import ConfigurationError, ConsoleError, UsageError
from console.plain_stream import plain

_LEAST_FILES, _MOST_FILES = 128, 4096
_COMMANDS = {
    "sandbox": "sandbox",
    # Open files that the process needs at least, and asks for at most.
    "prime": "prime",
    "keep-secret": "keep_secret",
    "check-system": "check_system",
    "show": "show",
    "export": "data_rights",
    "erase": "data_rights",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 ok, 1 failed, 2 wrong usage or configuration."""
    if (sys.argv[1:] if arguments is None else arguments) != ["--pdf-worker"]:
        return _main(arguments)
    from console.system.pdf_worker import main as render  # the packaged program is its own interpreter

    render()
    return 0


def _main(arguments: list[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a window program on Windows has neither stream
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows a question mark
    options = _parser().parse_args(arguments)
    try:
        status = _run(options)
        _flush()
    except ConsoleError as error:
        _tell(str(error))
        return 2 if isinstance(error, ConfigurationError | UsageError) else 1
    except BrokenPipeError:
        # The reader of the output has ended, such as `head`. The interpreter would report an error when it flushes the
        # rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        place = f"{error.filename} cannot be used" if error.filename else "Something could not be read or written"
        _tell(f"{place}: {error.strerror or error}.")
        return 1
    except Exception as error:  # noqa: BLE001 - it is logged and reported
        _tell_fault(error)
        return 1
    return status


def _neutralise_output() -> None:
    """Escape control characters in the output of commands, because names and messages come from other systems.

    Otherwise a terminal would execute them.
    """
    from console.plain_stream import PlainStream

    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, PlainStream):
            setattr(sys, name, PlainStream(stream))


def _flush() -> None:
    """Flush the output. An error is reported, but the exit status stays: the command was carried out."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _tell(f"What was printed cannot be written: {error.strerror or error}.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(sentence: str) -> None:
    """Print a message to standard error, if there is a terminal."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        print(plain(sentence), file=sys.stderr, flush=True)


def _tell_fault(error: Exception) -> None:
    """Report that the program stopped because of its own fault, and where the details are."""
    import logging
    import traceback

    from console.system.logs import log_file

    logging.getLogger("console").error("stopped by an unexpected error", exc_info=error)
    try:
        where = f"The details are in {log_file()}"
        has_log = log_file().exists()
    except ConfigurationError as no_folder:
        where, has_log = str(no_folder), False
    _tell(f"The console stopped because of an internal error. {where}")
    if not has_log:
        _tell("".join(traceback.format_exception(error)))


def _run(options: argparse.Namespace) -> int:
    """Import and run one command. Each command loads only what it needs."""
    _allow_files()
    if options.tour is not None and (options.command is not None or not options.demo):
        raise UsageError("--tour drives the demo's window: use it as opticom-console --demo --tour FOLDER.")
    if options.config is not None and options.demo:
        raise UsageError("--demo works on a sandbox of its own: leave --config out, or --demo.")
    if options.command is None:
        try:
            from console import app
        except ImportError as error:
            raise ConfigurationError(
                f"Qt cannot be loaded: {error}. python3 dev.py demo installs what it needs."
            ) from error

        return app.run(options)
    from console.system.logs import start_logging

    _neutralise_output()
    start_logging()
    name = options.what if options.command == "diagnose" else _COMMANDS[options.command]
    try:
        command = importlib.import_module(f"console.cli.{name}")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{options.command} needs {error.name}, which is not installed. The sandbox is an extra: "
            "pip install 'opticom-console[sandbox]'"
        ) from error
    return int(command.run(options))


def _allow_files() -> None:
    """Raise the limit of open files of this process as far as allowed. Windows has no such limit.

    Raises:
        ConfigurationError: The limit is too low: a system would look down because no connection could be opened.
    """
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < _LEAST_FILES:
        raise ConfigurationError(
            f"This process may open only {allowed} files at once; the console needs {_LEAST_FILES}. Raise ulimit -n."
        )


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    _add_common(common, default=argparse.SUPPRESS)
    parser = argparse.ArgumentParser(
        prog="opticom-console",
        description="OptiCom's agent console: one customer from CRM, billing and provisioning in one window.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_places() if "--help" in sys.argv or "-h" in sys.argv else None,
    )
    _add_common(parser, default=None)
    parser.add_argument("--version", action="version", version=f"OptiCom agent console {__version__}")
    parser.add_argument(
        "--tour", type=Path, metavar="FOLDER", help="open a customer, write screenshots there, and stop"
    )
    commands = parser.add_subparsers(dest="command", title="commands without a window")
    show = commands.add_parser("show", parents=[common], help="one customer, unified, as text")
    show.add_argument("customer", nargs="?", help="a customer number, or anything that finds exactly one customer")
    show.add_argument("--json", action="store_true", help="print everything as JSON")
    show.add_argument("--reason", metavar="WORDS", help="the reason, needed with sign-in; it is logged")
    prime = commands.add_parser("prime", parents=[common], help="load customers into this computer's store")
    prime.add_argument("file", type=Path, metavar="FILE", help="customer numbers, one a line; - is standard input")
    prime.add_argument("--reason", metavar="WORDS", help="the reason, needed with sign-in; it is logged")
    for name, words in (
        ("export", "print all that this computer keeps of a customer, as JSON"),
        ("erase", "remove all that this computer keeps of a customer"),
    ):
        rights = commands.add_parser(name, parents=[common], help=words)
        rights.add_argument("customer", metavar="CUSTOMER", help="a customer number")
        rights.add_argument("--reason", metavar="WORDS", help="the reason, needed with sign-in; it is logged")
    keeping = commands.add_parser("keep-secret", parents=[common], help="put a system's key into the encrypted store")
    keeping.add_argument(
        "name", metavar="NAME", help="as in store:NAME in the configuration; typed, or a line of input"
    )
    check = commands.add_parser("check-system", parents=[common], help="check how well a server fits the console")
    _add_check(check)
    diagnose = commands.add_parser("diagnose", parents=[common], help="verify the audit; show how full the caches are")
    diagnose.add_argument("what", choices=("audit", "caches"))
    diagnose.add_argument("--collected", type=Path, metavar="FILE", help="look through a collector's file instead")
    diagnose.add_argument("--compare", action="store_true", help="with --collected: hold this computer's against it")
    diagnose.add_argument("--find", metavar="TEXT", help="print the entries that hold a customer, a person or a word")
    _add_sandbox(commands.add_parser("sandbox", help="the sandbox systems alone"))
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("system", metavar="SYSTEM", help="a system of the configuration, or an address: https://…")
    parser.add_argument("--kind", choices=("crm", "billing", "provisioning"), help="of an address: what it is")
    kinds = ("none", "bearer", "basic", "header", "oauth2")
    parser.add_argument("--auth", choices=kinds, help="of an address: how to sign in")
    parser.add_argument("--secret", metavar="WHERE", help="of an address: env:NAME, file:PATH or keyring:SERVICE/NAME")
    parser.add_argument("--user", help="of an address: the user, for --auth basic")
    parser.add_argument("--header", metavar="NAME", help="of an address: the header for --auth header")
    parser.add_argument("--token-url", metavar="ADDRESS", help="of an address: where --auth oauth2 gets its token")
    parser.add_argument("--client", help="of an address: the client for --auth oauth2, whose secret --secret names")
    parser.add_argument("--use-profile", metavar="NAME", help="of an address: a profile to check it with")
    parser.add_argument("--only", action="append", metavar="RESOURCE", help="this resource alone; may be repeated")
    parser.add_argument("--post", action="store_true", help="also ask queries that are asked by POST")
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write the report there, requests and answers included"
    )
    parser.add_argument("--profile", type=Path, metavar="FILE", help="write the proposed profile there")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="where its SQLite files lie; by default the user's cache"
    )
    parser.add_argument("--customers", type=int, default=2000, help="how many customers the world has (%(default)s)")
    parser.add_argument("--seed", type=int, default=5376, help="another seed is another world (%(default)s)")
    parser.add_argument(
        "--billing-seed", type=int, metavar="N", help="number accounts and bills otherwise, as a second billing would"
    )
    for name in ("crm", "billing", "provisioning", "identity", "audit", "control"):
        parser.add_argument(f"--{name}-port", type=int, default=0, metavar="PORT", help="by default any free port")
    parser.add_argument(
        "--database", metavar="ADDRESS", help="keep the world in PostgreSQL, for a practice room: postgresql://…"
    )
    parser.add_argument(
        "--clock-speed", type=float, default=1.0, metavar="N", help="how many times as fast the sandbox's time runs"
    )
    parser.add_argument(
        "--truth", type=Path, metavar="FILE", help="write what is really so, a line of JSON a customer, and stop"
    )
    parser.add_argument("--json", action="store_true", help="print addresses and tokens as one line of JSON")
    parser.add_argument("--until-input-ends", action="store_true", help="stop when standard input is closed")


def _places() -> str:
    """Return the paths of the configuration and the log. Only called for the help text."""
    from console.session import default_configuration
    from console.system.logs import log_file

    try:
        return f"Configuration: {default_configuration()}\nLog:            {log_file()}"
    except ConfigurationError as error:
        return str(error)


def _add_common(parser: argparse.ArgumentParser, default: object) -> None:
    where = "the TOML file with the systems; by default systems.toml in the user's configuration folder"
    parser.add_argument("--config", type=Path, metavar="FILE", help=where, default=default)
    flag = argparse.SUPPRESS if default is argparse.SUPPRESS else False
    parser.add_argument("--demo", action="store_true", help="work on sandbox systems started for this", default=flag)


if __name__ == "__main__":
    sys.exit(main())
