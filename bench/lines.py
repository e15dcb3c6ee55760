"""`search_cache_lines`: queries a second in query order ÷ the most that the cache lines which they touch allow.

Lines are counted for a sample of queries; what one costs is measured by reading at random places of memory as large as
the array it lies in, one thread on both sides. Stated beside it: the bound where lines that lie side by side cost less,
and the looser one where every line costs what it does in memory as large as all arrays together.
"""

import os
from collections.abc import Iterator
from time import perf_counter

import numpy as np

from bench.figure import Measured
from bench.home import Home
from bench.search.data import SEED, strangers
from bench.search.lines import Memory, Touched, touched
from bench.search.searcher import RADIUS
from maillon.matching import ring
from maillon.matching.words import Words, words_of

SIZES = {"full": (1_000_000, 10_000_000), "small": (20_000,)}
COUNTED, A_CALL, CALLS = 100, 1_000, 30


def measure(home: Home, size: str) -> Iterator[Measured]:
    told = {n: at_size(n) for n in SIZES[size]}
    n, last = list(told.items())[-1]
    yield Measured(
        figure="search_cache_lines",
        value=last["of_random_lines"],
        peer={
            "what": "what the lines cost at a random place of as large an array",
            "value": last["bound_us"],
            "unit": "µs",
        },
        settings={"n": n, "queries_a_call": A_CALL, "all": told, "load": round(os.getloadavg()[0], 1)},
    )


def at_size(n: int) -> dict[str, float]:
    rng = np.random.default_rng([SEED, n])
    built = ring.build(words_of(strangers(rng, n).tobytes()), threads=2)
    queries = words_of(strangers(rng, A_CALL * CALLS).tobytes())
    found = touched(built, queries[:COUNTED])
    memory = {name: Memory(of.bytes) for name, of in found.items()} | {
        "all": Memory(sum(f.bytes for f in found.values()))
    }
    before = costs(memory, found)
    took = {threads: best(built, queries, threads) for threads in (1, 2)}
    cost = {what: min(ns, before[what]) for what, ns in costs(memory, found).items()}
    us = {
        "of_random_lines": sum(of.lines * cost[name] for name, of in found.items()) / 1e3,
        "of_lines_side_by_side": sum(of.lines * cost[f"{name} side by side"] for name, of in found.items()) / 1e3,
        "of_lines_of_all_arrays_together": sum(of.lines for of in found.values()) * cost["all"] / 1e3,
    }
    return {
        "us_1T": round(took[1], 2),
        "us_2T": round(took[2], 2),
        "bound_us": round(us["of_random_lines"], 2),
        **{name: round(bound / took[1], 3) for name, bound in us.items()},
        **{f"lines_{name}": round(of.lines, 1) for name, of in found.items()},
        **{f"ns {what}": round(ns, 2) for what, ns in cost.items()},
    }


def costs(memory: dict[str, Memory], found: dict[str, Touched]) -> dict[str, float]:
    """Nanoseconds of a line in each array, alone and beside the next as often as they are."""
    told = {name: one.line_ns() for name, one in memory.items()}
    return told | {f"{name} side by side": memory[name].line_ns(round(of.run)) for name, of in found.items()}


def best(built: ring.Ring, queries: Words, threads: int) -> float:
    """Microseconds a query, of the best call."""
    ring.search(built, queries[:A_CALL], RADIUS, threads=threads)
    took = []
    for at in range(0, len(queries), A_CALL):
        begun = perf_counter()
        ring.search(built, queries[at : at + A_CALL], RADIUS, threads=threads)
        took.append(perf_counter() - begun)
    return min(took) / A_CALL * 1e6
