"""What is known of each hash of a type, each once: it stands under its bytes, its bank and its entry.

Used for what was added since the built file was made, and for all that goes into one. Rows keep the order in which they
came first; one that is withdrawn stays in its place and is marked, and counts again when it is added again.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from maillon.matching.vectors import fetch, kernel, unchanging

RECORD = np.dtype([("entry", "<u8"), ("bank", "<u4"), ("quality", "<i2"), ("spare", "<u2")])
"""What is kept of a hash beside its bytes: 16 bytes."""
LEAST = 1 << 10
GROUP = 32
LOW = np.uint64(0xFFFFFFFF)
Array = np.ndarray[Any, Any]


class Rows:
    """Rows of hashes of `size` bytes, with room for so many before it grows. Not for two threads at once.

    The arrays may be read meanwhile: those of a `count` that was read before them do not move, but for `gone`.
    """

    def __init__(self, size: int, room: int = LEAST) -> None:
        room = max(room, LEAST)
        self.count = 0
        self.hashes = np.empty((room, size), np.uint8)
        self.records = np.empty(room, RECORD)
        self.gone = np.zeros(room, np.bool_)
        self._table = np.zeros(_slots(room), np.uint64)

    def apply(self, hashes: Array, records: Array, adding: Array) -> None:
        """Add these rows, or withdraw them where `adding` is False, one after the other."""
        self._grow(self.count + len(hashes))
        given = unchanging(hashes), unchanging(records), unchanging(adding)
        self.count = int(_apply(self._table, self.hashes, self.records, self.gone, self.count, *given))

    def has(self, hashes: Array, records: Array) -> Array:
        """Of each of these rows, whether it was ever added."""
        found = np.empty(len(hashes), np.bool_)
        _has(self._table, self.hashes, self.records, unchanging(hashes), unchanging(records), found)
        return found

    def _grow(self, needed: int) -> None:
        if needed <= len(self.hashes):
            return
        room = max(needed, 2 * len(self.hashes))
        self.hashes, self.records, self.gone = (
            np.concatenate([old, np.zeros((room - len(old), *old.shape[1:]), old.dtype)])
            for old in (self.hashes, self.records, self.gone)
        )
        if _slots(room) != len(self._table):
            self._table = np.zeros(_slots(room), np.uint64)
            _fill(self._table, self.hashes, self.records, self.count)

    def forget_table(self) -> None:
        """Give back the memory that only `apply` needs; it must not be called any more."""
        self._table = np.zeros(0, np.uint64)

    def pack(self) -> int:
        """Close up over what is withdrawn; how many rows that were. Then `forget_table` has been called, too."""
        self.forget_table()
        before, self.count = self.count, int(_pack(self.hashes, self.records, self.gone, self.count))
        return before - self.count


def different(hashes: Array) -> Array:
    """These hashes, each once, in the order in which they come first."""
    rows = Rows(hashes.shape[1], len(hashes))
    rows.apply(hashes, np.zeros(len(hashes), RECORD), np.ones(len(hashes), np.bool_))
    return rows.hashes[: rows.count]


def known(hashes: Array, records: Array) -> Rows:
    """These rows, to ask whether one is among them."""
    rows = Rows(hashes.shape[1], len(hashes))
    rows.apply(hashes, records, np.ones(len(hashes), np.bool_))
    return rows


def digest(hashes: Array, records: Array) -> int:
    """One number for all of these rows, whatever their order."""
    return int(_digest(unchanging(hashes), unchanging(records), len(hashes)))


def _slots(room: int) -> int:
    """A power of two of which rows take up to three quarters."""
    return 1 << (room + room // 3).bit_length()


def _word_at(typing: Any, array: Any, at: Any) -> Any:
    """The uint64 that begins at this byte of a uint8 array, wherever that is."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, value=args[0])
        place = cgutils.gep_inbounds(builder, array.data, args[1])
        return builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)

    return types.uint64(array, types.int64), code


word_at: Any = intrinsic(_word_at)


