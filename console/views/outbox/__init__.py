"""What was done here and is not yet in every system."""
