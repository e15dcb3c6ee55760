"""Random hashes, and others to look up of which some are near one of them."""

from typing import Any

import numpy as np

Hashes = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
SEED = 6
BYTES = 32
PLANTED = 0.01
"""Of what is looked up, so much lies at distances of 0…31 from a known hash; the rest are strangers."""


def made(known: int, asked: int) -> tuple[Hashes, list[str]]:
    """Known hashes, and hexadecimal ones to look up."""
    rng = np.random.default_rng([SEED, known])
    hashes, queries = strangers(rng, known), strangers(rng, asked)
    for number, place in enumerate(rng.permutation(asked)[: max(64, int(asked * PLANTED))]):
        bits = np.unpackbits(hashes[rng.integers(known)])
        bits[rng.permutation(8 * BYTES)[: number % 32]] ^= 1
        queries[place] = np.packbits(bits)
    return hashes, [bytes(one).hex() for one in queries]


def strangers(rng: Any, count: int) -> Hashes:
    found: Hashes = rng.integers(0, 256, (count, BYTES), dtype=np.uint8)
    return found
