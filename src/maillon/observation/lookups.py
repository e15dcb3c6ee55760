"""Hashes and files looked up among known content, for whoever may; what was asked is recorded as numbers alone.

Whoever may ask learns what is known: it takes a permission of its own, and every request leaves one event.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from maillon.access.permissions import Permission, check
from maillon.decoding.digests import digests
from maillon.decoding.shapes import Reason, Undecodable
from maillon.matching.answers import Match
from maillon.observation import events
from maillon.observation.hashes import Hash, exact, perceptual
from maillon.observation.receiving import Decoding
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record

if TYPE_CHECKING:
    from maillon.matching.index import Index

Named = tuple[str, str]
"""A hash as it is asked for: its type, and its hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file's hashes are, each with its matches. `undecodable` says why there are exact ones alone."""

    hashes: Sequence[Hash]
    matches: Sequence[Sequence[Match]]
    undecodable: Reason | None = None


def look_hashes_up(
    *, hashes: Sequence[Named], radius: int | None = None, index: "Index", threads: int = 1, by: Actor, at: datetime
) -> list[list[Match]]:
    """The matches of each hash, in the order asked, the nearest first; one event of all of them.

    `radius` in bits, for types that have distances; without it each type's own. Raises NotAllowed, and what
    `Index.match_many` raises.
    """
    check(by, Permission.MATCH)
    found = index.match_many(hashes, radius=radius, threads=threads)
    _note(hashes, found, by=by, at=at, file=False)
    return found


def look_file_up(
    *, body: bytes, radius: int | None = None, index: "Index", decoders: Decoding, by: Actor, at: datetime
) -> Looked:
    """The hashes of a file, read in a confined process and kept nowhere, and their matches; one event.

    A file that is no picture still has its exact hashes. Raises NotAllowed, and what `Index.match_many` raises.
    """
    check(by, Permission.MATCH_FILES)
    hashes, why = exact(digests(body)), None
    try:
        seen = decoders.read(body)
        hashes += perceptual(seen.pdq, seen.quality, seen.vpdq)
    except Undecodable as refusal:
        why = refusal.reason
    asked = [(one.type, one.digits) for one in hashes]
    found = index.match_many(asked, radius=radius)
    _note(asked, found, by=by, at=at, file=True)
    return Looked(hashes, found, why)


def _note(asked: Sequence[Named], found: Sequence[Sequence[Match]], *, by: Actor, at: datetime, file: bool) -> None:
    body = {
        "count": len(asked),
        "types": dict(Counter(type for type, _ in asked)),
        "hits": sum(1 for matches in found if matches),
        "file": file,
    }
    with acting(by):
        record([NewEvent(kind=events.HASHES_LOOKED_UP, item=None, body=body, happened_at=at)], by=by, at=at)
