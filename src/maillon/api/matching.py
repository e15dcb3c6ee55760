"""What a partner's program is answered about known content."""

import logging
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import orjson
from django.conf import settings
from ninja import Schema
from pydantic import Field

from maillon.api.asked import FILE, MOST, Asked, wrong
from maillon.api.pace import Pace
from maillon.api.problems import Refused
from maillon.decoding.pool import OneAProcess
from maillon.matching.errors import BadHash, IndexDamaged
from maillon.matching.opened import opened
from maillon.observation.lookups import Looked, look_file_up, look_hashes_up
from maillon.outbox.acting import Actor

if TYPE_CHECKING:
    from maillon.matching.index import Index

decoders = OneAProcess()
_DECODING = BoundedSemaphore(2)
log = logging.getLogger("maillon.api")


class MatchOut(Schema):
    """One entry of a bank whose hash is near enough."""

    type: str
    distance: int = Field(description="How many bits differ; 0 for an equal hash.")
    bank: str
    entry: int = Field(description="The entry's number in its bank, up to 2^63 - 1.")
    quality: int | None = Field(description="Of the entry's hash, 0 to 100, where it is known.")


class HashOut(Schema):
    """One hash of the file that was sent."""

    type: str
    hash: str
    quality: int | None = None
    second: float | None = Field(default=None, description="When its frame is shown, in a video.")


class MatchesOut(Schema):
    """For each hash, in the order asked, its matches: the nearest first."""

    matches: list[list[MatchOut]]
    hashes: list[HashOut] = Field(default=[], description="Of a file: what was looked up.")
    undecodable: str = Field(default="", description="Of a file that is no picture: why it has exact hashes alone.")


@cache
def pace() -> Pace:
    """How many hashes one organisation may look up."""
    each = timedelta(seconds=1) / settings.MAILLON.match_pace
    return Pace(burst=max(60 * settings.MAILLON.match_pace, MOST + FILE), each=each)


def answer(asked: Asked, *, by: Actor, at: datetime) -> bytes:
    """The matches, as MatchesOut says them in JSON. Raises Refused, NotAllowed, NoIndex, IndexDamaged."""
    try:
        index = opened(settings.MAILLON.matching)
        if asked.file is None:
            found = look_hashes_up(hashes=asked.hashes, radius=asked.radius, index=index, by=by, at=at)
            return orjson.dumps({"matches": [[one._asdict() for one in each] for each in found]})
        looked = _look_file_up(asked.file, asked.radius, index, by, at)
    except BadHash:
        raise wrong(asked.hashes) from None
    except IndexDamaged as damage:
        log.error("Known content cannot be looked up: %s", damage)
        raise
    told = [
        {"type": one.type, "hash": one.digits, "quality": one.quality, "second": one.second} for one in looked.hashes
    ]
    matches = [[one._asdict() for one in each] for each in looked.matches]
    return orjson.dumps({"matches": matches, "hashes": told, "undecodable": looked.undecodable or ""})


def _look_file_up(body: bytes, radius: int | None, index: "Index", by: Actor, at: datetime) -> Looked:
    """Two files at a time in each process: a video takes a minute, and the site's threads are few."""
    if not _DECODING.acquire(blocking=False):
        raise Refused(503, "Other files are being read; send yours again a little later.", headers={"Retry-After": "5"})
    try:
        return look_file_up(body=body, radius=radius, index=index, decoders=decoders(), by=by, at=at)
    finally:
        _DECODING.release()
