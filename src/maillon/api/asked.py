"""What a partner's program asks of known content.

Read by hand: a model of each hash would cost more than the search.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson
from django.http import HttpRequest

from maillon.api.problems import Refused
from maillon.api.uploads import FILE_BYTES, InMemory, Received
from maillon.matching.hashes import types
from maillon.observation.lookups import Named

MOST = 10_000
"""Hashes in one request."""
LARGEST_RADIUS = 64
REQUEST, FILE = 100, 5_000
"""What a request costs beside its hashes, and what a file costs, of an organisation's pace."""
JSON = re.compile(r"application/json\s*(;.*)?", re.I)
FORM = re.compile(r"multipart/form-data\s*;.*", re.I)

RADIUS = {
    "type": "integer", "minimum": 0, "maximum": LARGEST_RADIUS,
    "description": "How many bits may differ; 31 unless told. Exact hashes are equal or not.",
}  # fmt: skip
HASH = {
    "type": "object", "required": ["type", "hash"],
    "properties": {
        "type": {"type": "string", "enum": sorted(types()), "description": "vpdq is one frame of a video."},
        "hash": {"type": "string", "pattern": "^([0-9A-Fa-f]{2})+$"},
    },
}  # fmt: skip
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object", "additionalProperties": False,
                "oneOf": [{"required": ["hashes"]}, {"required": ["file"]}],
                "properties": {
                    "hashes": {"type": "array", "minItems": 1, "maxItems": MOST, "items": HASH},
                    "file": {"type": "string", "contentEncoding": "base64", "description": "A small file."},
                    "radius": RADIUS,
                },
            }
        },
        "multipart/form-data": {
            "schema": {
                "type": "object", "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string", "contentMediaType": "application/octet-stream",
                        "description": f"An image or a video of at most {FILE_BYTES >> 20} MiB.",
                    },
                    "radius": RADIUS,
                },
            }
        },
    },
}  # fmt: skip
"""The body of a request, as openapi.json describes it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hashes to be looked up, or a file."""

    hashes: list[Named]
    file: bytes | None
    radius: int | None

    @property
    def weight(self) -> int:
        """What it costs, in hashes: every request leaves an event, and a file is decoded."""
        return len(self.hashes) + (REQUEST if self.file is None else FILE)


def read(request: HttpRequest) -> Asked:
    """What is asked. Raises Refused, which repeats nothing of what was sent."""
    kind = request.headers.get("Content-Type", "")
    if FORM.fullmatch(kind):
        return _form(request)
    if not JSON.fullmatch(kind):
        raise Refused(415, "Send hashes as application/json, a file as multipart/form-data.")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise Refused(400, "The body is no JSON that can be read; send it in UTF-8.") from None
    if not isinstance(body, dict) or set(body) - {"hashes", "file", "radius"} or ("hashes" in body) == ("file" in body):
        raise Refused(422, "Send an object with `hashes` or `file`, and `radius` if you like, and nothing else.")
    radius = _radius(body["radius"]) if "radius" in body else None
    if "file" in body:
        return Asked([], _decoded(body["file"]), radius)
    return Asked(_hashes(body["hashes"]), None, radius)


def _hashes(given: Any) -> list[Named]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        raise Refused(422, f"Send 1 to {MOST} hashes in a list.", [_error("/hashes", "a list of hashes")])
    try:
        pairs = [(one["type"], one["hash"]) for one in given]
    except (KeyError, TypeError):
        raise wrong(given) from None
    if not all(type(name) is str and type(digits) is str for name, digits in pairs):
        raise wrong(given)
    return pairs


def wrong(given: list[Any]) -> Refused:
    """The refusal of a list in which a hash is none: where, and what it should be."""
    known, errors = types(), []
    for number, one in enumerate(given):
        pair = one if isinstance(one, tuple) else (one.get("type"), one.get("hash")) if isinstance(one, Mapping) else ()
        if not pair or not isinstance(pair[0], str) or pair[0] not in known:
            errors.append(_error(f"/hashes/{number}/type", f"one of {', '.join(sorted(known))}"))
        elif not isinstance(pair[1], str) or not re.fullmatch(f"[0-9A-Fa-f]{{{2 * known[pair[0]].size}}}", pair[1]):
            errors.append(_error(f"/hashes/{number}/hash", f"{2 * known[pair[0]].size} hexadecimal digits"))
    return Refused(422, "Some of the hashes are none; each error says where. Nothing was looked up.", errors[:100])


def _error(pointer: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "detail": detail}


def _radius(given: Any) -> int:
    if type(given) is not int or not 0 <= given <= LARGEST_RADIUS:
        told = f"a whole number from 0 to {LARGEST_RADIUS}"
        raise Refused(422, f"The radius is {told}.", [_error("/radius", told)])
    return given


def _decoded(given: Any) -> bytes:
    try:
        found = b64decode(given, validate=True) if isinstance(given, str) else b""
    except (binascii.Error, ValueError):
        found = b""
    if not found:
        raise Refused(422, "The file is not in base64, or empty.", [_error("/file", "the file in base64")])
    return found


def _form(request: HttpRequest) -> Asked:
    request.upload_handlers = [InMemory(request)]
    file = request.FILES.get("file")
    if file is None or set(request.FILES) != {"file"} or set(request.POST) - {"radius"}:
        raise Refused(422, "Send one part `file`, and `radius` if you like.", [_error("/file", "the file")])
    given = request.POST.get("radius")
    radius = None if given is None else _radius(int(given) if re.fullmatch("[0-9]{1,3}", given, re.ASCII) else given)
    return Asked([], cast(Received, file).body, radius)
