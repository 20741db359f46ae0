"""PDF pages, rendered by PDFium one at a time on a thread of their own. Implements the documents port."""

import asyncio
import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from console.errors import UnreadableDocumentError
from console.ports.documents import PageImage

T = TypeVar("T")
_MOST_PAGES = 2000
_MOST_PIXELS = 40_000_000
_LONGEST_TEXT = 20_000


class PdfReader:
    """Opens PDF documents. PDFium is not safe on two threads at once, so all of it happens on one."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")

    async def open(self, data: bytes) -> "PdfDocument":
        if b"%PDF-" not in data[:1024]:
            raise UnreadableDocumentError("What came is not a PDF document.")
        document, sizes = await self._run(lambda: _open(data))
        return PdfDocument(document, sizes, self._run)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """End the thread; a page being rendered is finished first."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class PdfDocument:
    """One open document."""

    def __init__(self, document: Any, sizes: tuple[tuple[float, float], ...], run: Callable[..., Any]) -> None:
        self._document = document
        self._run = run
        self.page_sizes = sizes

    async def render(self, page: int, *, scale: float) -> PageImage:
        width, height = self.page_sizes[page]
        # A page of absurd size is shown smaller, not refused.
        most = (_MOST_PIXELS / max(1.0, width * height)) ** 0.5
        image: PageImage = await self._run(lambda: _render(self._document, page, min(scale, most)))
        return image

    async def text(self, page: int) -> str:
        text: str = await self._run(lambda: _text(self._document, page))
        return text

    async def aclose(self) -> None:
        await self._run(self._document.close)


def _open(data: bytes) -> tuple[Any, tuple[tuple[float, float], ...]]:
    pdfium = importlib.import_module("pypdfium2")  # loading it takes too long for the window's thread
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        reason = "It is locked with a password." if locked else "It is damaged."
        raise UnreadableDocumentError(f"The document cannot be opened. {reason}") from error
    if not 0 < len(document) <= _MOST_PAGES:
        pages = len(document)
        document.close()
        raise UnreadableDocumentError(f"The document cannot be shown: it has {pages} pages.")
    return document, tuple(document.get_page_size(i) for i in range(len(document)))


def _render(document: Any, page: int, scale: float) -> PageImage:
    pdfium = importlib.import_module("pypdfium2")
    try:
        opened = document[page]
        bitmap = opened.render(scale=scale, prefer_bgrx=True)
        image = PageImage(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
        bitmap.close()
        opened.close()
    except pdfium.PdfiumError as error:
        raise UnreadableDocumentError(f"Page {page + 1} cannot be shown.") from error
    return image


def _text(document: Any, page: int) -> str:
    pdfium = importlib.import_module("pypdfium2")
    try:
        words = document[page].get_textpage()
        text = str(words.get_text_range())[:_LONGEST_TEXT]
        words.close()
    except pdfium.PdfiumError:
        return ""
    return text
