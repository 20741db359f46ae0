"""One reader a resource, from its wire shape in version 4 or 5 of the published descriptions to our records."""
