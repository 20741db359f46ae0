"""The state of the systems and of the network."""
