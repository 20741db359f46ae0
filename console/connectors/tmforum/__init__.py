"""Connector for systems with the TM Forum Open APIs, version 4 or 5 per API."""
