"""The customer page: head, alerts and panels."""
