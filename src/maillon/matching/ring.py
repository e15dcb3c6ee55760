"""Exact radius search by bands: sixteen bands of 16 bits, each an index of its own that also shows the bands after it.

Of 256 bits in a ring of sixteen bands no more than r differ. Then from some band on one band differs in at most r //
16 bits, it and the next one together in at most 2 r // 16, and these and the third in at most 3 r // 16: the
pigeonring principle (Qin and Xiao, "Pigeonring: a principle for faster thresholded similarity search", PVLDB 12(1),
2018). So it is enough to look, for each band of a query, at the entries whose band is that near, and to keep those
whose next two are near enough too. The next band stands beside the entry (`sketches`); of the third, as many bits as
the entry's place leaves free of its 32.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from math import comb
from threading import local
from typing import Any, NamedTuple

import numpy as np

from maillon.matching import scan
from maillon.matching.hits import Hits, at_once, gather, joined, parts, refuse_radius
from maillon.matching.vectors import LANES, fetch, kernel, lowest, ones, passing
from maillon.matching.words import Words

BANDS = 16
VALUES = 1 << 16
AHEAD = 8
"""Buckets whose sketches are fetched ahead of the one that is looked at."""
HEAVY = 256
"""One entry in so many as a candidate, and every entry is looked at instead: that may cost less by then."""
LEAST = 32
"""So many candidates are never too many."""
MOST_IN_VAIN = 7
"""After so many tries that found too many candidates, one query in 33 is still tried."""
ALL = 16
"""With no more than one in so many that is not heavy, all queries are left to the scan: what they found is not put
together with what it finds."""
SELECTIVE = 64
"""Of random entries no more than one in so many may be a candidate."""
Array = np.ndarray[Any, Any]
Room = Callable[[tuple[int, ...], Any], Array]
"""Where an array of this shape and type is made: in memory, or in a file's mapping."""


class Ring(NamedTuple):
    """The index. Of band i, the entries in the order of its values: `offsets[i, v]` is where those of value v begin."""

    words: Words
    offsets: np.ndarray[Any, np.dtype[np.uint32]]
    """(16, 65537)"""
    entries: np.ndarray[Any, np.dtype[np.uint32]]
    """(16, n): its place in the lower `width(n)` bits, above them bits of the third band"""
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

    def fill(word: int) -> None:
        columns = np.empty((6, n), np.uint16)
        _columns(words, word, columns)
        for band in range(4 * word, 4 * word + 4):
            _fill(*columns[band & 3 :][:3], width(n), ring.offsets[band], ring.entries[band], ring.sketches[band])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(4)))
    return ring


def width(count: int) -> int:
    """The bits that the places of so many entries take."""
    return max(1, (count - 1).bit_length())


def serves(radius: int) -> bool:
    """Whether the bands turn enough away at this radius: a share of random entries small enough is read for a query."""
    return candidates(radius) * SELECTIVE <= 1


def search(ring: Ring, queries: Words, radius: int, *, threads: int = 1) -> Hits:
    """Every entry within `radius` of each query, none left out; for any radius that the bands serve."""
    refuse_radius(radius)
    prepared = Prepared(ring)

    def answered(part: slice) -> list[Hits]:
        """Each query for itself, in order; those with too many candidates once more, all in one thread."""
        asked, first = queries[part], part.start
        heavy = np.zeros(len(asked), np.bool_)
        found = gather(lambda *hits: prepared.look(asked, first, radius, no_luck(), heavy, *hits))
        return with_heavy(ring, asked, radius, heavy, [found], first=first)

    found = at_once([partial(answered, part) for part in parts(len(queries), threads)], threads=threads)
    return joined([hits for some in found for hits in some], len(queries))


