"""The journal `hashes.log`: what was added and withdrawn, in order. All else is made from it.

A head with an identity, drawn once, and the *mark*: how far the journal counts. Then blocks, each of up to BLOCK_ROWS
hashes of one type and bank, chained: each has the sum of the one before it, so that nothing in between can be changed,
left out or be another's. A block is written behind the mark and brought to disk, and only then does the mark move, in
one write of one sector: what stands behind the mark, half a block of somebody who was killed, is nobody's, and the
next writer cuts it off. What stands before the mark is whole, or is refused.

Readers look at the mark with one `pread` and take no lock. The journal is never mapped, since a writer may shorten it.
Its third number counts the swaps: odd while a build puts new files in place, when readers look at the names again.
"""

import os
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from xxhash import xxh3_64_intdigest as checked

from maillon.matching.errors import JournalDamaged, NoIndex

LOG = "hashes.log"
ADD, WITHDRAW = 1, 2
BLOCK_ROWS = 1 << 17
MAGIC = b"maillon hashes 1"
HEAD, MARK, FIRST = Struct("<16s16sQ"), Struct("<QQQQQ"), 128
"""The head, the mark at 64 (length, chain, swaps, rows, sum), and where the first block stands."""
MARK_AT, BLOCK = 64, Struct("<4sBBHHxxIQQ")
BLOCK_MAGIC, BEFORE = b"hash", 6
SUM_BYTES = 8
READ_BYTES = 16 << 20
TORN = 100
"""How often a mark is read again that another process may just be writing."""
Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


class Place(NamedTuple):
    """A place between two blocks: how long the journal is there, the chain's sum, and how many rows came before."""

    length: int
    chain: int
    rows: int


class Mark(NamedTuple):
    """How far a journal counts, and how often its files were swapped, twice counted: odd while it happens."""

    length: int
    chain: int
    swaps: int
    rows: int

    @property
    def place(self) -> Place:
        return Place(self.length, self.chain, self.rows)

    @property
    def settled(self) -> bool:
        return self.swaps % 2 == 0


class Block(NamedTuple):
    """Hashes that were added to one bank, or withdrawn from it, together."""

    kind: int
    """ADD or WITHDRAW."""
    type: str
    bank: str
    hashes: Bytes
    """(n, size)"""
    entries: np.ndarray[Any, np.dtype[np.uint64]]
    qualities: np.ndarray[Any, np.dtype[np.int8]]


class Journal:
    """A journal that is read. Raises NoIndex where there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise NoIndex(f"Nothing was added to {path.parent} yet; `maillon index add` does it.") from None
        weakref.finalize(self, os.close, self.file)
        self.identity = _identity(os.pread(self.file, HEAD.size, 0), path)

    def marked(self) -> bytes:
        """The mark as it stands: equal bytes, nothing new."""
        return os.pread(self.file, MARK.size, MARK_AT)

    def mark(self, given: bytes | None = None) -> Mark:
        """How far it counts. Raises JournalDamaged."""
        for _ in range(TORN):
            *values, summed = MARK.unpack((given or self.marked()).ljust(MARK.size))
            if summed == _mark_sum(self.identity, values):
                return Mark(*values)
            given = None
        raise damaged(self.path)

    def replaced(self) -> bool:
        """Whether its name is another journal's by now, or nobody's."""
        try:
            return not os.path.samestat(os.fstat(self.file), os.stat(self.path))
        except FileNotFoundError:
            return True

    def beginning(self) -> Place:
        return beginning(self.identity)

    def has(self, place: Place) -> bool:
        """Whether this is a place of this journal, and not of one that went another way. Raises JournalDamaged."""
        end = self.mark().place
        if place.length >= end.length:
            return place == end
        given = os.pread(self.file, BLOCK.size, place.length)
        return _length(given, 0) is not None and BLOCK.unpack(given)[BEFORE] == place.chain

    def blocks(self, begin: Place, end: Place) -> Iterator[Block]:
        """What was written between these two places, each block checked. Raises JournalDamaged."""
        at, chain, rows = begin
        kept, kept_at = b"", at
        while at < end.length:
            if at - kept_at + BLOCK.size > len(kept):
                kept, kept_at = self._read(at, min(READ_BYTES, end.length - at)), at
            length = _length(kept, at - kept_at)
            if length is None or at + length > end.length:
                raise damaged(self.path)
            if at - kept_at + length > len(kept):
                kept, kept_at = self._read(at, min(max(length, READ_BYTES), end.length - at)), at
            block, before, after = _unpacked(memoryview(kept)[at - kept_at : at - kept_at + length], self.path)
            if before != chain:
                raise damaged(self.path)
            at, chain, rows = at + length, after, rows + len(block.entries)
            yield block
        if (at, chain, rows) != end:
            raise damaged(self.path)

    def counted(self, end: Place) -> Counter[tuple[str, int]]:
        """How many rows there are up to there, by type and kind, as the blocks' heads say. Raises JournalDamaged."""
        found = Counter[tuple[str, int]]()
        at = FIRST
        while at < end.length:
            given = os.pread(self.file, BLOCK.size + 255, at)
            length = _length(given, 0)
            if length is None or at + length > end.length:
                raise damaged(self.path)
            _, kind, _, type, _, count, _, _ = BLOCK.unpack_from(given)
            found[given[BLOCK.size : BLOCK.size + type].decode(errors="replace"), kind] += count
            at += length
        return found

    def _read(self, at: int, length: int) -> bytes:
        found = os.pread(self.file, length, at)
        while len(found) < length:
            part = os.pread(self.file, length - len(found), at + len(found))
            if not part:
                raise damaged(self.path)
            found += part
        return found


