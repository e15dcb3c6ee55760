"""Our search beside our plain scan over one set of hashes, the same queries and threads, turn by turn.

A turn is some calls of the search and as many of the scan, twice: the scan beside itself shows what the measurement
cannot tell. The machine may change its pace at any moment, so that the sides of one turn are compared with each other,
and of all turns the one in the middle counts.
"""

import time
from collections.abc import Callable, Iterator
from statistics import median
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
BLOCK = 0.002
"""Seconds of calls that one side of a turn lasts at least."""
TURNS = 5
"""The fewest;"""
MANY = 31
"""and so many where the search is hardly quicker,"""
LONG = 301
"""or looks slower: few turns are not sharp enough to tell 0.95 from 1;"""
PATIENCE = 20
"""but no more than fit into so many times `seconds`."""


class Ratio(NamedTuple):
    """Queries a second ÷ the scan's, and the scan's ÷ its own."""

    value: float
    scan: float
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
    return int(min(QUERIES, max(1, seconds / TURNS / each), max(1, HITS * 8 // (len(found.queries) + 1))))


def ratio(near: Near, words: Words, asked: Words, name: str, threads: int, batch: int, seconds: float) -> Ratio:
    def ours(queries: Words) -> Any:
        return near.search(queries, RADIUS, threads=threads)

    def plain(queries: Words) -> Any:
        return scan.search(words, queries, RADIUS, threads=threads)

    pieces = [asked[at : at + batch] for at in range(0, QUERIES - batch + 1, batch)]
    sides = (ours, plain, plain)
    calls = lasting(plain, pieces)
    ours(pieces[0])
    turns: list[list[float]] = []
    until = time.perf_counter() + PATIENCE * seconds
    while len(turns) < LONG and (len(turns) < TURNS or time.perf_counter() < until):
        turn = len(turns)
        order = [(turn + n) % 3 for n in range(3)]  # none is always the first
        took = {side: spent(sides[side], pieces, turn * calls, calls) for side in order}
        turns.append([took[1] / took[0], took[1] / took[2], took[0]])
        value, beside, middle = (median(column) for column in zip(*turns, strict=True))
        if (len(turns) >= TURNS and value > 2) or (len(turns) >= MANY and value >= 1):
            break
    return Ratio(value, beside, name, threads, batch, batch * calls / middle)


def lasting(look: Callable[[Words], Any], pieces: list[Words]) -> int:
    """How many calls last a block; the first only warms up."""
    look(pieces[0])
    calls = 1
    while spent(look, pieces, 0, calls) < BLOCK:
        calls *= 2
    return calls


def spent(look: Callable[[Words], Any], pieces: list[Words], first: int, calls: int) -> float:
    begun = time.perf_counter()
    for call in range(first, first + calls):
        look(pieces[call % len(pieces)])
    return time.perf_counter() - begun
