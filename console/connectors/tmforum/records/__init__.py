"""Readers per resource: from JSON in the shape of version 4 or 5 to the console's models."""