class Prepared:
    """What every search of a ring needs, made once."""

    def __init__(self, ring: Ring) -> None:
        bits = width(len(ring.words))
        self._arrays = (ring.words, ring.offsets.ravel(), ring.entries.ravel(), ring.sketches.ravel(), bits)
        self._limit = max(LEAST, len(ring.words) // HEAVY)

    def look(self, queries: Words, first: int, radius: int, luck: Array, heavy: Array, *hits: Array) -> int:
        """As `Look` says; `luck` is what `no_luck` gave, or what it became by queries before these."""
        masks, weights = probes(radius // BANDS)
        scratch = _scratch(BANDS * len(masks) + AHEAD, self._limit + LANES)
        limits = (radius, self._limit)
        return int(_search(*self._arrays, masks, weights, queries, first, *limits, *scratch, luck, heavy, *hits))


def no_luck() -> Array:
    """How many tries were in vain of late, and how many queries are not tried next."""
    return np.zeros(2, np.int64)


def _scratch(probes: int, candidates: int) -> tuple[Array, ...]:
    """Arrays that each thread keeps: to ask the system for them takes as long as a search."""
    kept: tuple[Array, ...] | None = getattr(_KEPT, "arrays", None)
    if kept is None or len(kept[0]) < probes or len(kept[2]) < candidates:
        sizes = ((probes, np.int64), (probes, np.int64), (candidates, np.int64), (candidates, np.uint8))
        kept = tuple(np.empty(size, kind) for size, kind in sizes)
        _KEPT.arrays = kept
    return kept


_KEPT = local()


def with_heavy(
    ring: Ring, queries: Words, radius: int, heavy: Array, found: list[Hits], *, threads: int = 1, first: int = 0
) -> list[Hits]:
    """What was found, where queries marked `heavy` are answered anew by looking at every entry.

    The queries' numbers among what is found begin with `first`.
    """
    again = np.flatnonzero(heavy)
    if not len(again):
        return found
    if len(again) * ALL >= len(queries) * (ALL - 1):
        return scan.unsorted(ring.words, queries, radius, threads=threads, first=first)
    scanned = scan.unsorted(ring.words, queries[again], radius, threads=threads)
    kept = [Hits(*(column[~heavy[hits.queries - first]] for column in hits)) for hits in found]
    again += first
    return [*kept, *(hits._replace(queries=again[hits.queries]) for hits in scanned)]


@cache
def probes(most: int) -> tuple[np.ndarray[Any, np.dtype[np.uint16]], np.ndarray[Any, np.dtype[np.int64]]]:
    """What a band may differ by in at most so many bits: the differences, fewest bits first, and how many bits."""
    weights = np.bitwise_count(np.arange(VALUES, dtype=np.uint16)).astype(np.int64)
    chosen = np.argsort(weights, kind="stable")[: int((weights <= most).sum())]
    return chosen.astype(np.uint16), weights[chosen]


@cache
def candidates(radius: int) -> float:
    """The share of random entries whose whole hash is read for one query."""
    single, pair = radius // BANDS, 2 * radius // BANDS

    def share(most: int) -> float:
        return sum(comb(16, bits) for bits in range(most + 1)) / VALUES

    return BANDS * sum(comb(16, bits) / VALUES * share(pair - bits) for bits in range(single + 1))


@kernel
def band_of(words: Any, row: int, band: int) -> Any:
    return np.uint16((words[row, band >> 2] >> np.uint64(16 * (band & 3))) & np.uint64(0xFFFF))


@kernel
def _columns(words: Any, word: int, found: Any) -> None:
    """The four bands of a word and the two after them, each for itself: they are read several times."""
    after = (word + 1) & 3
    for row in range(words.shape[0]):
        here, there = words[row, word], words[row, after]
        for band in range(4):
            found[band, row] = np.uint16((here >> np.uint64(16 * band)) & np.uint64(0xFFFF))
        found[4, row] = np.uint16(there & np.uint64(0xFFFF))
        found[5, row] = np.uint16((there >> np.uint64(16)) & np.uint64(0xFFFF))


@kernel
def _fill(first: Any, second: Any, third: Any, bits: int, offsets: Any, entries: Any, sketches: Any) -> None:
    """A counting sort of the entries by a band's values."""
    n = first.shape[0]
    at = np.zeros(VALUES + 1, np.uint32)
    for row in range(n):
        at[np.int64(first[row]) + 1] += np.uint32(1)
    for value in range(VALUES):
        at[value + 1] += at[value]
    offsets[:] = at
    for row in range(n):
        value = first[row]
        place = at[value]
        at[value] = place + np.uint32(1)
        beside = (np.uint64(third[row]) << np.uint64(bits)) & np.uint64(0xFFFFFFFF)
        entries[place] = np.uint32(beside | np.uint64(row))
        sketches[place] = second[row]
    sketches[n:] = 0


@kernel
def _search(
    words: Any, offsets: Any, entries: Any, sketches: Any, bits: int, masks: Any, weights: Any,
    queries: Any, first: int, radius: int, limit: int, low: Any, high: Any, places: Any, bands: Any, luck: Any,
    heavy: Any, hit_queries: Any, hit_entries: Any, hit_distances: Any,
) -> Any:  # fmt: skip
    """How many hits there are, whatever there was room for. While a query's candidates are on their way from memory,
    the next one's buckets are looked up."""
    found = candidates = 0
    total = queries.shape[0]
    for query in range(total + 1):
        tried = query < total and not _spared(luck)
        if tried:
            _look_up(offsets, masks, sketches.shape[0] // 16, queries, query, low, high)
            for probe in range(AHEAD):
                fetch_all(sketches, low[probe], high[probe])
        if query > 0:
            found = _verify(
                words, places, bands, candidates, queries, query - 1, first, radius,
                hit_queries, hit_entries, hit_distances, found,
            )  # fmt: skip
        candidates = 0
        if tried:
            if query + 1 < total:
                _fetch_offsets(offsets, masks, queries, query + 1)
            candidates = _sift(sketches, entries, weights, low, high, queries, query, radius, places, bands, limit)
            heavy[query] = candidates > limit
            _learn(luck, candidates > limit)
            if candidates > limit:
                candidates = 0
            candidates = _winnow(words, entries, sketches, bits, queries, query, radius, places, bands, candidates)
        elif query < total:
            heavy[query] = True
    return found


@kernel
def _spared(luck: Any) -> Any:
    """Whether a query is called heavy without a try, because those before it were."""
    if luck[1] > 0:
        luck[1] -= 1
        return True
    return False


@kernel
def _learn(luck: Any, heavy: Any) -> None:
    """A try in vain costs about what a scan of few entries does: the more of them end so, the fewer are made."""
    luck[0] = min(luck[0] + 1, MOST_IN_VAIN) if heavy else luck[0] // 2
    luck[1] = (np.int64(1) << luck[0]) >> 2


@kernel
def _look_up(offsets: Any, masks: Any, stride: int, queries: Any, query: int, low: Any, high: Any) -> None:
    """Where the sketches of each bucket begin and end; after the last, nothing to be fetched ahead."""
    probe = 0
    for band in range(16):
        value = np.int64(band_of(queries, query, band))
        for n in range(masks.shape[0]):
            at = band * (VALUES + 1) + (value ^ np.int64(masks[n]))
            low[probe], high[probe] = band * stride + np.int64(offsets[at]), band * stride + np.int64(offsets[at + 1])
            probe += 1
    low[probe:] = high[probe:] = 0


@kernel
def _fetch_offsets(offsets: Any, masks: Any, queries: Any, query: int) -> None:
    for band in range(16):
        value = np.int64(band_of(queries, query, band))
        for n in range(masks.shape[0]):
            fetch(offsets, band * (VALUES + 1) + (value ^ np.int64(masks[n])))


@kernel
def fetch_all(sketches: Any, place: int, end: int) -> None:
    """Begin to bring in every line of the sketches from `place` up to `end`."""
    while place < end:
        fetch(sketches, place)
        place += 32
    fetch(sketches, max(end - 1, 0))


@kernel
def _sift(
    sketches: Any, entries: Any, weights: Any, low: Any, high: Any, queries: Any, query: int, radius: int,
    places: Any, bands: Any, limit: int,
) -> Any:  # fmt: skip
    """The places of the entries whose band and next band are near enough; no more than just above `limit` of them."""
    pair = 2 * radius // 16
    stride, count = sketches.shape[0] // 16, entries.shape[0] // 16
    probe = candidates = 0
    for band in range(16):
        following = band_of(queries, query, (band + 1) & 15)
        entry = band * (count - stride)
        for n in range(weights.shape[0]):
            fetch_all(sketches, low[probe + AHEAD], high[probe + AHEAD])
            most = np.uint16(pair - weights[n])
            place, end = low[probe], high[probe]
            probe += 1
            while place < end:
                near = passing(sketches, place, following, most)
                if end - place < 32:
                    near &= (np.uint32(1) << np.uint32(end - place)) - np.uint32(1)
                while near:
                    at = place + lowest(near)
                    near &= near - np.uint32(1)
                    fetch(entries, entry + at)
                    places[candidates], bands[candidates] = at, (band << 4) + weights[n]
                    candidates += 1
                if candidates > limit:
                    return candidates
                place += 32
    return candidates


@kernel
def _winnow(
    words: Any, entries: Any, sketches: Any, bits: int, queries: Any, query: int, radius: int,
    places: Any, bands: Any, candidates: int,
) -> Any:  # fmt: skip
    """Those of the candidates whose third band may be near enough, as rows of `words` that are on their way."""
    triple = 3 * radius // 16
    difference = entries.shape[0] // 16 - sketches.shape[0] // 16
    left = 0
    for n in range(candidates):
        band, place = np.int64(bands[n] >> 4), places[n]
        entry = entries[place + band * difference]
        spent = np.int64(bands[n] & 15) + np.int64(
            ones(np.uint64(sketches[place] ^ band_of(queries, query, (band + 1) & 15)))
        )
        if spent + third_bits(entry, bits, band_of(queries, query, (band + 2) & 15)) <= triple:
            places[left], bands[left] = place_of(entry, bits), band
            fetch(words, 4 * places[left])
            left += 1
    return left


@kernel
def place_of(entry: Any, bits: int) -> Any:
    return np.int64(entry) & ((np.int64(1) << bits) - np.int64(1))


@kernel
def third_bits(entry: Any, bits: int, third: Any) -> Any:
    """In how many of the bits kept of the third band it differs from a query's."""
    return np.int64(ones(((np.uint64(third) << np.uint64(bits)) ^ np.uint64(entry)) >> np.uint64(bits) & spare(bits)))


@kernel
def spare(bits: int) -> Any:
    """The bits of the third band for which there is room beside a place."""
    return (np.uint64(1) << np.uint64(min(16, 32 - bits))) - np.uint64(1)


@kernel
def _verify(
    words: Any, rows: Any, bands: Any, count: int, queries: Any, query: int, first: int, radius: int,
    hit_queries: Any, hit_entries: Any, hit_distances: Any, found: int,
) -> Any:  # fmt: skip
    """Look at the whole hashes of the candidates."""
    for n in range(count):
        entry = rows[n]
        a, b = words[entry, 0] ^ queries[query, 0], words[entry, 1] ^ queries[query, 1]
        c, d = words[entry, 2] ^ queries[query, 2], words[entry, 3] ^ queries[query, 3]
        distance = ones(a) + ones(b) + ones(c) + ones(d)
        if distance <= radius and lowest_band(a, b, c, d, radius) == bands[n]:
            if found < hit_queries.shape[0]:
                hit_queries[found], hit_entries[found], hit_distances[found] = first + query, entry, distance
            found += 1
    return found


@kernel
def lowest_band(a: Any, b: Any, c: Any, d: Any, radius: int) -> Any:
    """The lowest band from which on an entry with these differences passes."""
    single, pair, triple = radius // 16, 2 * radius // 16, 3 * radius // 16
    first, second = bits_of(a, b, c, d, 0), bits_of(a, b, c, d, 1)
    for band in range(16):
        third = bits_of(a, b, c, d, (band + 2) & 15)
        if first <= single and first + second <= pair and first + second + third <= triple:
            return band
        first, second = second, third
    return 16


@kernel
def bits_of(a: Any, b: Any, c: Any, d: Any, band: int) -> Any:
    word = a if band < 4 else b if band < 8 else c if band < 12 else d
    return np.int64(ones((word >> np.uint64(16 * (band & 3))) & np.uint64(0xFFFF)))
