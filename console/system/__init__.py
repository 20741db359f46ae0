"""The machine the desk runs on: its clock, its secrets and the sandbox process."""
