"""The questions about the store: nothing goes by a slip of the finger, nothing hidden is believed at once."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from console.views.store_dialogs import CodeDialog, RecoveryDialog
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
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert ended == [QDialog.DialogCode.Accepted.value]


async def test_a_new_passphrase_is_typed_twice_and_long_enough(rig: Rig) -> None:
    dialog = CodeDialog("There is no keyring.", rig.window, is_new=True)
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    dialog.open()
    await rig.until(dialog.isVisible)
    dialog.code.setText("short")
    dialog.open_button.click()
    assert "At least 10 characters" in texts_of(dialog)
    dialog.code.setText("correct horse")
    dialog.again.setText("correct house")
    dialog.open_button.click()
    assert "not the same" in texts_of(dialog)
    assert ended == []
    dialog.again.setText("correct horse")
    dialog.open_button.click()
    assert ended == [QDialog.DialogCode.Accepted.value]
    assert dialog.code.text() == "correct horse"
    dialog.deleteLater()
