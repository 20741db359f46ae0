"""The datasets that a panel shows, by system."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.services.customer.dataset_loader import DatasetLoader
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset of a panel: the word for it on screen and its loader."""

    word: str
    loader: DatasetLoader[Any]


def each_system(sources: Sequence[Source], systems: SystemNames) -> tuple[Source, ...]:
    """Return the sources. A dataset with several systems becomes one source for each, with the system in its word."""
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
