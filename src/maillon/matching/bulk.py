"""The search of the ring for many queries at once: every bucket is read once, in the order of its address, for all the
queries that ask for it. Memory is then read ahead by the processor instead of line by line from anywhere.

The buckets are taken in blocks small enough that who asks for each of them is put in order within the processor's
cache.
"""

from functools import partial
from typing import Any

import numpy as np

from maillon.matching.hits import Hits, Look, collect, joined, refuse_radius
from maillon.matching.ring import (
    AHEAD,
    BANDS,
    VALUES,
    Array,
    Ring,
    band_of,
    fetch_all,
    lowest_band,
    place_of,
    probes,
    third_bits,
    width,
    with_heavy,
)
from maillon.matching.vectors import LANES, fetch, kernel, lowest, ones, passing, put
from maillon.matching.words import Words

BLOCK = 1 << 10
"""Buckets in a block."""
BLOCKS = VALUES // BLOCK
DENSE = 4
"""With so many askers for each bucket nearly every line is read, which the processor foresees. With fewer, lines are
fetched ahead,"""
GRAIN = 3
"""and two to the power of so many buckets side by side are asked in any order."""
STEP = 2 * LANES
"""Entries whose sketches are compared before it is written down which pass."""
GIANT = 256
"""A bucket with one entry in so many counts among what a query has asked to be looked at,"""
BOUND = 4
"""and so does each entry that is read whole, `READ` times; above one in so many of all entries, the scan is quicker."""
READ = 128
LEAST = 64
WAITING = 1 << 8
"""Steps in which something passed that are looked at together, what they need being fetched before."""


def search(ring: Ring, queries: Words, radius: int, *, threads: int = 1) -> Hits:
    """Every entry within `radius` of each query, none left out."""
    refuse_radius(radius)
    heavy = np.zeros(len(queries), np.bool_)
    found = collect(by_bucket(ring, queries, radius, heavy), threads=threads)
    return joined(with_heavy(ring, queries, radius, heavy, found, threads=threads), len(queries))


