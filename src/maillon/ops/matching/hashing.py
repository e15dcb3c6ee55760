"""The hashes of pieces: exact ones here, those of pictures in the confined processes, several pieces at once."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from maillon.decoding.digests import Digests, digests
from maillon.decoding.limits import BODY_BYTES
from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Undecodable
from maillon.decoding.signatures import Form, sniff
from maillon.observation.hashes import Hash, exact, perceptual
from maillon.ops.matching.archived import FLAGS
from maillon.ops.matching.pieces import Piece

AHEAD = 32  # pieces for each thread that are read before the first of them is told
HELD = 256 << 20  # bytes of members that wait in memory, besides the one that is read
PART = 1 << 20
PATIENCE = 0.5  # seconds after which whoever waits is told that nothing came yet


@dataclass(frozen=True, slots=True)
class Hashed:
    """A piece and its hashes. `kind`: image, video, archive, other, or "" where it could not be read at all.

    `refused`: why there is nothing more of it.
    """

    piece: Piece
    kind: str
    size: int
    hashes: tuple[Hash, ...]
    refused: str = ""


def hash_all(pieces: Iterable[Piece], decoders: Decoders, *, threads: int) -> Iterator[Hashed | None]:
    """Each piece's hashes, in the order of the pieces; None now and then while the next ones take their time."""
    waiting: deque[tuple[Future[Hashed], int]] = deque()
    held = 0
    pool = ThreadPoolExecutor(threads)
    try:
        for piece in pieces:
            weight = len(piece.body or b"")
            while waiting and (len(waiting) >= AHEAD * threads or held + weight > HELD or waiting[0][0].done()):
                yield from _first(waiting[0][0])
                held -= waiting.popleft()[1]
            waiting.append((pool.submit(hash_one, piece, decoders), weight))
            held += weight
        while waiting:
            yield from _first(waiting.popleft()[0])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _first(future: Future[Hashed]) -> Iterator[Hashed | None]:
    while True:
        try:
            yield future.result(PATIENCE)
            return
        except TimeoutError:
            yield None


def hash_one(piece: Piece, decoders: Decoders) -> Hashed:
    """What one piece's hashes are. Raises HelperFailed where no process can be started."""
    if piece.digests:
        return _told(piece, piece.size, piece.digests, None, refused=piece.refused)
    if piece.body is not None:
        return _seen(piece, piece.body, decoders)
    if piece.refused and not piece.archive:
        return Hashed(piece, "", piece.size, (), piece.refused)
    try:
        with open(os.open(piece.path, FLAGS), "rb") as file:
            return _read(piece, file, decoders)
    except OSError:
        return Hashed(piece, "", piece.size, (), piece.refused or "unreadable")


def _read(piece: Piece, file: BinaryIO, decoders: Decoders) -> Hashed:
    """A file on disk: whole where it may be handed over, else part by part."""
    if not piece.archive and piece.size <= BODY_BYTES:
        return _seen(piece, file.read(piece.size), decoders)
    head = file.read(PART)
    found = digests(chain([head], iter(lambda: file.read(PART), b"")))
    form = None if piece.archive else sniff(head)
    return _told(piece, piece.size, found, form, refused=piece.refused or ("too_large" if form else ""))


def _seen(piece: Piece, body: bytes, decoders: Decoders) -> Hashed:
    found, form = digests(body), None if piece.archive else sniff(body)
    if form is None:
        return _told(piece, len(body), found, None, refused=piece.refused)
    try:
        seen = decoders.read(body)
    except Undecodable as refusal:
        return _told(piece, len(body), found, form, refused=refusal.reason)
    hashes = perceptual(pdq=seen.pdq, quality=seen.quality, vpdq=seen.vpdq)
    return Hashed(piece, seen.kind, len(body), (*exact(found), *hashes), "" if hashes else "too_small")


def _told(piece: Piece, size: int, found: Digests, form: Form | None, *, refused: str) -> Hashed:
    kind = "archive" if piece.archive else form.kind if form else "other"
    return Hashed(piece, kind, size, tuple(exact(found)), refused)
