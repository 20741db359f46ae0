"""The panels of a customer's page, a file each; `catalogue.py` lists them."""
