"""All panels of a customer page, and the layouts built from their slots."""

from collections.abc import Mapping
from typing import TypeVar

from console.views.customer.panels import (
    account_panel,
    appointments_panel,
    bills_panel,
    orders_panel,
    payments_panel,
    related_panel,
    services_panel,
    tests_panel,
    tickets_panel,
    timeline_panel,
    usage_panel,
)
from console.views.customer.panels.panel_type import Layout, PanelType

T = TypeVar("T")

# In the order of the key list and of the menu.
PANELS: Mapping[str, PanelType] = {
    module.PANEL.name: module.PANEL
    for module in (
        account_panel,
        services_panel,
        tests_panel,
        bills_panel,
        payments_panel,
        usage_panel,
        orders_panel,
        tickets_panel,
        timeline_panel,
        appointments_panel,
        related_panel,
    )
}

# Columns of rows of tabs, by panel name.
Columns = tuple[tuple[tuple[str, ...], ...], ...]


def columns_of(layout: Layout, panels: Mapping[str, PanelType] = PANELS) -> Columns:
    """Return the panel names of a layout, by column, row and tab.

    Raises:
        TypeError: Two panels claim one slot, a panel has none, or a slot is left out before one that is taken.
    """
    taken: dict[int, dict[int, dict[int, str]]] = {}
    for name, panel in panels.items():
        if layout not in panel.slots:
            raise TypeError(f"the panel {name} has no slot in the layout {layout.value}")
        column, row, tab = panel.slots[layout]
        tabs = taken.setdefault(column, {}).setdefault(row, {})
        if tab in tabs:
            raise TypeError(f"the panels {tabs[tab]} and {name} claim one slot of the layout {layout.value}")
        tabs[tab] = name
    return tuple(
        tuple(_in_order(tabs, layout) for tabs in _in_order(rows, layout)) for rows in _in_order(taken, layout)
    )


def _in_order(counted: Mapping[int, T], layout: Layout) -> tuple[T, ...]:
    if sorted(counted) != list(range(len(counted))):
        raise TypeError(f"the layout {layout.value} leaves out a slot: {sorted(counted)}")
    return tuple(counted[i] for i in range(len(counted)))


LAYOUTS: Mapping[Layout, Columns] = {layout: columns_of(layout) for layout in Layout}
