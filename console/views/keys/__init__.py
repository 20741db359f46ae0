"""Keys: the letters after Ctrl+J, and the list of all keys."""
