"""Our search beside our plain scan over one set of hashes, the same queries and threads, turn by turn."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from bench.search.data import FAR, Rng, flipped, strangers
from bench.search.searcher import RADIUS, Array
from maillon.matching import scan
from maillon.matching.near import Near
from maillon.matching.words import Words, words_of

QUERIES = 1_000
HITS = 2_000_000
"""No call finds more than about so many."""
ROUNDS = 5
AGAIN = 15
"""Rounds more where it looked slower: the best of few rounds is not sharp enough to tell 0.95 from 1."""

PATIENCE = 20
"""Times `seconds` that one comparison lasts at most, two rounds aside."""


class Ratio(NamedTuple):
    """Queries a second ÷ the scan's."""

    value: float
    queries: str
    threads: int
    batch: int
    a_second: float


def ratios(rng: Rng, hashes: Array, seconds: float) -> Iterator[Ratio]:
    """For queries like the hashes and for strangers, one a call and many, with one thread and two."""
    words = words_of(np.ascontiguousarray(hashes).tobytes())
    near = Near.build(words, threads=2)
    chosen = hashes[rng.integers(0, len(hashes), QUERIES)]
    alike = flipped(rng, chosen, rng.integers(0, FAR + 1, QUERIES))
    for name, queries in (("alike", alike), ("strangers", strangers(rng, QUERIES))):
        asked = words_of(queries.tobytes())
        for threads in (1, 2):
            for batch in sorted({1, largest(words, asked, threads, seconds)}):
                yield ratio(near, words, asked, name, threads, batch, seconds)


def largest(words: Words, asked: Words, threads: int, seconds: float) -> int:
    """As many queries as the scan answers in a part of the time, and no more hits than there is room for."""
    begun = time.perf_counter()
    found = scan.search(words, asked[:8], RADIUS, threads=threads)
    each = (time.perf_counter() - begun) / 8
    return int(min(QUERIES, max(1, seconds / ROUNDS / each), max(1, HITS * 8 // (len(found.queries) + 1))))


def ratio(near: Near, words: Words, asked: Words, name: str, threads: int, batch: int, seconds: float) -> Ratio:
    def ours(queries: Words) -> Any:
        return near.search(queries, RADIUS, threads=threads)

    def plain(queries: Words) -> Any:
        return scan.search(words, queries, RADIUS, threads=threads)

    pieces = [asked[at : at + batch] for at in range(0, QUERIES - batch + 1, batch)]
    took = [longest(look, pieces, seconds / ROUNDS) for look in (ours, plain)]
    best = [np.inf, np.inf]
    until = time.perf_counter() + PATIENCE * seconds
    for turn in range(ROUNDS + AGAIN):
        if (turn >= ROUNDS and best[0] <= best[1]) or (turn > 1 and time.perf_counter() > until):
            break
        for which, look in enumerate((ours, plain)):
            best[which] = min(best[which], spent(look, pieces, took[which]) / took[which])
    return Ratio(float(best[1] / best[0]), name, threads, batch, float(batch / best[0]))


def longest(look: Callable[[Words], Any], pieces: list[Words], seconds: float) -> int:
    """How many calls last so long; the first only warms up."""
    look(pieces[0])
    calls = 1
    while (took := spent(look, pieces, calls)) < seconds / 4:
        calls *= 4
    return max(1, int(calls * seconds / took))


def spent(look: Callable[[Words], Any], pieces: list[Words], calls: int) -> float:
    begun = time.perf_counter()
    for call in range(calls):
        look(pieces[call % len(pieces)])
    return time.perf_counter() - begun