def by_bucket(ring: Ring, queries: Words, radius: int, heavy: Array) -> list[Look]:
    """Band by band; queries that ask for too much become `heavy`."""
    masks, weights = probes(radius // BANDS)
    count = len(ring.words)
    giant, bound = max(LEAST, count // GIANT), max(READ * LEAST, count // BOUND)
    burden = np.zeros(len(queries), np.int64)

    def look(band: int, *hits: Array) -> int:
        arrays = (ring.words, ring.offsets[band], ring.entries[band], ring.sketches[band], width(count), band)
        return int(_sweep(*arrays, masks, weights, queries, radius, giant, bound, burden, heavy, *hits))

    return [partial(look, band) for band in range(BANDS)]


@kernel
def _sort(queries: Any, band: int, begins: Any, values: Any, askers: Any) -> None:
    """The queries by the block that their value lies in, where those of each block begin, and what they become.

    An asker is a query (above 32 bits) and its next band (the lowest sixteen); between them, once it is known which
    bucket it asks for, where that is in its block (above 20 bits), and in how many bits its value differs from theirs.
    """
    begins[:] = 0
    for query in range(queries.shape[0]):
        begins[np.int64(band_of(queries, query, band)) // BLOCK + 1] += 1
    for block in range(BLOCKS):
        begins[block + 1] += begins[block]
    places = begins.copy()
    for query in range(queries.shape[0]):
        value = band_of(queries, query, band)
        at = places[np.int64(value) // BLOCK]
        places[np.int64(value) // BLOCK] = at + 1
        values[at] = value
        askers[at] = np.uint64(query) << np.uint64(32) | np.uint64(band_of(queries, query, (band + 1) & 15))


@kernel
def _ask(
    block: int, grain: int, masks: Any, weights: Any, starts: Any, values: Any, askers: Any, begins: Any, asked: Any
) -> Any:
    """The askers of each grain of buckets of a block, in `asked` or in more room; and where those of each begin."""
    begins[:] = 0
    for probe in range(masks.shape[0]):
        mask = np.int64(masks[probe])
        source = block ^ (mask // BLOCK)
        for n in range(starts[source], starts[source + 1]):
            begins[(((np.int64(values[n]) ^ mask) & (BLOCK - 1)) >> grain) + 2] += 1
    for at in range(2, begins.shape[0] - 1):
        begins[at + 1] += begins[at]
    total = begins[begins.shape[0] - 1]
    if total > asked.shape[0]:
        asked = np.empty(2 * total, np.uint64)
    for probe in range(masks.shape[0]):
        mask, weight = np.int64(masks[probe]), np.uint64(weights[probe]) << np.uint64(16)
        source = block ^ (mask // BLOCK)
        for n in range(starts[source], starts[source + 1]):
            bucket = (np.int64(values[n]) ^ mask) & (BLOCK - 1)
            at = begins[(bucket >> grain) + 1]
            begins[(bucket >> grain) + 1] = at + 1
            asked[at] = askers[n] | weight | np.uint64(bucket) << np.uint64(20)
    return asked


@kernel
def _sweep(
    words: Any, offsets: Any, entries: Any, sketches: Any, bits: int, band: int, masks: Any, weights: Any,
    queries: Any, radius: int, giant: int, bound: int, burden: Any, heavy: Any,
    hit_queries: Any, hit_entries: Any, hit_distances: Any,
) -> Any:  # fmt: skip
    """How many hits there are by this band, whatever there was room for."""
    pair, count = 2 * radius // 16, np.int64(entries.shape[0])
    starts, values = np.empty(BLOCKS + 1, np.int64), np.empty(queries.shape[0], np.uint16)
    askers = np.empty(queries.shape[0], np.uint64)
    _sort(queries, band, starts, values, askers)
    dense = queries.shape[0] * masks.shape[0] >= DENSE * VALUES
    grain = 0 if dense else GRAIN
    begins, asked = np.empty((BLOCK >> grain) + 2, np.int64), np.empty(4 * BLOCK, np.uint64)
    seen, places, theirs = np.empty(WAITING, np.uint64), np.empty(WAITING, np.int64), np.empty(WAITING, np.uint64)
    rows, ours = np.empty(STEP * WAITING, np.int64), np.empty(STEP * WAITING, np.int64)
    waiting: Any = 0
    found: Any = 0
    for block in range(BLOCKS):
        asked = _ask(block, grain, masks, weights, starts, values, askers, begins, asked)
        total, begin, first = begins[BLOCK >> grain], np.int64(0), BLOCK * block
        while begin < total:
            bucket, end = bucket_of(asked[begin]), begin + 1
            low, high = np.int64(offsets[first + bucket]), np.int64(offsets[first + bucket + 1])
            if dense:
                end = begins[bucket + 1]
            else:
                then = first + bucket_of(asked[min(begin + AHEAD, total - 1)])
                fetch_all(sketches, np.int64(offsets[then]), np.int64(offsets[then + 1]))
            counts = high - low > giant
            for n in range(begin, end):
                asker = asked[n]
                if counts and _too_much(burden, heavy, query_of(asker), high - low, bound):
                    continue
                place = low
                while place < high:
                    until = np.int64(min(high, place + STEP * (WAITING - waiting)))
                    waiting = _compare(sketches, place, until, pair, count, asker, seen, places, theirs, waiting)
                    place = until
                    if waiting == WAITING:
                        found = _verify(
                            words, entries, sketches, bits, band, seen, places, theirs, waiting,
                            rows, ours, queries, radius, bound, burden, heavy,
                            hit_queries, hit_entries, hit_distances, found,
                        )  # fmt: skip
                        waiting = 0
            begin = end
    return _verify(
        words, entries, sketches, bits, band, seen, places, theirs, waiting,
        rows, ours, queries, radius, bound, burden, heavy,
        hit_queries, hit_entries, hit_distances, found,
    )  # fmt: skip


@kernel
def _compare(
    sketches: Any, low: int, high: int, pair: int, count: int, asker: Any,
    seen: Any, places: Any, theirs: Any, waiting: Any,
) -> Any:  # fmt: skip
    """Write down which of these entries may be near: how many steps wait then."""
    second, most = second_of(asker), np.uint16(pair - spent_of(asker))
    place = low
    while place < high:
        near = np.uint64(passing(sketches, place, second, most))
        near |= np.uint64(passing(sketches, min(place + LANES, count), second, most)) << np.uint64(LANES)
        near &= ~np.uint64(0) >> np.uint64(max(place + STEP - high, 0))
        # Written always and counted where it is something: a branch here is mistaken too often.
        put(seen, waiting, near)
        put(places, waiting, place)
        put(theirs, waiting, asker)
        waiting += np.int64(near != 0)
        place += STEP
    return waiting


@kernel
def query_of(asker: Any) -> Any:
    return np.int64(asker >> np.uint64(32))


@kernel
def second_of(asker: Any) -> Any:
    return np.uint16(asker & np.uint64(0xFFFF))


@kernel
def spent_of(asker: Any) -> Any:
    return np.int64((asker >> np.uint64(16)) & np.uint64(0xF))


@kernel
def bucket_of(asker: Any) -> Any:
    return np.int64((asker >> np.uint64(20)) & np.uint64(0xFFF))


@kernel
def _too_much(burden: Any, heavy: Any, query: int, more: int, bound: int) -> Any:
    """Whether the query has asked for too much by now; then it is heavy."""
    burden[query] += more
    if burden[query] > bound:
        heavy[query] = True
    return heavy[query]


@kernel
def _verify(
    words: Any, entries: Any, sketches: Any, bits: int, band: int, seen: Any, places: Any, theirs: Any, waiting: int,
    rows: Any, ours: Any, queries: Any, radius: int, bound: int, burden: Any, heavy: Any,
    hit_queries: Any, hit_entries: Any, hit_distances: Any, found: int,
) -> Any:  # fmt: skip
    """Look at the third bands of what was seen, then at the whole hashes of what is left; not for heavy queries."""
    triple = 3 * radius // 16
    for n in range(waiting):
        fetch(entries, places[n] + np.int64(lowest(seen[n])))
        fetch(queries, 4 * query_of(theirs[n]))
    left = 0
    for n in range(waiting):
        near, asker = seen[n], theirs[n]
        query = query_of(asker)
        third = band_of(queries, query, (band + 2) & 15)
        while near:
            at = places[n] + np.int64(lowest(near))
            near &= near - np.uint64(1)
            spent = spent_of(asker) + np.int64(ones(np.uint64(sketches[at] ^ second_of(asker))))
            if spent + third_bits(entries[at], bits, third) <= triple:
                rows[left], ours[left] = place_of(entries[at], bits), query
                fetch(words, 4 * rows[left])
                left += 1
    for n in range(left):
        entry, query = rows[n], ours[n]
        if _too_much(burden, heavy, query, READ, bound):
            continue
        a, b = words[entry, 0] ^ queries[query, 0], words[entry, 1] ^ queries[query, 1]
        c, d = words[entry, 2] ^ queries[query, 2], words[entry, 3] ^ queries[query, 3]
        distance = ones(a) + ones(b) + ones(c) + ones(d)
        if distance <= radius and lowest_band(a, b, c, d, radius) == band:
            if found < hit_queries.shape[0]:
                hit_queries[found], hit_entries[found], hit_distances[found] = query, entry, distance
            found += 1
    return found
