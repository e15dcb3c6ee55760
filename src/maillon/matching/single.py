"""One query asked the short way: what takes longer than to look is to make arrays and to put what is found in order."""

from collections.abc import Callable
from functools import partial
from threading import local
from typing import Any

import numpy as np

from maillon.matching.hits import ROOM, Hits, collect
from maillon.matching.vectors import kernel, ones

NOTHING = Hits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint16))
_KEPT = local()


def one(look: Callable[..., int], *given: Any) -> Hits:
    """What this kernel finds, which tells its hits in order: `look(*given, *hits)`, in arrays that its thread keeps."""
    kept: Hits | None = getattr(_KEPT, "hits", None)
    if kept is None:
        kept = _KEPT.hits = Hits(np.empty(ROOM, np.int64), np.empty(ROOM, np.int64), np.empty(ROOM, np.uint16))
    found = int(look(*given, *kept))
    if not found:
        return NOTHING
    if found > ROOM:
        return collect([partial(look, *given)], threads=1)[0]
    return Hits(kept.queries[:found].copy(), kept.entries[:found].copy(), kept.distances[:found].copy())


@kernel
def look_at_all(words: Any, query: Any, radius: int, hit_queries: Any, hit_entries: Any, hit_distances: Any) -> int:
    """Every hash within the radius of the query, each looked at: the short way for a few."""
    found = 0
    a, b, c, d = query[0, 0], query[0, 1], query[0, 2], query[0, 3]
    for row in range(words.shape[0]):
        distance = ones(words[row, 0] ^ a) + ones(words[row, 1] ^ b)
        distance += ones(words[row, 2] ^ c) + ones(words[row, 3] ^ d)
        if distance <= radius:
            if found < hit_queries.shape[0]:
                hit_queries[found], hit_entries[found], hit_distances[found] = 0, row, distance
            found += 1
    return found
