"""A file that collects the audit, such as one on a share that only grows. Implements the port Collector."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from console.errors import CollectorError
from console.models.audit import AuditEntry, AuditQuery, Link


class AuditFile:
    """Appends one line of JSON for each link."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, links: Sequence[Link]) -> None:
        try:
            await asyncio.to_thread(self._append, links)
        except OSError as error:
            raise CollectorError(
                f"The audit file {self._path} cannot be written: {error.strerror or error}."
            ) from error

    def _append(self, links: Sequence[Link]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(f"{line_of(link)}\n" for link in links)

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        return await asyncio.to_thread(self._find, query)

    def _find(self, query: AuditQuery) -> list[Link]:
        if not self._path.exists():
            return []
        found: dict[tuple[str, int], tuple[AuditEntry, Link]] = {}  # once, though a lost answer sends it twice
        for link in links_of(self._path):
            try:
                entry = msgspec.json.decode(link.body, type=AuditEntry)
            except msgspec.MsgspecError as error:
                raise CollectorError(f"{self._path} holds something that is no entry of an audit.") from error
            if query.fits(entry, link.body):
                found[link.chain, link.seq] = (entry, link)
        newest = sorted(found.values(), key=lambda pair: pair[0].at, reverse=True)
        return [link for _entry, link in newest[: query.limit]]

    async def aclose(self) -> None:
        pass


def line_of(link: Link) -> str:
    """Return a link as the line a collector keeps; the body is in it byte for byte, as text."""
    return json.dumps({"chain": link.chain, "seq": link.seq, "head": link.head, "body": link.body.decode()})


def links_of(path: Path) -> Iterator[Link]:
    """Yield the links in a collector's file.

    Raises:
        CollectorError: It cannot be read, or a line of it is no link.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    found = json.loads(line)
                    yield Link(str(found["chain"]), int(found["seq"]), str(found["body"]).encode(), str(found["head"]))
                except (ValueError, KeyError, TypeError) as error:
                    raise CollectorError(f"Line {number} of {path} is no entry of an audit.") from error
    except UnicodeDecodeError as error:
        raise CollectorError(f"The audit file {path} holds bytes that are no text; somebody changed it.") from error
    except OSError as error:
        raise CollectorError(f"The audit file {path} cannot be read: {error.strerror or error}.") from error
