"""The search over one set of hashes, by whatever way is quickest for it: callers see none of the ways.

Which way is quickest was measured on hashes drawn at random (`make bench FIGURE=never_slower_than_scan` measures it
anew, also for hashes that are alike). A way that turns out slow for a query, because many entries are near it, leaves
that query to the scan.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from maillon.matching import bulk, ring, scan
from maillon.matching.hits import LARGEST_RADIUS, Hits, refuse_radius
from maillon.matching.single import one
from maillon.matching.vectors import unchanging
from maillon.matching.words import Words, words_of

Array = np.ndarray[Any, Any]
Way = Callable[..., Hits]
BUILT = 2048
"""Below so many entries no bands are built."""
ENTRIES_A_PROBE = 37
"""Entries that the scan looks at while one bucket is looked up."""
TOGETHER = 4_000
"""So many queries at once are asked bucket by bucket,"""
TOGETHER_LARGE = 1_000
"""or so many, where memory is far,"""
LARGE = 300_000
PAIRS = 40_000_000
"""or where the scan would look at so many pairs."""


class Near:
    """Hashes of 256 bits, to be searched within a radius. Their places, 0…n-1, are their names."""

    def __init__(self, words: Words, arrays: ring.Ring | None) -> None:
        self._words, self._ring = words, arrays
        self._prepared = ring.Prepared(arrays) if arrays is not None else None
        self._luck = ring.no_luck()  # threads may mix it up: no answer depends on it

    @classmethod
    def build(cls, words: Words, *, threads: int = 1, room: ring.Room = np.empty) -> "Near":
        """Sixteen sorted bands: 128 bytes a hash, and 4 MiB; of few hashes none."""
        return cls(words, ring.build(words, threads=threads, room=room) if len(words) >= BUILT else None)

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Near":
        """From what `arrays` gave."""
        return cls(arrays["words"], ring.Ring(**arrays) if len(arrays) > 1 else None)

    def arrays(self) -> dict[str, Array]:
        """What a file keeps of it, by name."""
        return {"words": self._words} if self._ring is None else self._ring._asdict()

    def __len__(self) -> int:
        return len(self._words)

    def search(self, queries: Words, radius: int, *, threads: int = 1) -> Hits:
        """Every hash within `radius` (0…64) of each query, none left out; by query, then place."""
        refuse_radius(radius)
        way = self._way(len(queries), radius)
        if len(queries) == 1:
            return self._one(queries, radius, banded=way is not None)
        if way is None:
            return scan.search(self._words, queries, radius, threads=threads)
        return way(self._ring, queries, radius, threads=threads)

    def _way(self, count: int, radius: int) -> Way | None:
        """How to ask so many queries; None by looking at every entry."""
        if self._ring is None or not ring.serves(radius):
            return None
        if len(self._words) < ENTRIES_A_PROBE * ring.BANDS * len(ring.probes(radius // ring.BANDS)[0]):
            return bulk.search if count * len(self._words) >= PAIRS else None
        return bulk.search if count >= (TOGETHER if len(self._words) < LARGE else TOGETHER_LARGE) else ring.search

    def _one(self, query: Words, radius: int, *, banded: bool) -> Hits:
        if self._luck[1] > 0:  # as the kernel would see, but to call it takes as long as a scan of few entries
            self._luck[1] -= 1
        elif banded and self._prepared:
            heavy = np.zeros(1, np.bool_)
            hits = one(self._prepared.look, query, 0, radius, self._luck, heavy)
            if not heavy[0]:
                if len(hits.entries) < 2:
                    return hits
                order = np.argsort(hits.entries)
                return Hits(hits.queries[order], hits.entries[order], hits.distances[order])
        return one(scan.each, self._words, query, 0, radius)


def warm() -> None:
    """Compile every way to search, which takes seconds where no process of this machine ever did."""
    queries = words_of([bytes([n % 256, n >> 8] * 16) for n in range(BUILT)])
    arrays = ring.build(queries)._asdict()
    built = ring.Ring(**{name: unchanging(array) for name, array in arrays.items()})  # as it is in a file
    for count in (1, scan.TILED):
        scan.search(built.words, queries[:count], 0)
    scan.search(built.words, queries, 0, threads=2)  # what two found is put together
    Near(built.words, built).search(queries[:1], 31)
    for way in (ring.search, bulk.search):
        way(built, queries[:2], 31)
    scan.search(built.words, queries[:1], LARGEST_RADIUS)
