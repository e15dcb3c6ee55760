"""The cache lines that the search in query order reads, and what a line from a random place costs on this machine."""

from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from bench.search.searcher import RADIUS, Array
from maillon.matching.ring import BANDS, Ring, probes, width
from maillon.matching.words import Words

LINE = 64
TOUCHES = 2_000_000
ROUNDS = 5


class Touched(NamedTuple):
    """Lines for one query, on average, and of how many bytes the array is that they lie in."""

    lines: float
    bytes: int
    run: float
    """Lines that lie side by side, on average."""


def touched(ring: Ring, queries: Words) -> dict[str, Touched]:
    """Where the search has to read for these queries: buckets' bounds, their sketches, and what passes them."""
    seen = [read_for(ring, query) for query in queries.view(np.uint16).astype(np.int64)]
    counts = {name: sum(len(one[name]) for one in seen) / len(seen) for name in seen[0]}
    masks, _ = probes(RADIUS // BANDS)
    runs = {name: counts[name] / (BANDS * len(masks)) if name == "sketches" else 1 for name in counts}
    return {name: Touched(counts[name], getattr(ring, name).nbytes, max(1.0, runs[name])) for name in counts}


def read_for(ring: Ring, query: Array) -> dict[str, Array]:
    """The lines of each array that are read for one query, given as its bands."""
    masks, weights = probes(RADIUS // BANDS)
    bits = width(len(ring.words))
    seen: dict[str, list[Array]] = {name: [] for name in ring._fields}
    for band in range(BANDS):
        second, third = query[(band + 1) % BANDS], query[(band + 2) % BANDS]
        buckets = query[band] ^ masks.astype(np.int64)
        low, high = ring.offsets[band][buckets].astype(np.int64), ring.offsets[band][buckets + 1].astype(np.int64)
        rows = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])
        spent = np.repeat(weights, high - low) + np.bitwise_count(ring.sketches[band][rows] ^ second)
        near = spent <= 2 * RADIUS // BANDS
        entries = ring.entries[band][rows[near]].astype(np.int64)
        spent = spent[near] + np.bitwise_count(((entries >> bits) ^ third) & ((1 << min(16, 32 - bits)) - 1))
        places = 4 * (entries & ((1 << bits) - 1))[spent <= 3 * RADIUS // BANDS]
        seen["offsets"].append(lines(ring.offsets[band], buckets, buckets + 2))
        seen["sketches"].append(lines(ring.sketches[band], low, high))
        seen["entries"].append(lines(ring.entries[band], rows[near], rows[near] + 1))
        seen["words"].append(lines(ring.words.ravel(), places, places + 4))
    return {name: np.unique(np.concatenate(found)) for name, found in seen.items()}


def lines(array: Array, low: Array, high: Array) -> Array:
    """The numbers of the lines in which these stretches of a contiguous array lie."""
    begin = array.ctypes.data
    first = (begin + low * array.itemsize) // LINE
    last = (begin + high * array.itemsize - 1) // LINE
    found = [np.arange(a, b + 1) for a, b, some in zip(first, last, high > low, strict=True) if some]
    return np.concatenate(found) if found else np.empty(0, np.int64)


class Memory:
    """Memory of so many bytes, on whatever pages NumPy gets, as the index."""

    def __init__(self, size: int) -> None:
        # Written, not only asked for: what was never written is one page of zeros, read from the cache.
        self._words = np.ones(max(size // 8, 2 * LINE), np.uint64)
        _read(self._words, 1, 1)

    def line_ns(self, run: int = 1) -> float:
        """Of a line at a random place, others being on their way at the same time, or of so many side by side each."""
        return min(_timed(self._words, run) for _ in range(ROUNDS))


def _timed(words: Array, run: int) -> float:
    begun = perf_counter()
    _read(words, TOUCHES // run, run)
    return (perf_counter() - begun) / (TOUCHES // run * run) * 1e9


@njit(nogil=True)
def _read(words: Any, count: int, run: int) -> Any:
    """Places by a generator of its own: none depends on what was read before, so that the processor reads ahead."""
    most = np.uint64(words.shape[0] // 8 - run)
    state, total = np.uint64(88172645463325252), np.uint64(0)
    for _ in range(count):
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        place = 8 * (((state >> np.uint64(32)) * most) >> np.uint64(32))
        for step in range(run):
            total += words[place + np.uint64(8 * step)]
    return total
