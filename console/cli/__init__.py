"""The commands without a window, one module each. None of them imports Qt."""
