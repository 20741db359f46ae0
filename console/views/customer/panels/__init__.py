"""The panels of a customer's page, one dataset or two each."""
