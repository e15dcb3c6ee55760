"""Exact radius search by looking at every entry: for few entries, those not yet in an index, and to compare with."""

from functools import partial
from typing import Any

from maillon.matching.hits import Hits, collect
from maillon.matching.vectors import kernel, ones
from maillon.matching.words import Words

TILE = 4096
"""Entries that stay in the first cache while a batch of queries passes over them."""


def search(words: Words, queries: Words, radius: int, *, threads: int = 1) -> Hits:
    """Every entry within `radius` of each query, by query, then entry."""
    return collect(partial(_scan, words), queries, radius, threads)


@kernel
def _scan(words: Any, queries: Any, radius: int, hit_queries: Any, hit_entries: Any, hit_distances: Any) -> int:
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
                        hit_queries[found], hit_entries[found], hit_distances[found] = query, entry, distance
                    found += 1
    return found
