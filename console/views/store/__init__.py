"""The dialogs about the local store, and about leaving with unsent work."""
