"""Profiles: default settings for one vendor's servers. A system's own settings override its profile."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from console.connectors.tmforum.published import resources_of
from console.errors import ConfigurationError
from console.messages import connectors as say
from console.resources_folder import RESOURCES
from console.settings import KINDS, Capability
from console.settings.in_words import in_words

_FOLDER = RESOURCES / "profiles"


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One vendor's variant of the standard.

    `met` is True if the profile was tested with such a server; else it comes only from the documents in `sources`.
    `system` has settings of a system, in the same form as in the deployment's file.
    """

    title: str
    met: bool
    sources: tuple[str, ...] = ()
    system: dict[str, Any]


def profile_names() -> list[str]:
    """Return the names of the profiles that come with the program, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def with_profile(name: str, system: Mapping[str, Any], folder: Path | None) -> Mapping[str, Any]:
    """Return the settings of one system, with its profile as defaults.

    Raises:
        ConfigurationError: The profile was not found, or it cannot be read.
    """
    if not isinstance(system.get("profile"), str):
        return system
    profile = load_profile(system["profile"], folder, place=f"systems.{name}.profile")
    known = resources_of(_served(system))
    resources = profile.system.get("resources", {})
    under = {**profile.system, "resources": {key: value for key, value in resources.items() if key in known}}
    return _merged(under, system)


def _served(system: Mapping[str, Any]) -> tuple[Capability, ...]:
    """Return the capabilities in a system's unchecked settings; unknown ones are ignored."""
    named = system.get("capabilities") or ()
    values = {one.value: one for one in Capability}
    if isinstance(named, list):
        return tuple(values[one] for one in named if one in values)
    kinds: Mapping[Any, tuple[Capability, ...]] = KINDS
    return kinds.get(system.get("kind"), ())


def load_profile(profile: str, folder: Path | None, *, place: str) -> Profile:
    """Return a profile of the program by its name, or one of the deployment by its path (ends in .toml)."""
    if profile.endswith(".toml"):
        path = (folder or Path()) / profile
    else:
        path = _FOLDER / f"{profile}.toml"
        if profile not in profile_names():
            known = ", ".join(profile_names())
            raise ConfigurationError(say.UNKNOWN_PROFILE(place=place, profile=profile, known=known))
    document: Any = None
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(document, Profile)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(say.PROFILE_NOT_READABLE(path=path, place=place)) from error
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            say.PROFILE_NOT_USABLE(path=path, problem=in_words(error, document, Profile))
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(say.PROFILE_NOT_VALID(path=path, error=error)) from error


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        before = merged.get(key)
        merged[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged
