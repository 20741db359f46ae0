"""Documents that are shown page by page."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PageImage:
    """One rendered page: rows of `stride` bytes, four a pixel in the order blue, green, red, unused."""

    width: int
    height: int
    stride: int
    pixels: bytes


class OpenDocument(Protocol):
    """A document whose pages can be asked for, one after the other, in any order."""

    @property
    def page_sizes(self) -> tuple[tuple[float, float], ...]:
        """Width and height of each page in points (1/72 inch)."""

    async def render(self, page: int, *, scale: float) -> PageImage:
        """Return one page, `scale` pixels a point. It is worked out off the window's thread.

        Raises:
            UnreadableDocumentError: This page cannot be shown.
        """

    async def text(self, page: int) -> str:
        """Return the words of one page, empty where it has none."""

    async def aclose(self) -> None:
        """Let go of the document."""


class DocumentReader(Protocol):
    """Opens documents."""

    async def open(self, data: bytes) -> OpenDocument:
        """Return the document in some bytes.

        Raises:
            UnreadableDocumentError: It is no document that can be shown, damaged, or locked with a password.
        """
