"""Protocols for everything the services need from outside. Nothing here depends on an implementation."""
