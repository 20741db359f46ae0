"""Profiles: what is known of one vendor's servers, as data, put under the settings of a system that names one."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from console.errors import ConfigurationError
from console.resources_folder import RESOURCES
from console.settings.in_words import in_words
from console.settings.published import PATHS

_FOLDER = RESOURCES / "profiles"


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One vendor's reading of the standard.

    `met` is whether such a server was ever spoken to; else the profile is made from the documents in `sources` alone.
    `system` holds settings of a system, as they would stand in the deployment's file.
    """

    title: str
    met: bool
    sources: tuple[str, ...] = ()
    system: dict[str, Any]


def profile_names() -> list[str]:
    """Return the profiles that come with the program."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def with_profiles(settings: dict[str, Any], folder: Path | None) -> dict[str, Any]:
    """Return a deployment's settings with every system's profile put under it.

    Raises:
        ConfigurationError: There is no such profile, or it cannot be read.
    """
    systems = settings.get("systems")
    if not isinstance(systems, dict):
        return settings
    return {**settings, "systems": {name: _with_profile(name, system, folder) for name, system in systems.items()}}


def _with_profile(name: str, system: Any, folder: Path | None) -> Any:
    if not isinstance(system, dict) or not isinstance(system.get("profile"), str):
        return system
    profile = load_profile(system["profile"], folder, place=f"systems.{name}.profile")
    known = PATHS.get(str(system.get("kind")), {})
    resources = profile.system.get("resources", {})
    under = {**profile.system, "resources": {key: value for key, value in resources.items() if key in known}}
    return _merged(under, system)


def load_profile(profile: str, folder: Path | None, *, place: str) -> Profile:
    """Return a profile that comes with the program, by its name, or one of the deployment's own, by its path."""
    if profile.endswith(".toml"):
        path = (folder or Path()) / profile
    else:
        path = _FOLDER / f"{profile}.toml"
        if profile not in profile_names():
            known = ", ".join(profile_names())
            raise ConfigurationError(
                f"{place} is {profile!r}; there are {known}, or the path of a file ending in .toml."
            )
    document: Any = None
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(document, Profile)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The profile {path}, which {place} names, cannot be read.") from error
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"The profile {path} is not usable: {in_words(error, document, Profile)}") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"The profile {path} is not usable: {error}.") from error


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        before = merged.get(key)
        merged[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged
