"""PDF files as they occur: good ones, locked ones, and files that are not PDF."""

import contextlib
import resource
import subprocess
import sys
import zlib
from pathlib import Path

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


def _huge_image(side: int = 60_000) -> bytes:
    """Return a few kB that PDFium would expand to several GB: one white image, CCITT group 4, 1 bit per pixel."""
    packed = zlib.compress(b"\xff" * (side // 8), 9)
    image = (
        (
            f"<< /Type /XObject /Subtype /Image /Width {side} /Height {side} /BitsPerComponent 1 /ColorSpace /DeviceGray"
            f" /Filter [/FlateDecode /CCITTFaxDecode] /DecodeParms [null << /K -1 /Columns {side} /Rows {side} >>]"
            f" /Length {len(packed)} >>\nstream\n"
        ).encode()
        + packed
        + b"\nendstream"
    )
    content = b"q 595 0 0 842 0 0 cm /I Do Q"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        image,
    ]
    body = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (i, one) for i, one in enumerate(objects, 1))
    return body + b"trailer << /Root 1 0 R /Size 6 >>\n"


@pytest.mark.expects_log("the process that renders a document ended")
async def test_a_small_file_takes_no_gigabytes_and_no_other_document_with_it(reader: PdfReader) -> None:
    good = await reader.open(_assemble([b"BT /F1 20 Tf 50 700 Td (one) Tj ET"]))
    data = _huge_image()
    assert len(data) < 20_000
    bad = await reader.open(data)
    before = _memory_mb()
    with contextlib.suppress(UnreadableDocumentError):
        await bad.render(0, scale=1.0)
    assert _memory_mb() - before < 100
    await bad.aclose()
    assert "one" in await good.text(0)
    await good.aclose()


def _memory_mb() -> float:
    """Return the peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a process has")
async def test_the_process_that_renders_has_no_environment_no_files_and_no_network(reader: PdfReader) -> None:
    opened = Path(__file__).open("rb")  # noqa: ASYNC230, SIM115 - a file of ours that it must not inherit
    before = _children()
    document = await reader.open(_assemble([b"BT /F1 20 Tf 50 700 Td (one) Tj ET"]))
    [started] = _children() - before
    process = Path(f"/proc/{started}")
    environment = (process / "environ").read_bytes()
    files = {str(one.readlink()) for one in (process / "fd").iterdir()}
    networks = {line.partition(":")[0].strip() for line in (process / "net" / "dev").read_text().splitlines()[2:]}
    limit = next(line for line in (process / "limits").read_text().splitlines() if line.startswith("Max address space"))
    opened.close()
    await document.aclose()
    assert environment == b""
    assert __file__ not in files
    assert limit.split()[3] == "1000000000"
    if _network() != _network_of_a_child():
        assert networks == {"lo"}


def _children() -> set[str]:
    """Return the processes that this one has started and that still run."""
    return {child for own in Path("/proc/self/task").glob("*/children") for child in own.read_text().split()}


def _network() -> str:
    return str(Path("/proc/self/ns/net").readlink())


def _network_of_a_child() -> str:
    """Return the network of a process that tried to leave ours: ours again if the system rejects that."""
    program = "import ctypes, os; ctypes.CDLL(None).unshare(0x50000000); print(os.readlink('/proc/self/ns/net'))"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.expects_log("the process that renders a document ended")
async def test_a_process_that_dies_costs_its_document_alone(reader: PdfReader) -> None:
    first = await reader.open(_assemble([b"BT /F1 20 Tf 50 700 Td (one) Tj ET"]))
    [worker] = reader._workers
    second = await reader.open(_assemble([b"BT /F1 20 Tf 50 700 Td (two) Tj ET"]))
    worker.kill()
    with pytest.raises(UnreadableDocumentError, match="cannot be shown"):
        await first.render(0, scale=1.0)
    assert "two" in await second.text(0)
    await first.aclose()
    await second.aclose()
