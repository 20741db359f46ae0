"""What the desk does, without a window: opening customers, searching, watching the systems."""
