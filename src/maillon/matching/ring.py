"""Exact radius search by bands: sixteen bands of 16 bits, each an index of its own that also shows the band after it.

Of 256 bits in a ring of sixteen bands no more than r differ. Then some band i differs in at most r // 16 bits, and it
and the next one together in at most 2 r // 16: the pigeonring principle for chains of two (Qin and Xiao,
"Pigeonring: a principle for faster thresholded similarity search", PVLDB 12(1), 2018). So it is enough to look,
for each band of a query, at the entries whose band is that near, and to keep those whose next band is near enough too;
that next band stands beside the entry (`sketches`), so that hardly any entry is read in vain. An entry that passes at
several bands is told at the lowest of them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from maillon.matching.hits import Hits, collect
from maillon.matching.vectors import LANES, fetch, kernel, lowest, near, ones
from maillon.matching.words import Words

BANDS = 16
VALUES = 1 << 16
AHEAD = 8
"""Buckets whose sketches are fetched ahead of the one that is looked at."""
CANDIDATES = 1 << 16
Room = Callable[[tuple[int, ...], Any], np.ndarray[Any, Any]]
"""Where an array of this shape and type is made: in memory, or in a file's mapping."""


class Ring(NamedTuple):
    """The index. Of band i, the entries in the order of its values: `offsets[i, v]` is where those of value v begin."""

    words: Words
    offsets: np.ndarray[Any, np.dtype[np.uint32]]
    """(16, 65537)"""
    entries: np.ndarray[Any, np.dtype[np.uint32]]
    """(16, n)"""
    sketches: np.ndarray[Any, np.dtype[np.uint16]]
    """(16, n + 32): the value of the next band, and room for the last vector that is read"""


def build(words: Words, *, threads: int = 1, room: Room = np.empty) -> Ring:
    """The index of these entries, whose places are their names. 128 bytes an entry with its words, and 4 MiB."""
    n = len(words)
    ring = Ring(
        words,
        room((BANDS, VALUES + 1), np.uint32),
        room((BANDS, n), np.uint32),
        room((BANDS, n + LANES), np.uint16),
    )
    ring.sketches[:, n:] = 0

    def fill(band: int) -> None:
        _fill(words, band, ring.offsets[band], ring.entries[band], ring.sketches[band])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(BANDS)))
    return ring


