"""One kind of act a file: what is asked, what would change, and the steps that do it."""
