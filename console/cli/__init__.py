"""The commands without a window: one module each, none imports Qt."""
