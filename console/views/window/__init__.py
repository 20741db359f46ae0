"""The window itself: its menus, status bar, workspace and preferences."""
