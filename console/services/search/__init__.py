"""Finding customers by what was typed."""
