"""`pdq_kernel`: PDQ of the same pixels, beside the published code.

One thread each, in one process, in turn on each picture; a picture's time is its quickest, the ratio is of the sums.
Every hash and quality must be the same.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pdqhash

from bench.figure import Measured
from bench.home import Home
from bench.photographs import folder_for, kinds, photographs
from maillon.decoding.hashing import pdq
from maillon.decoding.process import keep_memory
from maillon.matching.pdq import Pixels, surely
from maillon.matching.weighing import points_at_once

SIDES = {"full": {"2 megapixels": (1632, 1224), "12 megapixels": (4000, 3000)}, "small": {"small": (800, 700)}}
COUNTS = {"2 megapixels": 60, "12 megapixels": 20, "small": 4}
EACH = {"full": 12, "small": 1}
"""Pictures of each other kind of which is only asked whether the hash is the same, and how it was had."""
ROUNDS = {"full": 3, "small": 1}
OURS_A_TURN = 3
"""Of ours, which is over before the processor has noticed."""
Hashed = tuple[bytes | None, int | None]
T = TypeVar("T")


def measure(home: Home, size: str) -> Iterator[Measured]:
    keep_memory()
    folder, rounds = folder_for(size), ROUNDS[size]
    sides = SIDES[size]
    found = {
        name: beside(photographs(*side, COUNTS[name], folder), pdq, published, rounds) for name, side in sides.items()
    }
    ratios = {name: peer / ours for name, (ours, peer) in found.items()}
    pictures = "crops of scikit-image's photographs with noise, one in five drawn" if folder else "all drawn"
    yield Measured(
        figure="pdq_kernel",
        value=min(ratios.values()),
        peer={
            "what": f"pdqhash {version()}, one thread, quickest of {rounds}",
            "ms": {name: milliseconds(peer, COUNTS[name]) for name, (_, peer) in found.items()},
        },
        settings={
            "ratio": {name: round(ratio, 1) for name, ratio in ratios.items()},
            "ms": {name: milliseconds(ours, COUNTS[name]) for name, (ours, _) in found.items()},
            "summed_in_order": {
                **{
                    name: part(map(undecided, photographs(*side, COUNTS[name], folder))) for name, side in sides.items()
                },
                **others(next(iter(sides.values())), EACH[size], folder),
            },
            "pictures": {name: COUNTS[name] for name in sides},
            "of": pictures,
            "hashes_that_differ": 0,
        },
    )


def beside(
    given: Iterable[T], ours: Callable[[T], Hashed], peer: Callable[[T], Hashed], rounds: int
) -> tuple[float, float]:
    """Seconds of each for all that is given. Ends the bench where one hash or quality is another."""
    own = other = 0.0
    for number, one in enumerate(given):
        wanted, found = peer(one), ours(one)  # compiled by now, or read from disk
        if found != wanted:
            raise SystemExit(f"picture {number} has hash and quality {found}, where the peer has {wanted}")
        turns = [(seconds(peer, one), *(seconds(ours, one) for _ in range(OURS_A_TURN))) for _ in range(rounds)]
        own += min(min(turn[1:]) for turn in turns)
        other += min(turn[0] for turn in turns)
    return own, other


def seconds(hashing: Callable[[T], Hashed], one: T) -> float:
    begun = time.perf_counter()
    hashing(one)
    return time.perf_counter() - begun


def published(pixels: Pixels) -> Hashed:
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits).tobytes(), int(quality)


def others(sides: tuple[int, int], each: int, folder: Path | None) -> dict[str, float]:
    """Of every other kind, the part whose points are summed a second time; all have the published hash."""
    found: dict[str, list[bool]] = {}
    for number in range(each):
        for kind, picture in kinds(*sides, number, folder).items():
            if pdq(picture) != published(picture):
                raise SystemExit(f"a picture ({kind}, {number}) has another hash or quality than the published one")
            found.setdefault(kind, []).append(undecided(picture))
    return {kind: part(seen) for kind, seen in found.items()}


def undecided(picture: Pixels) -> bool:
    """Whether its points are summed a second time."""
    return surely(points_at_once(np.ascontiguousarray(picture).reshape(len(picture), -1), 3)) is None


def part(seen: Iterable[bool]) -> float:
    return round(statistics.mean(seen), 3)


def milliseconds(seconds: float, count: int) -> float:
    return float(f"{seconds / count * 1000:.3g}")


def version() -> str:
    return str(pdqhash.__version__)
