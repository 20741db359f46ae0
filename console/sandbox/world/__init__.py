"""The sandbox's world: derived from a seed, customer by customer, when it is read."""

from console.sandbox.world.biography import derive_life
from console.sandbox.world.life import Life
from console.sandbox.world.people import Person, Place
from console.sandbox.world.world import World

__all__ = ["Life", "Person", "Place", "World", "derive_life"]
