"""Makes docs/pictures/states: every panel in each of its eight states, one picture a state, from the real sandbox.

PYTHONPATH=. .venv/bin/python scripts/panel_states.py [FOLDER] [--theme dark]
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from console.bridge import Bridge, run_application
from console.compose import Overrides, compose_console
from console.system.sandbox_launcher import SandboxProcess
from console.views.customer.page import CustomerPage
from console.views.icons import ICON
from console.views.search.palette import SearchPalette
from console.views.theme import THEME, font
from console.views.window.main_window import MainWindow
from console.views.window.workspace import Workspace
from tests.support.control import Control
from tests.support.states import PANELS, STATES, bring, panels, without_some

ROOT = Path(__file__).resolve().parent.parent
_WIDTH, _HEIGHT, _GAP, _COLUMNS = 350, 290, 12, 4


async def _make(window: MainWindow, bridge: Bridge, folder: Path) -> int:
    with tempfile.TemporaryDirectory() as data:
        process = await SandboxProcess.start(["--data", data, "--customers", "300", "--seed", "7"])
        async with Control(process) as sandbox:
            for state in STATES:
                await sandbox.clear()
                settings = without_some() if state == "partial" else {}
                short = {name: {"time_limit_s": 4.0, **settings.get(name, {})} for name in process.addresses}
                overrides = Overrides(rng=random.Random(1))
                console = await asyncio.to_thread(
                    compose_console, sandbox.deployment(**short), process.secrets, overrides
                )
                workspace = Workspace(window, SearchPalette.over(window), bridge)
                await console.open_store()
                workspace.attach(console)
                page = await bring(state, workspace, console, sandbox)
                picture = _sheet(page, state)
                picture.save(str(folder / f"{state.replace(' ', '-')}.png"))
                workspace.close_all()
                await bridge.aclose()
                await console.aclose()
            await sandbox.clear()
        await process.stop()
    return 0


def _sheet(page: CustomerPage, state: str) -> QPixmap:
    rows = -(-len(PANELS) // _COLUMNS)
    size = (_COLUMNS * (_WIDTH + _GAP) + _GAP, rows * (_HEIGHT + _GAP) + 40 + _GAP)
    sheet = QPixmap(*size)
    sheet.fill(THEME.colour("window"))
    painter = QPainter(sheet)
    painter.setFont(font("page", semibold=True))
    painter.setPen(THEME.colour("text"))
    painter.drawText(_GAP, 28, f"Every panel, {state}")
    for i, panel in enumerate(panels(page).values()):
        row, column = divmod(i, _COLUMNS)
        panel.setParent(None)
        panel.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        panel.resize(_WIDTH, _HEIGHT)
        panel.show()
        QApplication.sendPostedEvents()
        place = QPoint(_GAP + column * (_WIDTH + _GAP), 40 + row * (_HEIGHT + _GAP))
        painter.drawPixmap(place, panel.grab())
    painter.end()
    return sheet


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "pictures" / "states")
    parser.add_argument("--theme", default="light")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    THEME.start(app, options.theme)
    ICON.load()
    bridge, window = Bridge(), MainWindow()
    window.resize(1440, 900)
    window.show()
    return run_application(app, bridge, lambda: _make(window, bridge, options.folder))


if __name__ == "__main__":
    sys.exit(main())
