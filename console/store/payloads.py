"""How the payload of a step is kept: as a table of values, read by the types of its fields."""

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


_DECODER = msgspec.json.Decoder(Action, dec_hook=_decoded)
_ENCODER = msgspec.json.Encoder(enc_hook=_encoded)


def encode_action(action: Action) -> bytes:
    """Return an action as it is kept."""
    return _ENCODER.encode(action)


def decode_action(body: bytes) -> Action:
    """Return an action as it was kept, by this or an earlier version.

    Raises:
        msgspec.MsgspecError: It is none.
    """
    # Its name in stores made before version 0.2.
    return _DECODER.decode(body.replace(b'"was_doubtful":', b'"was_sent":'))
