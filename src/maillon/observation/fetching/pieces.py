"""What the worker hands on, before it is a part."""

from collections.abc import Sequence
from dataclasses import dataclass

from maillon.observation.fetching.fetched import Hop, Kind

Buffer = bytes | bytearray | memoryview


@dataclass(slots=True)
class Piece:
    """A part as the worker hands it on: `warc` in pieces; `within` says where in them the body stands, else `body`."""

    kind: Kind
    url: str
    reason: str
    hops: tuple[Hop, ...]
    status: int | None
    mime: str
    warc: Sequence[Buffer]
    body: Buffer = b""
    within: tuple[int, int] | None = None


@dataclass(slots=True)
class Summary:
    """What is said of a page when all its parts are there."""

    needs_scripts: bool = False
    text: str = ""
    named: int = 0
