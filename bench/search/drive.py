"""How a searcher is timed. Everything is bounded in time: who is slow answers a sample."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from bench.search.searcher import RADIUS, Array, Searcher

CALLS = 3000
"""One-query calls at most."""


class Rate(NamedTuple):
    """Queries a second, the best of the rounds, and all of them."""

    best: float
    rounds: list[float]
    batch: int
    drive: str


class Latency(NamedTuple):
    """Of one-query calls, in microseconds."""

    median: float
    p99: float
    calls: int


def rate(
    searcher: Searcher, queries: Array, *, threads: int, seconds: float, rounds: int = 3, batch: int | None = None
) -> Rate:
    """Queries a second in about so many seconds, divided into rounds; two threads by whichever drive is better.

    `batch` is how many go in one call; unless given, as many as a round lasts.
    """
    drives = searcher.drives if threads > 1 else ("own threads",)
    share = seconds / len(drives)
    return max(
        (driven(searcher, queries, drive, threads, share, rounds, batch) for drive in drives), key=lambda r: r.best
    )


def driven(
    searcher: Searcher, queries: Array, drive: str, threads: int, seconds: float, rounds: int, batch: int | None
) -> Rate:
    own = drive == "own threads"
    searcher.use_threads(threads if own else 1)
    with ThreadPoolExecutor(1 if own else threads) as pool:
        cut = Cut(searcher, queries, 1 if own else threads)
        size, call = batch or trial(pool, cut, seconds / rounds), 0
        last, rates = time.perf_counter() + seconds * (1 - 0.7 / rounds), []
        while len(rates) < rounds and (not rates or time.perf_counter() < last):
            done, spent = 0, 0.0
            while done == 0 or (batch and spent < seconds / rounds):
                parts, count = cut.parts(call, size)
                spent += timed(lambda parts=parts: list(pool.map(searcher.look, parts)))
                done, call = done + count, call + 1
            rates.append(done / spent)
    return Rate(max(rates), rates, size, drive if threads > 1 else "one thread")


class Cut:
    """Queries cut for calls and threads, in the form that the searcher takes; the same piece is cut once."""

    def __init__(self, searcher: Searcher, queries: Array, threads: int) -> None:
        self._searcher, self._queries, self._threads = searcher, queries, threads
        self._kept: dict[tuple[int, int], tuple[list[Any], int]] = {}

    def parts(self, call: int, size: int) -> tuple[list[Any], int]:
        """What each thread is given at this call, and how many queries that is; round and round."""
        calls = max(1, len(self._queries) // size)
        key = call % calls, size
        if key not in self._kept:
            chosen = self._queries[key[0] * size :][:size]
            parts = [part for part in np.array_split(chosen, self._threads) if len(part)]
            self._kept[key] = [self._searcher.ready(part) for part in parts], len(chosen)
        return self._kept[key]


def trial(pool: ThreadPoolExecutor, cut: Cut, seconds: float) -> int:
    """How many queries a round takes that lasts so many seconds."""
    size = 4
    while True:
        parts, count = cut.parts(0, size)
        spent = timed(lambda parts=parts: list(pool.map(cut._searcher.look, parts)))
        if spent > seconds / 8 or count < size:
            return max(1, min(len(cut._queries), int(count / spent * seconds)))
        size *= 4


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def latency(searcher: Searcher, queries: Array, *, seconds: float) -> Latency:
    """Of calls with one query each, one after the other."""
    searcher.use_threads(1)
    given = [searcher.ready(queries[n : n + 1]) for n in range(min(CALLS, len(queries)))]
    searcher.look(given[-1])
    took: list[float] = []
    until = time.perf_counter() + seconds
    for one in given:
        took.append(timed(lambda one=one: searcher.look(one)))
        if time.perf_counter() > until:
            break
    return Latency(float(np.median(took)) * 1e6, float(np.percentile(took, 99)) * 1e6, len(took))


def recall(searcher: Searcher, queries: Array, planted: Array, n: int, *, seconds: float) -> tuple[int, int]:
    """Of planted pairs (query, entry, distance) within the radius: how many were looked for, how many were found."""
    searcher.use_threads(1)
    wanted = planted[(planted[:, 2] <= RADIUS) & (planted[:, 1] < n)]
    looked = found = 0
    until, size = time.perf_counter() + seconds, 2
    while looked < len(wanted) and time.perf_counter() < until:
        part = wanted[looked : looked + size]
        told = searcher.look(searcher.ready(queries[part[:, 0]]))
        sets = searcher.found(told, len(part))
        found += sum(int(entry) in near for near, entry in zip(sets, part[:, 1], strict=True))
        looked, size = looked + len(part), 2 * size
    return looked, found
