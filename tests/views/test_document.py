"""The bill as PDF inside the window, by mouse and keyboard, and the messages for files that are not PDF."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from console.models.customer import CustomerId
from console.ports.documents import PageImage
from console.system.pdf import PdfDocument
from console.views.customer.bill.document_view import PagesView
from tests.views.conftest import Rig, texts_of


async def test_enter_on_a_bill_shows_it_and_esc_goes_back_to_the_bill(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("bills")
    rig.press(Qt.Key.Key_Down)
    rig.press(Qt.Key.Key_Return)
    assert page.over.document is not None
    await rig.until(lambda: page.over.document.pages.is_shown)
    assert isinstance(rig.focused, PagesView)
    number = page.bills.table.rows_model.row(1).data.label
    assert number in page.over.document.title.text()
    await rig.until(lambda: number in page.over.document.pages.accessibleDescription())
    assert "page 1 of 1" in page.over.document.page_label.text()
    image = page.over.document.pages.viewport().grab().toImage()
    dark = sum(
        QColor(image.pixel(x, y)).lightness() < 90
        for x in range(0, image.width(), 9)
        for y in range(0, image.height(), 4)
    )
    assert dark > 50, "there are letters on the page"
    rig.press(Qt.Key.Key_Escape)
    await rig.until(lambda: rig.focused is page.bills.table)
    assert page.bills.table.currentIndex().row() == 1


async def test_the_button_over_the_lines_does_the_same(rig: Rig) -> None:
    page = await rig.open()
    QTest.mouseClick(page.bills.lines.document, Qt.MouseButton.LeftButton)
    assert page.over.document is not None
    await rig.until(lambda: page.over.document.pages.is_shown)
    zoom = page.over.document.pages.zoom
    rig.press(Qt.Key.Key_Minus)
    assert page.over.document.pages.zoom < zoom
    await rig.until(lambda: page.over.document.pages.is_shown)
    page.close_document()


async def test_300_pages_are_rendered_where_they_are_looked_at(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    render, rendered = PdfDocument.render, set()

    async def noted(document: PdfDocument, page: int, *, scale: float) -> PageImage:
        rendered.add(page)
        return await render(document, page, scale=scale)

    monkeypatch.setattr(PdfDocument, "render", noted)
    page = await rig.open()
    await rig.sandbox.faults("billing", document_pages=300)
    page.show_document(page.bills.table.rows_model.row(0).data)
    assert page.over.document is not None
    pages = page.over.document.pages
    await rig.until(lambda: pages.is_shown)
    assert "page 1 of 300" in page.over.document.page_label.text()
    rig.press(Qt.Key.Key_End)
    await rig.until(lambda: pages.is_shown and 299 in rendered)
    assert "of 300" in page.over.document.page_label.text()
    assert len(rendered) < 20, "what was not looked at is not rendered"
    while len(rendered) < 20:
        rig.press(Qt.Key.Key_PageUp)
        await rig.until(lambda: pages.is_shown)
    rig.press(Qt.Key.Key_End)
    assert not pages.is_shown, "what is out of sight is not kept"
    rig.press(Qt.Key.Key_Home)
    await rig.until(lambda: pages.is_shown)
    page.close_document()


@pytest.mark.parametrize(
    ("faults", "words"),
    [({"body": "html"}, "not a PDF"), ({"body": "empty"}, "not where"), ({"answer_mb": 0, "status": 403}, "rejected")],
)
async def test_what_is_no_document_is_one_sentence_and_can_be_asked_for_again(
    rig: Rig, faults: dict, words: str
) -> None:
    page = await rig.open()
    await rig.sandbox.faults("billing", **faults)
    page.show_document(page.bills.table.rows_model.row(0).data)
    assert page.over.document is not None
    await rig.until(lambda: words in texts_of(page.over.document.message))
    await rig.sandbox.clear()
    rig.press(Qt.Key.Key_Space)
    await rig.until(lambda: page.over.document.pages.is_shown)
    page.close_document()


async def test_closing_the_customer_while_the_document_comes(rig: Rig) -> None:
    page = await rig.open()
    await rig.sandbox.faults("billing", latency_ms=400)
    page.show_document(page.bills.table.rows_model.row(0).data)
    rig.workspace.customers.close_tab(0)
    await rig.until(lambda: rig.bridge.running == 0)


@pytest.mark.gated
async def test_that_a_bill_was_looked_at_is_in_the_audit(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    await rig.console.access.verify(customer, "photo", "")
    page = await rig.open()
    QTest.mouseClick(page.bills.lines.document, Qt.MouseButton.LeftButton)
    await rig.until(lambda: page.over.document is not None and page.over.document.pages.is_shown)
    await rig.until(lambda: rig.sandbox.audited(f"{customer} the bill as the customer has it", what="saw"))
