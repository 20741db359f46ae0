"""The window: everything that imports Qt widgets, one folder an area."""
