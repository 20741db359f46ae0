"""Measures of speed, each with the floor measured in the same run; never a bare time."""
