"""Encodes actions for the store: payloads as tables of values, and field names as earlier versions wrote them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from console.models.outbox import Action
from console.models.payload import Payload


def _encoded(value: Any) -> Any:
    if isinstance(value, Payload):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _decoded(kind: type, stored: Any) -> Any:
    if kind is Payload and isinstance(stored, dict):
        return Payload.read(stored)
    raise TypeError(f"{kind.__name__} cannot be read")


# Field names in stores, which no renaming changes, and their names in the code. The last one is from before version
# 0.2.
_STORED_NAMES = {"told": "message", "was_doubtful": "was_sent"}


def _rename(step: dict[str, Any] | None, names: Mapping[str, str]) -> None:
    """Rename the fields of a step and of the step that undoes it, in place."""
    while step is not None:
        for old in names.keys() & step.keys():
            step[names[old]] = step.pop(old)
        step = step.get("back")


def encode_action(action: Action) -> bytes:
    """Return an action as JSON for the store."""
    stored = msgspec.to_builtins(action, enc_hook=_encoded)
    for step in stored["steps"]:
        _rename(step, {"message": "told"})
    return msgspec.json.encode(stored)


def decode_action(body: bytes) -> Action:
    """Return an action from JSON that this or an earlier version stored.

    Raises:
        msgspec.MsgspecError: The JSON is not an action.
    """
    stored = msgspec.json.decode(body, type=dict[str, Any])
    for step in msgspec.convert(stored.get("steps"), list[dict[str, Any]]):
        _rename(step, _STORED_NAMES)
    return msgspec.convert(stored, Action, dec_hook=_decoded)
