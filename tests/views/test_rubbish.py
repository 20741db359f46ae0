"""The window on a server whose replies are anything its description allows: every panel is drawn without an error."""

import asyncio
from typing import Any

import pytest

from console.models.customer import CustomerId
from console.views.customer.page import CustomerPage
from console.views.customer.panels.catalogue import PANELS
from console.views.window.preferences import Preferences
from tests.outside.test_outside_servers import console_on
from tests.support import outside
from tests.support.kinds import PATHS
from tests.views.conftest import Rig

pytestmark = [
    pytest.mark.skipif(not outside.FOLDER, reason=outside.WHY_NOT),
    pytest.mark.skipif(
        not outside.DESCRIPTIONS, reason="OPTICOM_TMF_DIR does not name a folder with TM Forum's API descriptions"
    ),
]


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
@pytest.mark.expects_log("is damaged")
@pytest.mark.parametrize("kind", PATHS)
async def test_every_panel_is_drawn_whatever_comes(rig: Rig, kind: Any, tmp_path: Any) -> None:
    mock = outside.prism(kind, "v4", tmp_path, dynamic=True)
    address = await asyncio.to_thread(mock.__enter__)
    console = await asyncio.to_thread(lambda: console_on(**{kind: {"base_url": address, "record_limit": 5}}))
    page = CustomerPage(console, CustomerId("42"), rig.bridge, Preferences())
    try:
        rig.window.pages.addWidget(page)
        rig.window.pages.setCurrentWidget(page)
        page.open()
        page.view.load_all()
        async with asyncio.timeout(60):
            await page.view.wait_idle()
        for name in PANELS:
            page.go_to(name)
            await page.view.wait_idle()
            await asyncio.sleep(0.01)
            panel = page.panel(name)
            assert panel.isVisible()
            assert not panel.grab().isNull()
    finally:
        page.close_page()
        rig.window.pages.removeWidget(page)
        page.deleteLater()
        await console.aclose()
        await asyncio.to_thread(mock.__exit__, None, None, None)
