"""State of the systems, the network and the clock."""
