"""The computer that the console runs on: its clock, its secrets and the sandbox process."""
