"""PDF pages, rendered by PDFium in a process of its own per document. Implements the port `DocumentReader`."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from console.errors import UnreadableDocumentError
from console.ports.documents import PageImage
from console.system import pdf_worker
from console.system.job_object import JobObject

T = TypeVar("T")
_log = logging.getLogger(__name__)
# Pixels of a page image, and bytes of a reply: 4 per pixel and the head.
_MOST_PIXELS = 40_000_000
_MOST_ANSWER = 4 * _MOST_PIXELS + 1_000_000
# Seconds. A page takes a few ms; a document with a slower page is not a bill.
_PATIENCE_S = 20.0
# Seconds between measurements of the memory, on macOS.
_MEASURED_EVERY_S = 0.25
WORKER = "--pdf-worker"


class PdfReader:
    """Opens PDF documents. Each has a process without keys, tokens or network, which ends with the document."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")
        self._workers: set[_Worker] = set()

    async def open(self, data: bytes) -> "PdfDocument":
        if b"%PDF-" not in data[:1024]:
            raise UnreadableDocumentError("What came is not a PDF document.")
        worker, sizes = await self._run(lambda: self._start(data))
        return PdfDocument(worker, sizes, self._run, self._end)

    def _start(self, data: bytes) -> "tuple[_Worker, tuple[tuple[float, float], ...]]":
        worker = _Worker()
        self._workers.add(worker)
        try:
            head, _ = worker.call({"do": "open"}, data)
        except UnreadableDocumentError:
            self._end(worker)
            raise
        if "sizes" in head:
            return worker, tuple((float(width), float(height)) for width, height in head["sizes"])
        self._end(worker)
        if head.get("error") == "pages":
            raise UnreadableDocumentError(f"The document cannot be shown: it has {head.get('pages')} pages.")
        reason = "It is locked with a password." if head.get("error") == "locked" else "It is damaged."
        raise UnreadableDocumentError(f"The document cannot be opened. {reason}")

    def _end(self, worker: "_Worker") -> None:
        self._workers.discard(worker)
        worker.end()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """End the process of every document. A page that is being rendered is dropped."""
        for worker in list(self._workers):
            worker.kill()
        self._thread.submit(self._end_all)
        self._thread.shutdown(wait=False)

    def _end_all(self) -> None:
        for worker in list(self._workers):
            self._end(worker)


class PdfDocument:
    """One open document."""

    def __init__(
        self,
        worker: "_Worker",
        sizes: tuple[tuple[float, float], ...],
        run: Callable[..., Any],
        end: "Callable[[_Worker], None]",
    ) -> None:
        self._worker, self._run, self._end = worker, run, end
        self.page_sizes = sizes

    async def render(self, page: int, *, scale: float) -> PageImage:
        width, height = self.page_sizes[page]
        # A page of absurd size is shown smaller instead of rejected.
        most = (_MOST_PIXELS / max(1.0, width * height)) ** 0.5
        asked = {"do": "render", "page": page, "scale": min(scale, most)}
        head, pixels = await self._run(lambda: self._worker.call(asked))
        if "error" in head or len(pixels) != head["stride"] * head["height"]:
            raise UnreadableDocumentError(f"Page {page + 1} cannot be shown.")
        return PageImage(int(head["width"]), int(head["height"]), int(head["stride"]), pixels)

    async def text(self, page: int) -> str:
        head, _ = await self._run(lambda: self._worker.call({"do": "text", "page": page}))
        return str(head.get("text", ""))

    async def aclose(self) -> None:
        await self._run(lambda: self._end(self._worker))


class _Worker:
    """The process of one document. Used on one thread; may be killed from any."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd=Path(sys.executable).anchor or None,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._job = JobObject.around(self._process, most_memory=pdf_worker.MOST_MEMORY)

    def call(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Send one request and return the reply.

        Raises:
            UnreadableDocumentError: The process took too long or too much memory, or ended.
        """
        if self._process.stdin is None or self._process.stdout is None:  # both are pipes
            raise UnreadableDocumentError("The document cannot be shown.")
        try:
            with self._watched():
                pdf_worker.write_message(self._process.stdin, head, body)
                answer = pdf_worker.read_message(self._process.stdout, most=_MOST_ANSWER)
        except (OSError, ValueError) as error:
            raise UnreadableDocumentError(_NOT_SHOWN) from error
        if answer is None:
            _log.warning("the process that renders a document ended with %s", self._process.poll())
            raise UnreadableDocumentError(_NOT_SHOWN)
        return answer

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Kill the process if it takes too long, or too much memory on macOS, which has no memory limit per process."""
        done = threading.Event()
        thread = threading.Thread(target=self._watch, args=(done,), name="watch the PDF process", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _watch(self, done: threading.Event) -> None:
        until_s = time.monotonic() + _PATIENCE_S
        pause_s = _MEASURED_EVERY_S if sys.platform == "darwin" else _PATIENCE_S
        while not done.wait(pause_s):
            if time.monotonic() >= until_s or _resident(self._process.pid) > pdf_worker.MOST_MEMORY:
                self.kill()
                return

    def kill(self) -> None:
        """End the process at once."""
        with suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """End the process and release its pipes. It has no state to save, so it is killed."""
        self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        self._process.wait()
        self._job.close()


_NOT_SHOWN = "The document cannot be shown: it is damaged, or asks for more than a bill needs."


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER]
    # Isolated mode: neither the environment nor the current folder affects its imports.
    return [sys.executable, "-I", str(Path(pdf_worker.__file__))]


def _environment() -> dict[str, str]:
    if sys.platform == "win32":  # without this variable Windows starts no process
        return {"SYSTEMROOT": os.environ["SYSTEMROOT"]}
    return {}


def _resident(pid: int) -> int:
    """Return the bytes of memory that a process uses; 0 on systems that limit it or do not report it."""
    if sys.platform == "darwin":
        command = ["/bin/ps", "-o", "rss=", "-p", str(pid)]
        reported = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        return int(reported) * 1024 if reported.isdecimal() else 0
    return 0
