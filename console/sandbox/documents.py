"""Bills as PDF: plain pages with the standard fonts that every PDF viewer has."""

from collections.abc import Iterator

from console.sandbox.world import World
from console.sandbox.world.bills import Bill

_WIDTH, _HEIGHT = 595, 842  # A4 in points
_LEFT, _RIGHT = 56, 539
_LINES_A_PAGE = 34


def bill_pdf(world: World, n: int, bill: Bill, *, least_pages: int = 1) -> bytes:
    """Return one bill as a PDF; its last page is repeated until there are `least_pages`."""
    pages = list(_pages(world, n, bill))
    pages += [pages[-1]] * (least_pages - len(pages))
    return _assemble(pages)


def _pages(world: World, n: int, bill: Bill) -> Iterator[bytes]:
    person, history = world.person(n), world.history(n)
    currency = person.country.currency
    account = world.numbers.account.encode(world.account_serial(n, bill.account))
    number = world.numbers.bill_number(world.account_serial(n, bill.account), bill.month)
    head = [
        (_LEFT, 790, 18, True, "OptiCom Networks"),
        (_LEFT, 764, 11, False, f"Bill {number}"),
        (_LEFT, 748, 10, False, f"Account {account}    Date {bill.billed_on}    Due {bill.due_on}"),
        (_LEFT, 716, 10, False, history.billing_name or person.name),
        (_LEFT, 702, 10, False, " ".join((person.address.street, person.address.extra)).strip()),
        (_LEFT, 688, 10, False, f"{person.address.post_code} {person.address.city} {person.address.state}"),
        (_LEFT, 664, 9, False, "Amounts with tax"),
    ]
    blocks = [bill.lines[i : i + _LINES_A_PAGE] for i in range(0, max(1, len(bill.lines)), _LINES_A_PAGE)]
    for index, block in enumerate(blocks):
        texts = list(head)
        y = 648
        for line in block:
            texts.append((_LEFT, y, 10, False, line.name))
            texts.append((_LEFT + 270, y, 9, False, f"{line.starts_on} - {line.ends_on}"))
            texts.append((-_RIGHT, y, 10, False, _amount(line.cents + line.tax, currency)))
            y -= 15
        if index == len(blocks) - 1:
            for name, cents in (
                ("Of this, before tax", bill.cents),
                ("Of this, tax", bill.tax),
                ("To pay", bill.total),
            ):
                y -= 18
                texts.append((_LEFT, y, 11, name == "To pay", name))
                texts.append((-_RIGHT, y, 11, name == "To pay", f"{_amount(cents, currency)} {currency}"))
        texts.append((_LEFT, 48, 8, False, f"Page {index + 1} of {len(blocks)}"))
        yield b"\n".join(_text(*text) for text in texts)


def _amount(cents: int, currency: str) -> str:
    return f"{cents:,}" if currency == "JPY" else f"{cents / 100:,.2f}"


def _text(x: int, y: int, size: int, bold: bool, text: str) -> bytes:  # noqa: FBT001 - the rows above read as a table
    """Return the PDF operators for one text, positions in points; a negative x is its right end, in digit widths."""
    # Characters that the standard fonts lack become "?". CRM shows names in other scripts.
    raw = text.encode("cp1252", errors="replace")
    if x < 0:
        x = round(-x - len(raw) * size * 0.52)
    for sign in (b"\\", b"(", b")"):
        raw = raw.replace(sign, b"\\" + sign)
    return b"BT /%s %d Tf %d %d Td (%s) Tj ET" % (b"F2" if bold else b"F1", size, x, y, raw)


def _assemble(pages: list[bytes]) -> bytes:
    """Return a PDF 1.4 file with one content stream a page. Source: ISO 32000-1, section 7.5."""
    fonts = (b"Helvetica", b"Helvetica-Bold")
    kids = b" ".join(b"%d 0 R" % (5 + 2 * i) for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        *(b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name for name in fonts),
    ]
    for i, content in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (_WIDTH, _HEIGHT, 6 + 2 * i)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
