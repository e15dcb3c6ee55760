"""Exact radius search by looking at every entry: for few entries, for radii that bands do not serve, to compare with.

Several queries at once look at a tile of entries while it is in the cache, sixteen entries at a time: the first 96 bits
decide (of random pairs 0.04 % pass at radius 31), and the whole hash is read of what passes.
"""

from functools import partial
from typing import Any

import numpy as np

from maillon.matching.hits import Hits, collect, joined, parts, refuse_radius
from maillon.matching.vectors import kernel, lowest, near_96, ones
from maillon.matching.words import Words

TILE = 2048
TILED = 4
"""So many queries are worth laying a tile out by columns."""
SELECTIVE = 34
"""Up to this radius the first 96 bits, or 128, turn nearly everything away."""


def search(words: Words, queries: Words, radius: int, *, threads: int = 1) -> Hits:
    """Every entry within `radius` of each query, by query, then entry."""
    refuse_radius(radius)
    return joined(unsorted(words, queries, radius, threads=threads), len(queries))


def unsorted(words: Words, queries: Words, radius: int, *, threads: int, first: int = 0) -> list[Hits]:
    """The same, as the threads find them: of each query by entry. The queries' numbers begin with `first`."""
    way = _whole if radius > SELECTIVE else _tiled if len(queries) >= TILED * threads else each
    looks = [partial(way, words, queries[part], first + part.start, radius) for part in parts(len(queries), threads)]
    return collect(looks, threads=threads)


@kernel
def each(
    words: Any, queries: Any, first: int, radius: int, hit_queries: Any, hit_entries: Any, hit_distances: Any
) -> int:
    found = 0
    for query in range(queries.shape[0]):
        a, b, c, d = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
        for entry in range(words.shape[0]):
            distance = ones(words[entry, 0] ^ a) + ones(words[entry, 1] ^ b)
            if distance <= radius:
                distance += ones(words[entry, 2] ^ c) + ones(words[entry, 3] ^ d)
                if distance <= radius:
                    if found < hit_queries.shape[0]:
                        hit_queries[found], hit_entries[found], hit_distances[found] = first + query, entry, distance
                    found += 1
    return found


@kernel
def _whole(
    words: Any, queries: Any, first: int, radius: int, hit_queries: Any, hit_entries: Any, hit_distances: Any
) -> int:
    found = 0
    for begin in range(0, words.shape[0], TILE):
        end = min(begin + TILE, words.shape[0])
        for query in range(queries.shape[0]):
            a, b, c, d = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
            for entry in range(begin, end):
                distance = ones(words[entry, 0] ^ a) + ones(words[entry, 1] ^ b)
                distance += ones(words[entry, 2] ^ c) + ones(words[entry, 3] ^ d)
                if distance <= radius:
                    if found < hit_queries.shape[0]:
                        hit_queries[found], hit_entries[found], hit_distances[found] = first + query, entry, distance
                    found += 1
    return found


@kernel
def _tiled(
    words: Any, queries: Any, first: int, radius: int, hit_queries: Any, hit_entries: Any, hit_distances: Any
) -> int:
    columns = np.zeros((3, TILE), np.uint32)
    found = 0
    for begin in range(0, words.shape[0], TILE):
        count = min(TILE, words.shape[0] - begin)
        for n in range(count):
            word = words[begin + n, 0]
            columns[0, n], columns[1, n] = np.uint32(word), np.uint32(word >> np.uint64(32))
            columns[2, n] = np.uint32(words[begin + n, 1])
        for query in range(queries.shape[0]):
            a, b, c, d = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
            low, middle, high = np.uint32(a), np.uint32(a >> np.uint64(32)), np.uint32(b)
            for at in range(0, count, 16):
                passing = near_96(columns, at, low, middle, high, np.uint32(radius))
                while passing:
                    entry = begin + at + lowest(passing)
                    passing &= passing - np.uint32(1)
                    if entry < begin + count:
                        distance = ones(words[entry, 0] ^ a) + ones(words[entry, 1] ^ b)
                        distance += ones(words[entry, 2] ^ c) + ones(words[entry, 3] ^ d)
                        if distance <= radius:
                            if found < hit_queries.shape[0]:
                                hit_queries[found], hit_entries[found] = first + query, entry
                                hit_distances[found] = distance
                            found += 1
    return found
