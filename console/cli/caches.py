"""Prints how full the caches of the console were when it last wrote so into its log."""

import argparse

from console.system.cache_log import last_logged


def run(_options: argparse.Namespace) -> int:
    """Print each cache with what it held and the most it may hold; return 0, or 1 where the log has none."""
    found = last_logged()
    if found is None:
        print("The log has no cache sizes yet. The console writes them every ten minutes and when it closes.")
        return 1
    at, sizes = found
    print(f"Caches at {at}:")
    for one in sizes:
        print(f"  {one.name:<28}{one.held:>12,} of {one.most:,} {one.unit}")
    return 0
