"""PDQ hashes of crops and edits of benign pictures, and of overlays of these, as many as are wanted.

PDQ is linear up to its last step, which compares 256 numbers with their median. So the hash of a picture laid over
another is had from the numbers of both, and ten million hashes from a few thousand crops in seconds.
"""

import subprocess
import sys
from functools import cache

import numpy as np

from bench.home import SOURCE
from bench.search import environment
from bench.search.searcher import Array

CROPS = 20_000
FEW = 200
ENOUGH = 100_000
"""From so many hashes on, all crops are made."""
KEPT = SOURCE / "bench" / "data" / "search"
STEP = 20_000


def pictures(rng: np.random.Generator, n: int) -> Array:
    """The first are of crops themselves; the others are overlays, up to half and half."""
    numbers = crops(CROPS if n >= ENOUGH else FEW)
    found = np.empty((n, 32), np.uint8)
    for at in range(0, n, STEP):
        rows = np.arange(at, min(at + STEP, n))
        under, over = numbers[rows % len(numbers)], numbers[rng.integers(0, len(numbers), len(rows))]
        part = np.where(rows < len(numbers), 0, rng.uniform(0, 0.5, len(rows))).astype(np.float32)[:, None]
        found[rows] = hashes(under + part * (over - under))
    return found


def hashes(numbers: Array) -> Array:
    """A bit for each number above the median, as pdqhash sets them."""
    median = np.partition(numbers, 127, axis=1)[:, 127]
    return np.packbits(numbers > median[:, None], axis=1)


@cache
def crops(count: int) -> Array:
    """What PDQ computes of so many; made once and kept."""
    folder = environment.sample_pictures()
    path = KEPT / f"crops-{count}-{'samples' if folder else 'drawn'}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".part.npy")
        words = [
            environment.python() or sys.executable,
            "-m",
            "bench.search.crops",
            count,
            made,
            *filter(None, [folder]),
        ]
        subprocess.run([str(word) for word in words], cwd=SOURCE, check=True)
        made.rename(path)
    return np.asarray(np.load(path))
