"""Panels are declared once: slots, letters and names match, and a missing one fails at import."""

from dataclasses import replace

import pytest

from console.views.customer.panels.catalogue import LAYOUTS, PANELS, columns_of
from console.views.customer.panels.panel_type import Layout, PanelSlot
from console.views.icons import ICONS


@pytest.mark.parametrize("layout", list(Layout))
def test_every_panel_stands_once_in_every_layout(layout: Layout) -> None:
    placed = [name for column in LAYOUTS[layout] for row in column for name in row]
    assert sorted(placed) == sorted(PANELS)


def test_a_panel_without_a_slot_is_refused() -> None:
    bills = PANELS["bills"]
    without = replace(bills, slots={layout: slot for layout, slot in bills.slots.items() if layout is not Layout.SMALL})
    with pytest.raises(TypeError, match="bills has no slot in the layout small"):
        columns_of(Layout.SMALL, {**PANELS, "bills": without})


def test_two_panels_in_one_slot_are_refused() -> None:
    twin = replace(PANELS["bills"], name="outages")
    with pytest.raises(TypeError, match="bills and outages claim one slot"):
        columns_of(Layout.FULL, {**PANELS, "outages": twin})


def test_a_slot_left_out_is_refused() -> None:
    far = replace(PANELS["timeline"], slots=dict.fromkeys(Layout, PanelSlot(7, 0)))
    with pytest.raises(TypeError, match="leaves out a slot"):
        columns_of(Layout.FULL, {**PANELS, "timeline": far})


def test_letters_are_each_panels_own_and_icons_exist() -> None:
    letters = [panel.letter for panel in PANELS.values()]
    assert len(set(letters)) == len(letters)
    assert {panel.icon for panel in PANELS.values()} <= set(ICONS)


def test_no_panel_takes_a_letter_of_another_page() -> None:
    pages = set("VXEHNPYUK")  # names, discrepancies, explanation, customers, note, past, systems, outbox, audit
    assert not pages & {panel.letter for panel in PANELS.values()}
