"""A translation made by translation tools is loaded and shown in the window, including messages of services."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from console.messages import access, actions
from console.models.money import Money
from console.services.access.permissions import ROLES, DataScope
from console.services.customer.contact import NotPossibleError
from console.views.message_words import in_words
from tests.architecture.test_texts import ROOT, WITH_TEXTS
from tests.views.conftest import Rig, texts_of


@pytest.fixture
def translated(themed: None, tmp_path: Path) -> Iterator[None]:
    """Install a language that differs from English in every text, through the same steps as a real translation."""
    tools = Path(sys.executable).parent
    source, binary = tmp_path / "console.ts", tmp_path / "console.qm"
    extract = [str(tools / "pyside6-lupdate"), *map(str, WITH_TEXTS), "-ts", str(source)]
    subprocess.run(extract, check=True, capture_output=True, cwd=ROOT, timeout=60)
    tree = ET.parse(source)
    for message in tree.getroot().iter("message"):
        translation = message.find("translation")
        assert translation is not None
        translation.text = f"⟦{message.findtext('source')}⟧"
        translation.attrib.clear()
    tree.write(source, encoding="utf-8", xml_declaration=True)
    make = [str(tools / "pyside6-lrelease"), str(source), "-qm", str(binary)]
    subprocess.run(make, check=True, capture_output=True, timeout=60)
    translator = QTranslator()
    assert translator.load(str(binary))
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


async def test_the_window_speaks_it(translated: None, rig: Rig) -> None:
    page = await rig.open()
    assert page.bills.title == "⟦Bills⟧"
    assert "⟦Safe to quote⟧" in texts_of(page.account)
    assert all(action.text().startswith("⟦") for action in rig.window.menuBar().actions())


def test_a_message_is_put_into_words_with_its_values(translated: None) -> None:
    denied = access.ROLE_DOES_NOT_SHOW(role=ROLES["trainee"].role, scope=DataScope.BILLS)
    assert in_words(denied) == "⟦Your role (trainee) can't see bills.⟧"
    assert str(denied) == "Your role (trainee) can't see bills."


def test_amounts_in_messages_are_written_as_everywhere(themed: None) -> None:
    said = NotPossibleError(actions.LESS_OWED(balance=Money(Decimal("303.44"), "USD")))
    assert in_words(said.message) == "Only $303.44 is due."
    assert str(said) == "Only 303.44 USD is due."
