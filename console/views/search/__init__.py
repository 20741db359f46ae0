"""The customer search."""
