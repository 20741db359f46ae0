"""What a panel shows, and of which system."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.services.customer.dataset_loader import DatasetLoader
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr


@dataclass(frozen=True, slots=True)
class Source:
    """One part a panel shows: what it is called there and who asks for it."""

    word: str
    loader: DatasetLoader[Any]


def each_system(sources: Sequence[Source], systems: SystemNames) -> tuple[Source, ...]:
    """Return the sources with one for each system where several serve a dataset, named by it."""
    found: list[Source] = []
    for source in sources:
        members = source.loader.members
        if len(members) == 1:
            found.append(source)
            continue
        for member in members:
            name = systems.each.get(member.state.system, member.state.system)
            found.append(Source(tr("{} ({})").format(source.word, name), member))
    return tuple(found)
