"""The published v5 descriptions, where there are any: what they say in another way than v4."""