def search(ring: Ring, queries: Words, radius: int, *, threads: int = 1) -> Hits:
    """Every entry within `radius` (0…64) of each query, none left out."""
    masks, weights = probes(radius // BANDS)
    return collect(partial(_search, *ring, masks, weights), queries, radius, threads)


@cache
def probes(most: int) -> tuple[np.ndarray[Any, np.dtype[np.uint16]], np.ndarray[Any, np.dtype[np.int64]]]:
    """What a band may differ by in at most so many bits: the differences, fewest bits first, and how many bits."""
    weights = np.bitwise_count(np.arange(VALUES, dtype=np.uint16)).astype(np.int64)
    chosen = np.argsort(weights, kind="stable")[: int((weights <= most).sum())]
    return chosen.astype(np.uint16), weights[chosen]


@kernel
def _band(words: Any, row: int, band: int) -> Any:
    return np.uint16((words[row, band >> 2] >> np.uint64(16 * (band & 3))) & np.uint64(0xFFFF))


@kernel
def _fill(words: Any, band: int, offsets: Any, entries: Any, sketches: Any) -> None:
    """A counting sort of the entries by this band's values."""
    n = words.shape[0]
    at = np.zeros(VALUES + 1, np.uint32)
    for row in range(n):
        at[_band(words, row, band) + 1] += 1
    for value in range(VALUES):
        at[value + 1] += at[value]
    offsets[:] = at
    following = (band + 1) & 15
    for row in range(n):
        value = _band(words, row, band)
        entries[at[value]] = row
        sketches[at[value]] = _band(words, row, following)
        at[value] += 1


@kernel
def _search(
    words: Any, offsets: Any, entries: Any, sketches: Any, masks: Any, weights: Any, queries: Any, radius: int,
    hit_queries: Any, hit_entries: Any, hit_distances: Any,
) -> int:  # fmt: skip
    """One query after the other: how many hits there are, whatever there was room for."""
    each = masks.shape[0]
    count = 16 * each
    pair = 2 * radius // 16
    low, high = np.empty(count, np.int64), np.empty(count, np.int64)
    places, bands = np.empty(CANDIDATES, np.int64), np.empty(CANDIDATES, np.uint8)
    found = 0
    for query in range(queries.shape[0]):
        for band in range(16):
            value = _band(queries, query, band)
            for n in range(each):
                bucket = value ^ masks[n]
                low[band * each + n] = offsets[band, bucket]
                high[band * each + n] = offsets[band, bucket + 1]
        for probe in range(min(AHEAD, count)):
            _fetch_all(sketches[probe // each], low[probe], high[probe])
        candidates = 0
        for probe in range(count):
            if probe + AHEAD < count:
                _fetch_all(sketches[(probe + AHEAD) // each], low[probe + AHEAD], high[probe + AHEAD])
            band = probe // each
            following = _band(queries, query, (band + 1) & 15)
            most = np.uint16(pair - weights[probe % each])
            place, end = low[probe], high[probe]
            while place < end:
                passing = near(sketches[band], place, following, most)
                if end - place < 32:
                    passing &= (np.uint32(1) << np.uint32(end - place)) - np.uint32(1)
                while passing:
                    at = place + lowest(passing)
                    passing &= passing - np.uint32(1)
                    fetch(entries[band], at)
                    places[candidates], bands[candidates] = at, band
                    candidates += 1
                    if candidates == CANDIDATES:
                        found = _verify(
                            words, entries, places, bands, candidates, queries, query, radius,
                            hit_queries, hit_entries, hit_distances, found,
                        )  # fmt: skip
                        candidates = 0
                place += 32
        found = _verify(
            words, entries, places, bands, candidates, queries, query, radius,
            hit_queries, hit_entries, hit_distances, found,
        )  # fmt: skip
    return found


@kernel
def _fetch_all(sketches: Any, place: int, end: int) -> None:
    while place < end:
        fetch(sketches, place)
        place += 32


@kernel
def _verify(
    words: Any, entries: Any, places: Any, bands: Any, count: int, queries: Any, query: int, radius: int,
    hit_queries: Any, hit_entries: Any, hit_distances: Any, found: int,
) -> int:  # fmt: skip
    """Look at the whole hashes of the candidates; their lines are all fetched before the first is read."""
    for n in range(count):
        places[n] = entries[bands[n], places[n]]
        fetch(words[places[n]], 0)
    for n in range(count):
        entry = places[n]
        a, b = words[entry, 0] ^ queries[query, 0], words[entry, 1] ^ queries[query, 1]
        c, d = words[entry, 2] ^ queries[query, 2], words[entry, 3] ^ queries[query, 3]
        distance = ones(a) + ones(b) + ones(c) + ones(d)
        if distance <= radius and _lowest_band(a, b, c, d, radius) == bands[n]:
            if found < hit_queries.shape[0]:
                hit_queries[found], hit_entries[found], hit_distances[found] = query, entry, distance
            found += 1
    return found


@kernel
def _lowest_band(a: Any, b: Any, c: Any, d: Any, radius: int) -> int:
    """The lowest band at which an entry with these differences passes."""
    single, pair = radius // 16, 2 * radius // 16
    before = first = _bits(a, 0)
    for band in range(16):
        following = band + 1
        word = a if following < 4 else b if following < 8 else c if following < 12 else d
        after = first if following == 16 else _bits(word, following & 3)
        if before <= single and before + after <= pair:
            return band
        before = after
    return 16


@kernel
def _bits(word: Any, quarter: int) -> Any:
    return np.int64(ones((word >> np.uint64(16 * quarter)) & np.uint64(0xFFFF)))
