"""The search of the ring for many queries at once: every bucket is read once, in the order of its address, for all the
queries that ask for it. Memory is then read ahead by the processor instead of line by line from anywhere.
"""

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from maillon.matching.hits import Hits, Look, collect, refuse_radius
from maillon.matching.ring import (
    BANDS,
    VALUES,
    Array,
    Ring,
    band_of,
    lowest_band,
    place_of,
    probes,
    third_bits,
    width,
    with_heavy,
)
from maillon.matching.vectors import fetch, kernel, lowest, ones, passing
from maillon.matching.words import Words

STRETCHES = 2
"""Parts of a band that may be looked at by one thread each."""
GIANT = 256
"""A bucket with one entry in so many counts among what a query has asked to be looked at,"""
BOUND = 4
"""and so does each entry that is read whole, `READ` times; above one in so many of all entries, the scan is quicker."""
READ = 128
LEAST = 64
WAITING = 1 << 10
"""Candidates that are fetched before the first is read."""


def search(ring: Ring, queries: Words, radius: int, *, threads: int = 1) -> Hits:
    """Every entry within `radius` of each query, none left out."""
    refuse_radius(radius)
    heavy = np.zeros(len(queries), np.bool_)
    found = collect(by_bucket(ring, queries, radius, heavy, threads=threads), threads=threads)
    return with_heavy(ring, queries, radius, heavy, found, threads=threads)


def by_bucket(ring: Ring, queries: Words, radius: int, heavy: Array, *, threads: int) -> list[Look]:
    """Stretches of buckets, each with the queries that ask for them; queries that ask for too much become `heavy`."""
    masks, weights = probes(radius // BANDS)
    count = len(ring.words)
    giant, bound = max(LEAST, count // GIANT), max(READ * LEAST, count // BOUND)
    burden = np.zeros(len(queries), np.int64)

    def look(band: int, begin: int, end: int, asked: tuple[Array, ...], *hits: Array) -> int:
        arrays = (ring.words, ring.offsets[band], ring.entries[band], ring.sketches[band], width(count), band)
        limits = (giant, bound, burden, heavy)
        return int(_sweep(*arrays, masks, weights, queries, *asked, radius, begin, end, *limits, *hits))

    looks: list[Look] = []
    for band in range(BANDS):
        asked = np.empty(VALUES + 1, np.int32), np.empty(len(queries), np.int32), np.empty(len(queries), np.uint16)
        _sort(queries, band, *asked)
        bounds = [VALUES * n // STRETCHES for n in range(STRETCHES + 1)]
        looks += [partial(look, band, begin, end, asked) for begin, end in pairwise(bounds)]
    return looks


@kernel
def _sort(queries: Any, band: int, begins: Any, order: Any, sketches: Any) -> None:
    """The queries in the order of their band, where those of each value begin, and their next bands."""
    begins[:] = 0
    for query in range(queries.shape[0]):
        begins[np.int64(band_of(queries, query, band)) + 1] += 1
    for value in range(VALUES):
        begins[value + 1] += begins[value]
    at = begins.copy()
    for query in range(queries.shape[0]):
        value = band_of(queries, query, band)
        order[at[value]] = query
        sketches[at[value]] = band_of(queries, query, (band + 1) & 15)
        at[value] += 1


@kernel
def _sweep(
    words: Any, offsets: Any, entries: Any, sketches: Any, bits: int, band: int, masks: Any, weights: Any,
    queries: Any, begins: Any, order: Any, asked: Any, radius: int, first: int, last: int,
    giant: int, bound: int, burden: Any, heavy: Any, hit_queries: Any, hit_entries: Any, hit_distances: Any,
) -> Any:  # fmt: skip
    """How many hits there are in these buckets, whatever there was room for."""
    pair = 2 * radius // 16
    seen = np.empty(WAITING, np.uint32)
    places, askers = np.empty(WAITING, np.int64), np.empty(WAITING, np.int64)
    rows, ours = np.empty(32 * WAITING, np.int64), np.empty(32 * WAITING, np.int64)
    waiting: Any = 0
    found: Any = 0
    for bucket in range(first, last):
        low, high = np.int64(offsets[bucket]), np.int64(offsets[bucket + 1])
        counts = high - low > giant
        for probe in range(masks.shape[0] if low < high else 0):
            value = bucket ^ np.int64(masks[probe])
            most = np.uint16(pair - weights[probe])
            for n in range(begins[value], begins[value + 1]):
                if counts and _too_much(burden, heavy, order[n], high - low, bound):
                    continue
                place = low
                while place < high:
                    near = passing(sketches, place, asked[n], most)
                    if high - place < 32:
                        near &= (np.uint32(1) << np.uint32(high - place)) - np.uint32(1)
                    # Written always and counted where it is something: a branch here is mistaken too often.
                    seen[waiting], places[waiting], askers[waiting] = near, place, (n << 5) + weights[probe]
                    waiting += np.int64(near != 0)
                    if waiting == WAITING:
                        found = _verify(
                            words, entries, sketches, bits, band, seen, places, askers, waiting, order, asked,
                            rows, ours, queries, radius, bound, burden, heavy,
                            hit_queries, hit_entries, hit_distances, found,
                        )  # fmt: skip
                        waiting = 0
                    place += 32
    return _verify(
        words, entries, sketches, bits, band, seen, places, askers, waiting, order, asked,
        rows, ours, queries, radius, bound, burden, heavy,
        hit_queries, hit_entries, hit_distances, found,
    )  # fmt: skip


@kernel
def _too_much(burden: Any, heavy: Any, query: int, more: int, bound: int) -> Any:
    """Whether the query has asked for too much by now; then it is heavy."""
    burden[query] += more
    if burden[query] > bound:
        heavy[query] = True
    return heavy[query]


@kernel
def _verify(
    words: Any, entries: Any, sketches: Any, bits: int, band: int, seen: Any, places: Any, askers: Any, waiting: int,
    order: Any, asked: Any, rows: Any, ours: Any, queries: Any, radius: int, bound: int, burden: Any, heavy: Any,
    hit_queries: Any, hit_entries: Any, hit_distances: Any, found: int,
) -> Any:  # fmt: skip
    """Look at the third bands of what was seen, then at the whole hashes of what is left; not for heavy queries."""
    triple = 3 * radius // 16
    for n in range(waiting):
        fetch(entries, places[n])
        fetch(entries, places[n] + 16)
        fetch(queries, 4 * np.int64(order[askers[n] >> 5]))
    left = 0
    for n in range(waiting):
        near, asker = seen[n], askers[n] >> 5
        query = np.int64(order[asker])
        third = band_of(queries, query, (band + 2) & 15)
        while near:
            at = places[n] + lowest(near)
            near &= near - np.uint32(1)
            spent = (askers[n] & 31) + np.int64(ones(np.uint64(sketches[at] ^ asked[asker])))
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
