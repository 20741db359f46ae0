"""A bill explained in the window: exact, from real bills, by keyboard, and copied into the note."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from console.models.bill_explanation import CauseKind
from console.views import texts
from tests.views.conftest import Rig, texts_of

CTRL = Qt.KeyboardModifier.ControlModifier


async def explained(rig: Rig) -> None:
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("e")
    page = rig.workspace.page
    assert page is not None
    await rig.until(lambda: page.over.explanation is not None and page.over.explanation.explanation is not None)


async def test_a_bill_is_explained_by_keyboard_to_the_cent(rig: Rig) -> None:
    page = await rig.open()
    await page.view.wait_idle()
    await explained(rig)
    view = page.over.explanation
    assert view is not None
    found = view.explanation
    assert found is not None
    assert sum((cause.amount.amount for cause in found.causes), start=Decimal(0)) == found.difference.amount
    assert "to the cent" in texts_of(view)
    assert view.causes.rows_model.rowCount() == len(found.causes)
    assert view.lines.rows_model.rowCount() == len(found.changes)
    assert view.sentence.text().startswith("Your ")
    view.later.setCurrentIndex(3)
    view.earlier.setCurrentIndex(5)
    await rig.until(lambda: view.explanation is not None and view.explanation is not found)
    other = view.explanation
    assert other is not None
    assert other.earlier.billed_on is not None
    assert other.later.billed_on is not None
    assert other.earlier.billed_on < other.later.billed_on
    view.earlier.setCurrentIndex(3)
    assert "two different bills" in view.sentence.text()
    view.earlier.setCurrentIndex(1)  # two bills are explained even if the newer one is in the other box
    await rig.until(lambda: view.explanation is not None)
    assert view.explanation is not None
    assert view.earlier.currentText().startswith(texts.day(view.explanation.later.billed_on))
    rig.press(Qt.Key.Key_N, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert page.customer_actions.dock is not None
    assert view.sentence.text() in page.customer_actions.dock.text.toPlainText()
    view.causes.setFocus()
    rig.press(Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert rig.focused is page.bills.table


@pytest.mark.expects_log("is down")
async def test_without_the_lines_it_says_so_and_shows_nothing_else(rig: Rig) -> None:
    page = await rig.open()
    await page.view.wait_idle()
    await rig.sandbox.faults("billing", outage=True)
    page.bills.table.setCurrentIndex(page.bills.table.rows_model.index(6, 0))
    page.explain_bill()
    view = page.over.explanation
    assert view is not None
    await rig.until(lambda: "lines of both bills are needed" in view.sentence.text())
    assert view.causes.rows_model.rowCount() == 0


def test_the_kinds_all_have_words_in_every_language() -> None:
    from console.views.customer.bill.say_bill import AGAIN
    from console.views.customer.bill.say_bill_words import LANGUAGES

    for words in LANGUAGES.values():
        assert set(words.causes) == set(AGAIN) == set(CauseKind)
        assert all("{amount}" in text for pair in words.causes.values() for text in pair), words.name


async def test_the_sentence_is_said_in_the_customers_language(rig: Rig) -> None:
    page = await rig.open()
    await page.view.wait_idle()
    page.explain_bill()
    view = page.over.explanation
    assert view is not None
    await rig.until(lambda: view.explanation is not None)
    spoken = page.view.party.state.facts.value.languages
    assert view.language.currentData() in spoken
    english = view.sentence.text()
    view.language.setFocus()
    rig.press(Qt.Key.Key_D)  # Deutsch
    await rig.until(lambda: view.sentence.text().startswith("Ihre Rechnung vom"))
    difference = view.explanation.difference
    assert f"{abs(difference.amount):.2f}".replace(".", ",") in view.sentence.text()
    assert view.sentence.text() != english
