"""A collector of audit entries in a file, such as on an append-only share. Implements the port `Collector`."""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from console.errors import CollectorError
from console.models.audit import AuditEntry, AuditQuery, ChainEnd, Link
from console.private_files import private_file

_log = logging.getLogger(__name__)


class AuditFile:
    """Appends one line of JSON per link."""

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
        if not self._path.exists():
            private_file(self._path)  # its owner may open it to others later; that is not undone here
        with self._path.open("ab+") as file:
            # A failed write on a full disk may have left half a line. Start a new line, so that nothing is appended to
            # it.
            half = b"" if _ends_a_line(file) else b"\n"
            file.write(half + "".join(f"{line_of(link)}\n" for link in links).encode())
            file.flush()
            os.fsync(file.fileno())

    async def end_of(self, chain: str) -> ChainEnd | None:
        return await asyncio.to_thread(self._end_of, chain)

    def _end_of(self, chain: str) -> ChainEnd | None:
        if not self._path.exists():
            return None
        last = max((link for link in links_of(self._path, _no_matter) if link.chain == chain), key=_place, default=None)
        return ChainEnd(chain, last.seq, last.head) if last is not None else None

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        return await asyncio.to_thread(self._find, query)

    def _find(self, query: AuditQuery) -> list[Link]:
        if not self._path.exists():
            return []
        # A link that was sent twice counts once. Two different links at one position count as two.
        found: dict[tuple[str, int, str], tuple[AuditEntry, Link]] = {}
        bad: list[int] = []
        for link in links_of(self._path, bad.append):
            try:
                entry = msgspec.json.decode(link.body, type=AuditEntry)
                if query.fits(entry, link.body):
                    found[link.chain, link.seq, link.head] = (entry, link)
            except (msgspec.MsgspecError, TypeError):
                _log.warning("entry %d of chain %s in %s cannot be read", link.seq, link.chain, self._path)
        if bad:
            _log.warning("%s has %d lines that are not entries, the first is line %d", self._path, len(bad), bad[0])
        newest = sorted(found.values(), key=lambda pair: pair[0].at, reverse=True)
        return [link for _entry, link in newest[: query.limit]]

    async def aclose(self) -> None:
        pass


def _place(link: Link) -> int:
    return link.seq


def _no_matter(_line: int) -> None:
    """Ignore a line that is not a link."""


def line_of(link: Link) -> str:
    """Return a link as a line of the file. The body is in it byte for byte, as text."""
    return json.dumps({"chain": link.chain, "seq": link.seq, "head": link.head, "body": link.body.decode()})


def links_of(path: Path, on_bad_line: Callable[[int], object]) -> Iterator[Link]:
    """Yield the links in a collector's file. The numbers of lines that are not links go to `on_bad_line`.

    Raises:
        CollectorError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                link = _link_of(line)
                if link is not None:
                    yield link
                elif line.strip():
                    on_bad_line(number)
    except OSError as error:
        raise CollectorError(f"The audit file {path} cannot be read: {error.strerror or error}.") from error


def _link_of(line: bytes) -> Link | None:
    """Return the link in a line, or None for half a line or other text."""
    try:
        found = json.loads(line)
        return Link(str(found["chain"]), int(found["seq"]), str(found["body"]).encode(), str(found["head"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _ends_a_line(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