@kernel
def _mixed(hashes: Any, records: Any, row: int) -> Any:
    """A number that spreads well over hash, bank and entry."""
    record = records[row]
    key = record.entry * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(record.bank) * np.uint64(0xC2B2AE3D27D4EB4F)
    size = hashes.shape[1]
    at = 0
    while at < size:
        word = word_at(hashes, row * size + (at if at + 8 <= size else size - 8))
        key = (key ^ word) * np.uint64(0x9FB21C651E98DF25)
        key ^= key >> np.uint64(32)
        at += 8
    key *= np.uint64(0xD6E8FEB86659FD93)
    return key ^ (key >> np.uint64(29))


@kernel
def _same(given: Any, known: Any, n: int, hashes: Any, records: Any, row: Any) -> bool:
    if records[row].entry != known[n].entry or records[row].bank != known[n].bank:
        return False
    for byte in range(given.shape[1]):  # noqa: SIM110, a loop is what is compiled
        if hashes[row, byte] != given[n, byte]:
            return False
    return True


@kernel
def _apply(
    table: Any, hashes: Any, records: Any, gone: Any, count: int, given: Any, known: Any, adding: Any
) -> int:  # fmt: skip
    """A slot holds the upper half of a row's key, and the row's number + 1; 0 is an empty one.

    The slots of GROUP rows are fetched before the first is looked at.
    """
    mask = np.uint64(table.shape[0] - 1)
    half = np.uint64(32)
    keys = np.empty(GROUP, np.uint64)
    for begin in range(0, given.shape[0], GROUP):
        end = min(begin + GROUP, given.shape[0])
        for n in range(begin, end):
            keys[n - begin] = _mixed(given, known, n)
            fetch(table, np.int64(keys[n - begin] & mask))
        for n in range(begin, end):
            key = keys[n - begin]
            at = key & mask
            row: Any = -1
            while table[at] != 0:
                if table[at] >> half == key >> half:
                    candidate = np.int64(table[at] & LOW) - np.int64(1)
                    if _same(given, known, n, hashes, records, candidate):
                        row = candidate
                        break
                at = (at + np.uint64(1)) & mask
            if row < 0:
                if not adding[n]:
                    continue
                row = count
                table[at] = key >> half << half | np.uint64(row + 1)
                _copy(given, n, hashes, row)
                count += 1
            if adding[n]:
                records[row] = known[n]
            gone[row] = not adding[n]
    return count


@kernel
def _has(table: Any, hashes: Any, records: Any, given: Any, known: Any, found: Any) -> None:
    mask = np.uint64(table.shape[0] - 1)
    half = np.uint64(32)
    for n in range(given.shape[0]):
        key = _mixed(given, known, n)
        at = key & mask
        found[n] = False
        while table[at] != 0:
            if table[at] >> half == key >> half:
                row = np.int64(table[at] & LOW) - np.int64(1)
                if _same(given, known, n, hashes, records, row):
                    found[n] = True
                    break
            at = (at + np.uint64(1)) & mask


@kernel
def _copy(given: Any, n: Any, hashes: Any, row: Any) -> None:
    for byte in range(given.shape[1]):
        hashes[row, byte] = given[n, byte]


@kernel
def _fill(table: Any, hashes: Any, records: Any, count: int) -> None:
    mask = np.uint64(table.shape[0] - 1)
    for row in range(count):
        key = _mixed(hashes, records, row)
        at = key & mask
        while table[at] != 0:
            at = (at + np.uint64(1)) & mask
        table[at] = key >> np.uint64(32) << np.uint64(32) | np.uint64(row + 1)


@kernel
def _pack(hashes: Any, records: Any, gone: Any, count: int) -> int:
    kept = 0
    for row in range(count):
        if not gone[row]:
            if kept < row:
                _copy(hashes, row, hashes, kept)
                records[kept] = records[row]
            kept += 1
    return kept


@kernel
def _digest(hashes: Any, records: Any, count: int) -> Any:
    total = np.uint64(0)
    for row in range(count):
        key = _mixed(hashes, records, row) ^ np.uint64(records[row].quality + 1)
        key *= np.uint64(0x9E3779B97F4A7C15)
        total += key ^ (key >> np.uint64(31))
    return total
