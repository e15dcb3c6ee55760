"""`jpeg_to_pdq`: from the bytes of a JPEG to its PDQ, beside Pillow with the published code.

One thread each, in one process whose C library keeps memory as the decoding processes have it do, in turn on each
picture; a picture's time is its quickest, the ratio is of the sums. Every hash and quality must be the same. How far
the hash of a JPEG's luma alone lies from it is said beside: a filter beforehand, no hash of record.
"""

import io
import statistics
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image

from bench.figure import Measured
from bench.hashing import Hashed, beside, milliseconds, published, version
from bench.home import Home
from bench.photographs import folder_for, jpeg, photographs
from maillon.decoding.hashing import pdq
from maillon.decoding.images import read_image
from maillon.decoding.jpegs import luma_of
from maillon.decoding.process import keep_memory
from maillon.decoding.signatures import form

SIDES = {"full": (1632, 1224), "small": (800, 700)}
COUNT = {"full": 60, "small": 4}
SMALLER, MANY = (640, 480), {"full": 300, "small": 5}
"""Pictures of which only the distances are measured, besides."""
QUALITY = 88
QUALITIES = range(60, 96)
ROUNDS = {"full": 3, "small": 1}


def measure(home: Home, size: str) -> Iterator[Measured]:
    keep_memory()
    folder, sides = folder_for(size), SIDES[size]
    bodies = [jpeg(picture, QUALITY) for picture in photographs(*sides, COUNT[size], folder)]
    smaller = [
        jpeg(picture, QUALITIES[number % len(QUALITIES)])
        for number, picture in enumerate(photographs(*SMALLER, MANY[size], folder))
    ]
    ours, peer = beside(bodies, exact, by_pillow, ROUNDS[size])
    yield Measured(
        figure="jpeg_to_pdq",
        value=peer / ours,
        peer={
            "what": f"Pillow and pdqhash {version()}, one thread, quickest of {ROUNDS[size]}",
            "ms": milliseconds(peer, len(bodies)),
        },
        settings={
            "ms": milliseconds(ours, len(bodies)),
            "pictures": len(bodies),
            "of": "crops of scikit-image's photographs with noise, one in five drawn" if folder else "all drawn",
            "sides": sides,
            "quality": QUALITY,
            "kilobytes": round(statistics.mean(map(len, bodies)) / 1000),
            "hashes_that_differ": 0,
            "bits_from_luma_alone": {
                f"{sides[0]}x{sides[1]}, quality {QUALITY}": distances(bodies),
                f"{SMALLER[0]}x{SMALLER[1]}, quality {QUALITIES[0]}…{QUALITIES[-1]}": distances(smaller),
            },
        },
    )


def by_pillow(body: bytes) -> Hashed:
    return published(np.asarray(Image.open(io.BytesIO(body)).convert("RGB")))


def exact(body: bytes) -> Hashed:
    """The way of an image in the decoding process, from its first byte."""
    found = read_image(body, form(body))
    return found.pdq, found.quality


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
