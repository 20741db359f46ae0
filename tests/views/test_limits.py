"""Fields with a maximum length, for typed and pasted text, that show when it is reached."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.services.actions.notes import LONGEST_NOTE
from tests.views.conftest import Rig


@pytest.mark.parametrize("pasted", ["x" * 1_000_000, "word " * 200_000, "\U0001f600" * 20_000])
async def test_a_note_takes_what_fits_of_what_is_pasted_and_says_so(rig: Rig, pasted: str) -> None:
    page = await rig.open()
    page.customer_actions.open_note()
    assert page.customer_actions.dock is not None
    text = page.customer_actions.dock.text
    text.setFocus()
    QTest.keyClicks(text, "Before ")
    QGuiApplication.clipboard().setText(pasted)
    text.paste()
    held = text.toPlainText()
    assert held.startswith("Before ")
    assert len(held) <= LONGEST_NOTE
    assert "The rest was cut off" in rig.window.status.origin.text()
    QTest.keyClick(text, Qt.Key.Key_Y)
    assert text.toPlainText() == held
    text.selectAll()
    QTest.keyClick(text, Qt.Key.Key_Z)
    assert text.toPlainText() == "z", "what is selected makes room"


async def test_what_is_composed_or_dropped_is_limited_too(rig: Rig) -> None:
    page = await rig.open()
    page.customer_actions.open_note()
    assert page.customer_actions.dock is not None
    text = page.customer_actions.dock.text
    text.setPlainText("x" * (LONGEST_NOTE - 2))
    text.selectAll()
    text.moveCursor(text.textCursor().MoveOperation.End)
    event = QInputMethodEvent()
    event.setCommitString("ąęń")
    QApplication.sendEvent(text, event)
    assert text.toPlainText().endswith("xąę")
    data = QMimeData()
    data.setText("more")
    text.insertFromMimeData(data)
    assert len(text.toPlainText()) == LONGEST_NOTE


async def test_a_line_takes_a_thousand_characters(rig: Rig) -> None:
    page = await rig.open()
    page.customer_actions.open_contact_form()
    await rig.until(
        lambda: QApplication.focusWidget() is not None and QApplication.focusWidget().objectName() == "phone"
    )
    field = QApplication.focusWidget()
    QGuiApplication.clipboard().setText("1" * 100_000)
    field.selectAll()
    field.paste()
    assert len(field.text()) == 1_000
    assert "1,000 characters" in rig.window.status.origin.text()
