"""The dialogs about the store: nothing is deleted by one slip, and a new passphrase must be typed twice."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from console.views.store.store_dialogs import CodeDialog, RecoveryDialog, ResetStoreDialog, anew_asker
from tests.views.conftest import Rig, texts_of


async def test_a_recovery_code_stays_until_it_is_said_to_be_written_down(rig: Rig) -> None:
    dialog = RecoveryDialog("ABCDEF-GHIJKL", rig.window)
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    dialog.open()
    await rig.until(dialog.isVisible)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible()
    assert ended == []
    QTest.keyClicks(dialog.focusWidget(), "kowalski")
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert ended == []
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Space)
    assert ended == [QDialog.DialogCode.Accepted.value]


async def test_a_new_passphrase_is_typed_twice_and_long_enough(rig: Rig) -> None:
    dialog = CodeDialog("There is no keyring.", rig.window, is_new=True)
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    dialog.open()
    await rig.until(dialog.isVisible)
    dialog.code.setText("short")
    dialog.open_button.click()
    assert "at least 10 characters" in texts_of(dialog)
    dialog.code.setText("correct horse")
    dialog.again.setText("correct house")
    dialog.open_button.click()
    assert "differ" in texts_of(dialog)
    assert ended == []
    dialog.again.setText("correct horse")
    dialog.open_button.click()
    assert ended == [QDialog.DialogCode.Accepted.value]
    assert dialog.code.text() == "correct horse"
    dialog.deleteLater()


async def test_what_is_left_of_a_store_is_left_unless_its_user_says_otherwise(rig: Rig) -> None:
    ask = anew_asker(rig.window)
    asking = asyncio.ensure_future(ask("The store is missing."))
    await rig.until(lambda: rig.window.findChild(ResetStoreDialog) is not None)
    dialog = rig.window.findChild(ResetStoreDialog)
    assert "The store is missing." in texts_of(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert await asking is False
    asking = asyncio.ensure_future(ask("The store is missing."))
    await rig.until(lambda: any(one.isVisible() for one in rig.window.findChildren(ResetStoreDialog)))
    shown = next(one for one in rig.window.findChildren(ResetStoreDialog) if one.isVisible())
    QTest.mouseClick(shown.anew, Qt.MouseButton.LeftButton)
    assert await asking is True
