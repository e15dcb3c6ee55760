"""The data: sets of hashes and queries, the same for the same seed, as files that every searcher maps."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.search.searcher import BYTES, Array

SEED = 6
PART = 1_000_000
NEAR, FAR = 31, 40
PLANTED = 0.01
"""Of the queries, so many each are planted at distances of 0…31 and of 32…40; the rest are strangers."""
Rng = np.random.Generator
Make = Callable[[Rng, int], Array]


class Data(NamedTuple):
    """hashes.npy: uint8 (n, 32); queries.npy: uint8 (m, 32); planted.npy: int64 (k, 3), query, entry, distance."""

    folder: Path
    n: int
    digest: str

    def hashes(self) -> Array:
        return np.asarray(np.load(self.folder / "hashes.npy", mmap_mode="r"))

    def queries(self) -> Array:
        return np.asarray(np.load(self.folder / "queries.npy"))


def strangers(rng: Rng, count: int) -> Array:
    """Random hashes."""
    return rng.integers(0, 2**64, (count, BYTES // 8), dtype=np.uint64).view(np.uint8)


def kept(folder: Path, n: int, queries: int, make: Make = strangers) -> Data:
    """Hashes of one set, and queries as strange to it as others of its kind, but for those planted near one of them."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng([SEED, n])
    kind: Any = np.uint8
    hashes = np.lib.format.open_memmap(folder / "hashes.npy", mode="w+", dtype=kind, shape=(n, BYTES))
    for at in range(0, n, PART):
        hashes[at : at + PART] = make(rng, min(PART, n - at))
    asked, planted = plant(rng, hashes, make(rng, queries))
    hashes.flush()
    np.save(folder / "queries.npy", asked)
    np.save(folder / "planted.npy", planted)
    return Data(folder, n, digest(folder))


def plant(rng: Rng, hashes: Array, queries: Array) -> tuple[Array, Array]:
    """The queries, some of them replaced by a hash with bits flipped; and which, from where, and how many bits."""
    each = max(64, int(len(queries) * PLANTED))
    places = rng.permutation(len(queries))[: 2 * each]
    entries = rng.integers(0, len(hashes), len(places))
    distances = np.concatenate([np.arange(each) % (NEAR + 1), NEAR + 1 + np.arange(each) % (FAR - NEAR)])
    queries[places] = flipped(rng, hashes[entries], distances)
    planted = np.stack([places, entries, distances], axis=1).astype(np.int64)
    return queries, rng.permutation(planted)


def flipped(rng: Rng, hashes: Array, distances: Array) -> Array:
    """Each hash with so many of its bits flipped, any of them."""
    ranks = rng.permuted(np.tile(np.arange(8 * BYTES, dtype=np.uint16), (len(hashes), 1)), axis=1)
    masks = np.packbits(ranks < np.asarray(distances)[:, None], axis=1)
    return np.asarray(hashes ^ masks)


def digest(folder: Path) -> str:
    """Of all that the searchers are given."""
    summed = hashlib.blake2b(digest_size=8)
    for name in ("hashes.npy", "queries.npy", "planted.npy"):
        with (folder / name).open("rb") as file:
            for block in blocks(file):
                summed.update(block)
    return summed.hexdigest()


def blocks(file: Any, size: int = 1 << 22) -> Iterator[bytes]:
    while block := file.read(size):
        yield block
