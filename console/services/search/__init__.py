"""Customer search by any text that the rep types."""
