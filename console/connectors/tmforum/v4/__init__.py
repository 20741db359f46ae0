"""The published v4 descriptions: one reader a resource, from its wire shape to our records."""
