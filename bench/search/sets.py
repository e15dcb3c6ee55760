"""Sets of hashes as life or an adversary makes them: each a function of a generator and how many, uint8 (n, 32)."""

import numpy as np

from bench.search.data import Make, Rng, strangers
from bench.search.pictures import pictures
from bench.search.searcher import BYTES, Array
from maillon.matching.words import hashes_of

CLUSTER = 500
COPIES = 1000
VALUES = 8
"""Of each band, where there are few."""
STEP = 100_000


def clusters(rng: Rng, n: int) -> Array:
    """500 around each centre, any two of which differ in at most 30 bits."""
    centres = np.repeat(strangers(rng, n // CLUSTER + 1), CLUSTER, axis=0)[:n]
    return some_flipped(rng, centres, 15)


def repeated(rng: Rng, n: int) -> Array:
    """1,000 times the same, and another 1,000 times the same…"""
    return np.repeat(strangers(rng, n // COPIES + 1), COPIES, axis=0)[:n]


def constant(rng: Rng, n: int) -> Array:
    """All the same."""
    return np.repeat(strangers(rng, 1), n, axis=0)


def few_bands(rng: Rng, n: int) -> Array:
    """Every band of the index has eight values: somebody who read the source made them."""
    values = rng.integers(0, 1 << 16, (16, VALUES), dtype=np.uint16)
    alone = np.zeros((16, VALUES, 16), np.uint16)
    alone[np.arange(16), :, np.arange(16)] = values
    of_bands = np.frombuffer(hashes_of(alone.reshape(-1, 16).view(np.uint64)), np.uint64).reshape(16, VALUES, -1)
    found = np.zeros((n, BYTES // 8), np.uint64)
    for at in range(0, n, STEP):
        part = found[at : at + STEP]
        for band in of_bands:
            part ^= band[rng.integers(0, VALUES, len(part))]
    return found.view(np.uint8)


def flat(rng: Rng, n: int) -> Array:
    """Nearly all zeros or all ones, as of plain surfaces."""
    grounds = np.where(rng.random(n) < 0.5, 0, 255).astype(np.uint8)
    return some_flipped(rng, np.repeat(grounds[:, None], BYTES, axis=1), 8)


def some_flipped(rng: Rng, hashes: Array, most: int) -> Array:
    """Up to so many bits of each flipped, half of that in the middle; in place."""
    for at in range(0, len(hashes), STEP):
        part = hashes[at : at + STEP]
        rows = np.arange(len(part))
        for _ in range(most):
            bits = rng.integers(0, 8 * BYTES, len(part))
            part[rows, bits >> 3] ^= (rng.integers(0, 2, len(part)) << (bits & 7)).astype(np.uint8)
    return hashes


SETS: dict[str, Make] = {
    "uniform": strangers,
    "pictures": pictures,
    "clusters": clusters,
    "repeated": repeated,
    "constant": constant,
    "few bands": few_bands,
    "flat": flat,
}
