"""PDF files as they come: good ones, locked ones, and what is none."""

import pytest

from console.errors import UnreadableDocumentError
from console.sandbox.documents import _assemble
from console.system.pdf import PdfReader


@pytest.fixture
def reader():
    reader = PdfReader()
    yield reader
    reader.close()


@pytest.mark.parametrize("data", [b"", b"rubbish", b"<html></html>", b"%PD", b"\x00" * 5000])
async def test_what_is_no_pdf_is_refused_in_one_sentence(reader: PdfReader, data: bytes) -> None:
    with pytest.raises(UnreadableDocumentError, match="not a PDF"):
        await reader.open(data)


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\xff" * 3000, b"%PDF-1.4\ntrailer<</Root 1 0 R>>"])
async def test_a_damaged_one_says_so(reader: PdfReader, data: bytes) -> None:
    with pytest.raises(UnreadableDocumentError, match="cannot be"):
        await reader.open(data)


async def test_pages_are_rendered_in_any_order_and_at_any_scale(reader: PdfReader) -> None:
    document = await reader.open(
        _assemble([b"BT /F1 20 Tf 50 700 Td (one) Tj ET", b"BT /F1 20 Tf 50 700 Td (two) Tj ET"])
    )
    assert document.page_sizes == ((595.0, 842.0), (595.0, 842.0))
    assert "two" in await document.text(1)
    image = await document.render(1, scale=0.5)
    assert (image.width, image.height) == (298, 421)
    huge = await document.render(0, scale=1000.0)
    assert huge.width * huge.height < 50_000_000, "a page of absurd size is shown smaller"
    await document.aclose()


async def test_no_pages_is_no_document(reader: PdfReader) -> None:
    with pytest.raises(UnreadableDocumentError):
        await reader.open(_assemble([]))
