"""Hashes that match only when they are equal: in order, with a table of where those of each beginning stand.

A look-up touches a line of the table and one or two of the hashes: the table has a place for one or two lines of them,
and costs no more than a byte for a hash of 16 bytes, two for one of 32.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from maillon.matching.hits import Hits, collect, parts
from maillon.matching.rows import word_at
from maillon.matching.single import one
from maillon.matching.vectors import fetch, kernel

Array = np.ndarray[Any, Any]
FEW, MANY = 8, 28
"""Bits of the smallest and of the largest table."""
BYTES_A_PLACE = 128
GROUP = 16


class Exact:
    """Hashes to be found again. Their places in order, 0…n-1, are their names."""

    def __init__(self, hashes: Array, offsets: Array) -> None:
        self._hashes, self._offsets = hashes, offsets

    @classmethod
    def build(cls, hashes: Array) -> "Exact":
        """Of hashes uint8 (n, size), size at least 8, that are in order (`ordered`)."""
        bits = min(MANY, max(FEW, (hashes.size // BYTES_A_PLACE).bit_length()))
        offsets = np.zeros((1 << bits) + 1, np.uint32)
        _count(hashes, len(hashes), 64 - bits, offsets)
        np.cumsum(offsets, out=offsets)
        return cls(hashes, offsets)

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Exact":
        """From what `arrays` gave."""
        return cls(arrays["hashes"], arrays["offsets"])

    def arrays(self) -> dict[str, Array]:
        """What a file keeps of it, by name."""
        return {"hashes": self._hashes, "offsets": self._offsets}

    def __len__(self) -> int:
        return len(self._hashes)

    def search(self, queries: Array, radius: int = 0, *, threads: int = 1) -> Hits:
        """Every hash that equals a query (uint8 (n, size)), by query, then place; all distances are 0.

        `radius` is there for the sake of who asks any index: it changes nothing.
        """
        if len(queries) == 1:
            return one(_find, self._hashes, self._offsets, queries, 0)
        looks = [
            partial(_find, self._hashes, self._offsets, queries[part], part.start)
            for part in parts(len(queries), threads)
        ]
        found = collect(looks, threads=threads)  # each in order
        return found[0] if len(found) == 1 else _together(found)


def ordered(hashes: Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The order in which hashes uint8 (n, size) stand by their bytes."""
    n, size = hashes.shape
    columns = [np.empty(n, np.uint64) for _ in range(-(-size // 8))]
    for at, column in enumerate(columns):
        _column(hashes, min(8 * at, size - 8), column)
    order: np.ndarray[Any, np.dtype[np.int64]] = np.argsort(columns[0])
    first = columns[0][order]
    if (first[1:] == first[:-1]).any():
        return np.lexsort(columns[::-1])
    return order


def scanned(hashes: Array, queries: Array) -> Hits:
    """Every hash of a few that equals a query, by query, then place."""
    return one(_scan, hashes, queries)


def _together(found: list[Hits]) -> Hits:
    queries, entries, distances = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return Hits(queries, entries, distances)


@kernel
def _key(hashes: Any, row: int, at: int) -> Any:
    """The eight bytes from there on, as a number that orders as they do."""
    word = word_at(hashes, row * hashes.shape[1] + at)
    word = (word & np.uint64(0x00FF00FF00FF00FF)) << np.uint64(8) | (word >> np.uint64(8)) & np.uint64(
        0x00FF00FF00FF00FF
    )
    word = (word & np.uint64(0x0000FFFF0000FFFF)) << np.uint64(16) | (word >> np.uint64(16)) & np.uint64(
        0x0000FFFF0000FFFF
    )
    return word << np.uint64(32) | word >> np.uint64(32)


@kernel
def _column(hashes: Any, at: int, found: Any) -> None:
    for row in range(hashes.shape[0]):
        found[row] = _key(hashes, row, at)


@kernel
def _count(hashes: Any, count: int, shift: int, offsets: Any) -> None:
    for row in range(count):
        offsets[np.int64(_key(hashes, row, 0) >> np.uint64(shift)) + 1] += np.uint32(1)


@kernel
def _compared(hashes: Any, row: Any, queries: Any, query: int) -> Any:
    """Below 0, 0 or above: how the hash compares with the query."""
    for byte in range(hashes.shape[1]):
        if hashes[row, byte] != queries[query, byte]:
            return np.int64(hashes[row, byte]) - np.int64(queries[query, byte])
    return 0


@kernel
def _find(
    hashes: Any, offsets: Any, queries: Any, start: int, hit_queries: Any, hit_entries: Any, hit_distances: Any
) -> int:
    """GROUP queries at a time: the places of all are fetched before one is looked at, then the hashes of all."""
    bits = 0
    while 1 << bits < offsets.shape[0] - 1:
        bits += 1
    shift = np.uint64(64 - bits)
    low, high = np.empty(GROUP, np.int64), np.empty(GROUP, np.int64)
    size = hashes.shape[1]
    found = 0
    for begin in range(0, queries.shape[0], GROUP):
        end = min(begin + GROUP, queries.shape[0])
        for query in range(begin, end):
            low[query - begin] = np.int64(_key(queries, query, 0) >> shift)
            fetch(offsets, low[query - begin])
        for query in range(begin, end):
            place = low[query - begin]
            low[query - begin], high[query - begin] = offsets[place], offsets[place + 1]
            fetch(hashes, (low[query - begin] + high[query - begin]) // 2 * size)
        for query in range(begin, end):
            first, last = low[query - begin], high[query - begin]
            while first < last:
                middle = (first + last) // 2
                if _compared(hashes, middle, queries, query) < 0:
                    first = middle + 1
                else:
                    last = middle
            while first < hashes.shape[0] and _compared(hashes, first, queries, query) == 0:
                if found < hit_queries.shape[0]:
                    hit_queries[found], hit_entries[found], hit_distances[found] = start + query, first, 0
                found += 1
                first += 1
    return found


@kernel
def _scan(hashes: Any, queries: Any, hit_queries: Any, hit_entries: Any, hit_distances: Any) -> int:
    found = 0
    for query in range(queries.shape[0]):
        for row in range(hashes.shape[0]):
            if _compared(hashes, row, queries, query) == 0:
                if found < hit_queries.shape[0]:
                    hit_queries[found], hit_entries[found], hit_distances[found] = query, row, 0
                found += 1
    return found
