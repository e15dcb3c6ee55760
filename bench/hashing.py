"""`pdq_kernel` and `jpeg_to_pdq`: PDQ of the same pixels and of the same JPEGs, beside the published code.

One thread each, in one process whose C library keeps memory as the decoding processes have it do, in turn on each
picture; a picture's time is its quickest, the ratio is of the sums. Every hash and quality must be the same.
"""

import io
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pdqhash
from PIL import Image

from bench.figure import Measured
from bench.home import Home
from bench.photographs import folder_for, jpeg, kinds, photographs
from maillon.decoding.hashing import pdq
from maillon.decoding.images import read_image
from maillon.decoding.jpegs import luma_of
from maillon.decoding.process import keep_memory
from maillon.decoding.signatures import form
from maillon.matching.pdq import Pixels, surely
from maillon.matching.weighing import points_at_once

SIDES = {"full": {"2 megapixels": (1632, 1224), "12 megapixels": (4000, 3000)}, "small": {"small": (800, 700)}}
COUNTS = {"2 megapixels": 60, "12 megapixels": 20, "small": 4}
SMALL_PICTURE = (640, 480)
MANY = {"full": 300, "small": 5}
"""Small pictures of which the distance of their luma's hash is measured, besides those of 2 megapixels."""
EACH = {"full": 12, "small": 1}
"""Pictures of each other kind of which is only asked whether the hash is the same, and how it was had."""
QUALITY = 88
ROUNDS = {"full": 5, "small": 1}
PEER_ROUNDS = {"full": 2, "small": 1}
Hashed = tuple[bytes | None, int | None]
T = TypeVar("T")


def measure(home: Home, size: str) -> Iterator[Measured]:
    keep_memory()
    folder, rounds, peer_rounds = folder_for(size), ROUNDS[size], PEER_ROUNDS[size]
    sides = SIDES[size]
    found = {
        name: beside(photographs(*side, COUNTS[name], folder), pdq, published, rounds, peer_rounds)
        for name, side in sides.items()
    }
    ratios = {name: peer / ours for name, (ours, peer) in found.items()}
    pictures = "crops of scikit-image's photographs with noise, one in five drawn" if folder else "all drawn"
    yield Measured(
        figure="pdq_kernel",
        value=min(ratios.values()),
        peer={
            "what": f"pdqhash {version()}, one thread, quickest of {peer_rounds}",
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
    first, side = next(iter(sides.items()))
    bodies = [jpeg(picture, QUALITY) for picture in photographs(*side, COUNTS[first], folder)]
    ours, peer = beside(bodies, exact, by_pillow, rounds, peer_rounds)
    tiny = [jpeg(one, 60 + n % 36) for n, one in enumerate(photographs(*SMALL_PICTURE, MANY[size], folder))]
    yield Measured(
        figure="jpeg_to_pdq",
        value=peer / ours,
        peer={
            "what": f"Pillow and pdqhash {version()}, one thread, quickest of {peer_rounds}",
            "ms": milliseconds(peer, len(bodies)),
        },
        settings={
            "ms": milliseconds(ours, len(bodies)),
            "pictures": len(bodies),
            "of": pictures,
            "sides": side,
            "quality": QUALITY,
            "kilobytes": round(statistics.mean(map(len, bodies)) / 1000),
            "hashes_that_differ": 0,
            "bits_from_luma_alone": {
                f"{side[0]}x{side[1]}, quality {QUALITY}": distances(bodies),
                f"{SMALL_PICTURE[0]}x{SMALL_PICTURE[1]}, quality 60…95": distances(tiny),
            },
        },
    )


def beside(
    given: Iterator[T] | Sequence[T],
    ours: Callable[[T], Hashed],
    peer: Callable[[T], Hashed],
    rounds: int,
    peer_rounds: int,
) -> tuple[float, float]:
    """Seconds of each for all that is given. Ends the bench where one hash or quality is another."""
    own = other = 0.0
    for number, one in enumerate(given):
        if not number:
            ours(one)  # compiled, or read from disk
        seconds, found = quickest(ours, one, rounds)
        peer_seconds, wanted = quickest(peer, one, peer_rounds)
        if found != wanted:
            raise SystemExit(f"picture {number} has hash and quality {found}, where the peer has {wanted}")
        own, other = own + seconds, other + peer_seconds
    return own, other


def quickest(hashing: Callable[[T], Hashed], one: T, rounds: int) -> tuple[float, Hashed]:
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = hashing(one)
        seconds.append(time.perf_counter() - begun)
    return min(seconds), found


def published(pixels: Pixels) -> Hashed:
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits).tobytes(), int(quality)


def by_pillow(body: bytes) -> Hashed:
    return published(np.asarray(Image.open(io.BytesIO(body)).convert("RGB")))


def exact(body: bytes) -> Hashed:
    """The way of an image in the decoding process, from its first byte."""
    found = read_image(body, form(body))
    return found.pdq, found.quality


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


def distances(bodies: Sequence[bytes]) -> dict[str, Any]:
    """How many bits the hash of a JPEG's luma alone lies from the hash of record."""
    found = []
    for body in bodies:
        luma = luma_of(body, Image.open(io.BytesIO(body)))
        record, near = exact(body)[0], None if luma is None else pdq(luma)[0]
        if record and near:
            found.append((int.from_bytes(record, "big") ^ int.from_bytes(near, "big")).bit_count())
    return {
        "none": round(found.count(0) / len(found), 3),
        "median": statistics.median(found),
        "p95": sorted(found)[int(0.95 * len(found))],
        "most": max(found),
        "of": len(found),
    }


def milliseconds(seconds: float, count: int) -> float:
    return float(f"{seconds / count * 1000:.3g}")


def version() -> str:
    return str(pdqhash.__version__)
