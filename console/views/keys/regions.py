"""Focus moves between the regions of the window with one key."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QApplication, QWidget

Region = tuple[QWidget, Callable[[], None]]


def go_round(regions: Sequence[Region], by: int) -> None:
    """Move the focus by `by` regions, in a circle. Each region has a function that takes the focus."""
    focused = QApplication.focusWidget()
    holds = (
        index
        for index, (region, _) in enumerate(regions)
        if focused is not None and (region is focused or region.isAncestorOf(focused))
    )
    regions[(next(holds, -1) + by) % len(regions)][1]()
