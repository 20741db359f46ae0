"""Port for documents that are shown page by page, such as bills."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PageImage:
    """One rendered page: rows of `stride` bytes, four bytes per pixel in the order blue, green, red, unused."""

    width: int
    height: int
    stride: int
    pixels: bytes


class OpenDocument(Protocol):
    """An open document; its pages can be rendered in any order, one at a time."""

    @property
    def page_sizes(self) -> tuple[tuple[float, float], ...]:
        """Width and height of each page in points (1/72 inch)."""

    async def render(self, page: int, *, scale: float) -> PageImage:
        """Return one page, `scale` pixels per point (1/72 inch). It is rendered outside the window's thread.

        Raises:
            UnreadableDocumentError: This page cannot be rendered.
        """

    async def text(self, page: int) -> str:
        """Return the text of one page, empty if it has none."""

    async def aclose(self) -> None:
        """Close the document."""


class DocumentReader(Protocol):
    """Opens documents."""

    async def open(self, data: bytes) -> OpenDocument:
        """Return the document opened from its bytes.

        Raises:
            UnreadableDocumentError: The document is damaged, password-protected, or of an unsupported type.
        """
