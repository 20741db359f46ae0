"""The sandbox's world: derived from a seed, one customer at a time, when it is read."""

from console.sandbox.world.biography import derive_history
from console.sandbox.world.customer_history import CustomerHistory
from console.sandbox.world.people import PostalAddress, WorldPerson
from console.sandbox.world.world import World

__all__ = ["CustomerHistory", "PostalAddress", "World", "WorldPerson", "derive_history"]
