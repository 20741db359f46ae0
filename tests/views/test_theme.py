"""Colours with readable contrast, in every theme."""

import itertools

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from console.views import icons
from console.views.theme import NAMES, THEME


def luminance(colour: QColor) -> float:
    """Return the relative luminance of a colour, 0 to 1. Source: WCAG 2.2, relative luminance."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", NAMES)
def test_text_is_readable_on_every_ground(themed: None, theme: str) -> None:
    THEME.choose(theme)
    grounds = ["window", "panel", "card", "cardHead", "hover", "input"]
    for text, ground in itertools.product(["text", "textSecondary", "textMuted"], grounds):
        assert contrast(THEME.colour(text), THEME.colour(ground)) >= 4.5, (text, ground)
    for state in ("ok", "info", "attention", "danger", "conflict", "stale", "offline", "neutral", "practice"):
        assert contrast(THEME.state(state).text, THEME.state(state).back) >= 4.5, state
        assert contrast(THEME.state(state).text, THEME.colour("card")) >= 4.5, state
    assert contrast(THEME.colour("onAccentFill"), THEME.colour("accentFill")) >= 4.5
    assert contrast(THEME.colour("focusRing"), THEME.colour("card")) >= 3
    assert QApplication.palette().window().color() == THEME.colour("window")
    THEME.choose("light")


def test_every_icon_exists_in_the_font(themed: None) -> None:
    for name in icons.ICONS:
        picture = icons.ICON.pixmap(name, 16, QColor("black")).toImage()
        assert any(picture.pixelColor(x, y).alpha() for x in range(16) for y in range(16)), name
