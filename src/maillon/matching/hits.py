"""What a search finds, and how a kernel that looks for it is driven."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from maillon.matching.words import Words

LARGEST_RADIUS = 64


class Hits(NamedTuple):
    """What was found, by query, then entry: arrays of one length."""

    queries: np.ndarray[Any, np.dtype[np.int64]]
    entries: np.ndarray[Any, np.dtype[np.int64]]
    distances: np.ndarray[Any, np.dtype[np.uint16]]


def collect(look: Callable[..., int], queries: Words, radius: int, threads: int) -> Hits:
    """What `look` finds for these queries, in so many threads, each for a part of them.

    `look` takes queries, the radius and three arrays for its hits, and says how many there are, whatever there was
    room for. Raises ValueError for a radius that no search takes.
    """
    if not 0 <= radius <= LARGEST_RADIUS:
        raise ValueError(f"A radius is from 0 to {LARGEST_RADIUS}.")
    if threads == 1 or len(queries) < threads:
        return _told(look, queries, radius)
    parts = np.array_split(queries, threads)
    begins = accumulate((len(part) for part in parts), initial=0)
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda part: _told(look, part, radius), parts))
    return Hits(
        np.concatenate([hits.queries + begin for hits, begin in zip(found, begins, strict=False)]),
        np.concatenate([hits.entries for hits in found]),
        np.concatenate([hits.distances for hits in found]),
    )


def _told(look: Callable[..., int], queries: Words, radius: int) -> Hits:
    """What one call finds; asked again where there are more hits than room."""
    room = max(1024, 2 * len(queries))
    while True:
        hits = Hits(np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.uint16))
        found = int(look(queries, radius, *hits))
        if found <= room:
            break
        room = found
    order = np.lexsort((hits.entries[:found], hits.queries[:found]))
    return Hits(hits.queries[order], hits.entries[order], hits.distances[order])
