"""Prints how full the caches of the console were when it last logged their sizes."""

import argparse

from console.system.cache_log import last_logged


def run(_options: argparse.Namespace) -> int:
    """Print each cache with its size and its limit. Return 0, or 1 if the log has no sizes."""
    found = last_logged()
    if found is None:
        print("The log has no cache sizes yet. The console writes them every ten minutes and when it closes.")
        return 1
    at, sizes = found
    print(f"Caches at {at}:")
    for one in sizes:
        print(f"  {one.name:<28}{one.held:>12,} of {one.most:,} {one.unit}")
    return 0
