"""The dialogs for the local store, and for closing with unsent work."""
