"""Identifiers of actions. Systems also recognise repeated requests by them."""

import random
from datetime import datetime


def uuid7(now: datetime, rng: random.Random) -> str:
    """Return a new identifier that sorts by time. Source: RFC 9562, version 7."""
    ms = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = (ms << 80) | (0x7 << 76) | (rng.getrandbits(12) << 64) | (0b10 << 62) | rng.getrandbits(62)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
