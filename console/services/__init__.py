"""The rules of the console, without a window: access, customers, search, actions, outbox, discrepancies."""
