"""The forms with which a customer is acted for."""
