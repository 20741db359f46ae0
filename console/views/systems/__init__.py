"""How the systems are doing."""
