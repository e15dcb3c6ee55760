"""`never_slower_than_scan`: our search ÷ our plain scan, over every set of hashes at every size; the worst counts."""

import os
import sys
from collections.abc import Iterator

import numpy as np

from bench.figure import Measured
from bench.home import Home
from bench.search.beside_scan import Ratio, ratios
from bench.search.data import SEED
from bench.search.sets import SETS

SIZES = {"full": (1_000, 10_000, 100_000, 1_000_000, 10_000_000), "small": (1_000, 20_000)}
SECONDS = {"full": 0.3, "small": 0.01}
"""For each side of each comparison, where a call is not longer."""


def measure(home: Home, size: str) -> Iterator[Measured]:
    found: dict[tuple[str, int], list[Ratio]] = {}
    for name, make in SETS.items():
        for n in SIZES[size]:
            print(f"  {name}, {n:,} hashes …", file=sys.stderr, flush=True)
            rng = np.random.default_rng([SEED, n])
            found[name, n] = list(ratios(rng, make(rng, n), SECONDS[size]))
    worst = min(found, key=lambda at: min(found[at]))
    told = {
        f"{name} {n:.0e}": {
            f"{r.queries} {r.threads}T {r.batch}": [round(r.value, 2), round(r.a_second)] for r in found[name, n]
        }
        for name, n in found
    }
    every = [r.scan for of_one in found.values() for r in of_one if r.value <= 2]  # the others were measured briefly
    yield Measured(
        figure="never_slower_than_scan",
        value=min(found[worst]).value,
        peer={"what": "our own plain scan of the same hashes, turn by turn; the middle one of the turns' ratios"},
        settings={
            "worst": [*worst, *min(found[worst])],
            "each": "queries, threads, queries a call: ratio, the scan's to itself, queries a second",
            "scan beside itself": [round(min(every), 3), round(max(every), 3)],
            "all": told,
            "load": round(os.getloadavg()[0], 1),
        },
    )
