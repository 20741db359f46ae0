"""Connectors: implementations of the ports, one folder per kind of system."""