def beginning(identity: bytes) -> Place:
    """The place before the first block of the journal with this identity."""
    return Place(FIRST, checked(identity), 0)


def head(identity: bytes) -> bytes:
    """The first bytes of a journal without blocks."""
    named = MAGIC + identity
    start = HEAD.pack(MAGIC, identity, checked(named)).ljust(MARK_AT, b"\0")
    return (start + packed_mark(identity, Mark(*beginning(identity)[:2], 0, 0))).ljust(FIRST, b"\0")


def packed_mark(identity: bytes, mark: Mark) -> bytes:
    return MARK.pack(*mark, _mark_sum(identity, mark))


def packed(block: Block, before: Place) -> tuple[bytes, Place]:
    """The bytes of a block that follows this place, and the place after it."""
    type, bank = block.type.encode(), block.bank.encode()
    count, size = block.hashes.shape
    start = BLOCK.pack(BLOCK_MAGIC, block.kind, size, len(type), len(bank), count, before.chain, 0)[:-SUM_BYTES]
    rest = b"".join((
        _padded(type + bank),
        block.entries.astype("<u8", copy=False).tobytes(),
        _padded(block.hashes.tobytes() + block.qualities.astype("i1", copy=False).tobytes()),
    ))  # fmt: skip
    chain = checked(start + rest)
    whole = b"".join((start, chain.to_bytes(SUM_BYTES, "little"), rest))
    return whole, Place(before.length + len(whole), chain, before.rows + count)


def damaged(path: Path) -> JournalDamaged:
    return JournalDamaged(
        f"{path} is damaged, or no journal of hashes; put a copy of it in its place, or add the hashes anew "
        "to a folder that is empty."
    )


def _identity(given: bytes, path: Path) -> bytes:
    if len(given) < HEAD.size:
        raise damaged(path)
    magic, identity, summed = HEAD.unpack(given)
    if magic != MAGIC or summed != checked(magic + identity):
        raise damaged(path)
    return bytes(identity)


def _mark_sum(identity: bytes, values: Any) -> int:
    return checked(identity + b"".join(int(value).to_bytes(8, "little") for value in values))


def _padded(given: bytes) -> bytes:
    return given + bytes(-len(given) % 8)


def _sizes(count: int, size: int, names: int) -> tuple[int, int]:
    """Of a block with so many rows: where its entries stand, and its length."""
    entries = BLOCK.size + names + -names % 8
    rows = count * (size + 1)
    return entries, entries + 8 * count + rows + -rows % 8


def _length(given: bytes, at: int) -> int | None:
    """How long the block is that begins there; None where none does."""
    if at + BLOCK.size > len(given):
        return None
    magic, _, size, type, bank, count, _, _ = BLOCK.unpack_from(given, at)
    return _sizes(count, size, type + bank)[1] if magic == BLOCK_MAGIC else None


def _unpacked(given: memoryview, path: Path) -> tuple[Block, int, int]:
    """A block, the sum of the one before it, and its own."""
    _, kind, size, type, bank, count, before, after = BLOCK.unpack_from(given)
    summed = checked(b"".join((given[: BLOCK.size - SUM_BYTES], given[BLOCK.size :])))
    if after != summed or kind not in (ADD, WITHDRAW):
        raise damaged(path)
    names = bytes(given[BLOCK.size : BLOCK.size + type + bank])
    at, _ = _sizes(count, size, type + bank)
    entries = np.frombuffer(given, "<u8", count, at)
    hashes = np.frombuffer(given, np.uint8, count * size, at + 8 * count).reshape(count, size)
    qualities = np.frombuffer(given, np.int8, count, at + count * (8 + size))
    return Block(kind, names[:type].decode(), names[type:].decode(), hashes, entries, qualities), before, after
