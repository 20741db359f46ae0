"""Every panel in each of its eight states, produced on the real sandbox."""

import re

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from console.views.customer.panels.panel import Panel
from console.views.theme import THEME
from console.views.widgets.message import PanelMessage, Skeleton
from tests.support.states import LEFT_OUT, MANY_PARTS, PANELS, bring, panels, without_some
from tests.views.conftest import Rig, colours_of, foot_of, texts_of


def origin(panel: Panel) -> QLabel:
    """Return the label at the right of the panel's head."""
    named = (one for one in panel.findChildren(QLabel) if one.accessibleName().startswith(f"{panel.title}, "))
    return next(named)


def head(panel: Panel) -> str:
    return origin(panel).accessibleName()


def shows(panel: Panel, kind: type[QWidget]) -> bool:
    """Return whether the body shows a message or a skeleton."""
    return any(one.isVisibleTo(panel) for one in panel.findChildren(kind))


def shows_facts(panel: Panel) -> bool:
    return panel.content.isVisibleTo(panel)


def is_chip(panel: Panel, state: str) -> bool:
    """Return whether the head's right side is framed in the colours of a state."""
    return {THEME.state(state).back.name(), THEME.state(state).border.name()} <= colours_of(origin(panel))


async def test_loading(rig: Rig) -> None:
    page = await bring("loading", rig.workspace, rig.console, rig.sandbox)
    for name, panel in panels(page).items():
        assert "loading, " in head(panel), name
        assert shows(panel, Skeleton), name
        assert not shows_facts(panel), name
    rig.workspace.close_all()


async def test_fresh(rig: Rig) -> None:
    page = await bring("fresh", rig.workspace, rig.console, rig.sandbox)
    for name, panel in panels(page).items():
        assert panel.is_fresh(panel.sources[0].loader.state.read_at), name
        assert " s" in head(panel), name
        assert foot_of(panel) == "" or "Loaded" in foot_of(panel), name
        if not panel.is_empty():
            assert shows_facts(panel), name
            assert texts_of(panel), name


async def test_stale(rig: Rig) -> None:
    page = await bring("stale", rig.workspace, rig.console, rig.sandbox)
    for name, panel in panels(page).items():
        assert "as of" in head(panel), name
        assert "do not quote" in foot_of(panel) or "Loaded" in foot_of(panel), name
        assert is_chip(panel, "stale"), name


@pytest.mark.settings(without_some())
async def test_partial(rig: Rig) -> None:
    page = await bring("partial", rig.workspace, rig.console, rig.sandbox)
    shown = panels(page)
    for name in MANY_PARTS:
        panel = shown[name]
        assert re.search(r"^\d of \d loaded$", texts_of(panel), re.MULTILINE), name
        assert "not loaded" in foot_of(panel), name
        assert shows_facts(panel), name
    for name in ("account", "bills", "tickets"):
        assert "not loaded" not in foot_of(shown[name]), "what is missing costs its panel alone"
    assert LEFT_OUT


@pytest.mark.expects_log("is down")
async def test_failed(rig: Rig) -> None:
    page = await bring("failed", rig.workspace, rig.console, rig.sandbox)
    for name, panel in panels(page).items():
        assert "no reply" in head(panel), name
        message = panel.findChild(PanelMessage)
        assert message.isVisibleTo(panel), name
        assert "No saved data." in texts_of(message), name
        assert message.button.isVisibleTo(panel), name
    rig.workspace.close_all()


async def test_empty(rig: Rig) -> None:
    page = await bring("empty", rig.workspace, rig.console, rig.sandbox)
    for name, panel in panels(page).items():
        assert panel.is_empty(), name
        said = texts_of(panel)
        assert panel.empty_words() in said, name
        assert "replied" in said, name


async def test_no_permission(rig: Rig) -> None:
    page = await bring("no permission", rig.workspace, rig.console, rig.sandbox)
    for name, panel in panels(page).items():
        assert "not for your role" in head(panel), name
        assert "Your role (trainee) can't see" in texts_of(panel), name
        assert not panel.has_facts(), name


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
async def test_offline(rig: Rig) -> None:
    page = await bring("offline", rig.workspace, rig.console, rig.sandbox)
    for name, panel in panels(page).items():
        assert "as of" in head(panel), name
        assert is_chip(panel, "offline"), name
        assert "No network" in foot_of(panel), name
        assert shows(panel, PanelMessage) is panel.is_empty(), name
        assert shows_facts(panel) is not panel.is_empty(), name
    await rig.sandbox.clear()
    rig.console.network.set_online(online=True)
    await rig.until(lambda: not any(part.state.failure for part in page.view.loaders), within_s=20)
    await page.view.wait_idle()


def test_every_panel_of_the_page_is_looked_at_here() -> None:
    assert len(PANELS) == 11


@pytest.mark.settings({"provisioning": {"resources": {"serviceTest": {"served": False}}}})
async def test_what_a_system_does_not_offer_is_no_failure(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("tests")
    panel = page.panel("tests")
    await rig.until(lambda: "not offered" in head(panel))
    assert shows(panel, PanelMessage)
    assert "does not offer this" in texts_of(panel)
    alarming = {THEME.state(state).text.name() for state in ("danger", "attention", "stale")}
    assert not alarming & colours_of(origin(panel))
    assert foot_of(panel) == ""
    assert "has been down" not in texts_of(page)
    assert "No reply" not in texts_of(page)
