"""The panels of a customer page, one file each; `catalogue.py` lists them."""
