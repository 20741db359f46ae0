"""Translators from what systems speak to the ports; one folder per kind of system."""
