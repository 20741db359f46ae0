"""The agent console: a desktop program for call-center reps."""

__version__ = "0.1.0"
