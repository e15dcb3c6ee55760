"""Benign pictures of any size: crops of the photographs that scikit-image brings, and drawn ones."""

import io
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from bench.search import environment
from bench.search.crops import samples
from maillon.demo.pictures import draw
from maillon.matching.pdq import Pixels

NOISE = 3.0
"""Of a sensor: a picture that was made larger has none, and a JPEG of it would be decoded too soon."""
DRAWN = 5
"""One picture in so many is drawn: shapes, or patches of colour."""
LEAST = 0.4
"""Of each side, in a crop."""
SEED = 6


def photographs(width: int, height: int, count: int, folder: Path | None) -> Iterator[Pixels]:
    """Pictures of that size, the same in every run; without `folder` all are drawn."""
    for number in range(count):
        if folder is None or number % DRAWN == 0:
            yield drawn(width, height, number)
        else:
            yield crop(width, height, number, folder)


def crop(width: int, height: int, number: int, folder: Path) -> Pixels:
    chance = np.random.default_rng([SEED, number])
    sources = opened(folder)
    source = sources[number % len(sources)]
    sides = [int(side * chance.uniform(LEAST, 1)) for side in source.size]
    left, top = (int(chance.integers(whole - side + 1)) for whole, side in zip(source.size, sides, strict=True))
    box = (left, top, left + sides[0], top + sides[1])
    large = np.asarray(source.resize((width, height), Image.Resampling.BICUBIC, box), np.int16)
    noise = chance.normal(0, NOISE, (height, width, 1)).astype(np.int16)
    return (large + noise).clip(0, 255).astype(np.uint8)


def drawn(width: int, height: int, number: int) -> Pixels:
    if number % 2:
        return np.array(draw(str(number), (width, height)))
    patches = np.random.default_rng([SEED, number]).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return np.array(Image.fromarray(patches).resize((width, height), Image.Resampling.BICUBIC))


def kinds(width: int, height: int, number: int, folder: Path | None) -> dict[str, Pixels]:
    """One picture of each kind that is no photograph, some so even that rounding decides every bit."""
    chance = np.random.default_rng([SEED, number])
    down, across = np.indices((height, width), sparse=True)
    colours = chance.integers(0, 256, (8, 3), dtype=np.uint8)
    tile = chance.integers(0, 2, (*chance.integers(2, 9, 2), 3), dtype=np.uint8)
    screen = np.uint8(chance.integers(100, 200)) + np.uint8(50) * tile[down % len(tile), across % tile.shape[1]]
    picture = next(photographs(width, height, 1, folder)) if folder is None else crop(width, height, number, folder)
    middle = (slice(height // 4, -height // 4), slice(width // 4, -width // 4))
    framed, screened = np.broadcast_to(colours[0], picture.shape).copy(), screen.copy()
    framed[middle], screened[middle] = picture[middle], picture[middle]
    slope = (np.linspace(0, 180, height)[:, None] + np.linspace(0, 70, width)).astype(np.uint8)
    return {
        "noise": chance.integers(0, 256, (height, width, 3), dtype=np.uint8),
        "shapes": drawn(width, height, 2 * number + 1),
        "patches": drawn(width, height, 2 * number),
        "stripes": colours[(down * 2 + across) // int(chance.integers(1, 40)) % len(colours)],
        "slope": np.repeat(slope[:, :, None], 3, axis=2),
        "one colour": np.broadcast_to(colours[0], picture.shape),
        "fine pattern": screen,
        "photograph framed": framed,
        "photograph in a fine pattern": screened,
    }


def jpeg(pixels: Pixels, quality: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return out.getvalue()


def folder_for(size: str) -> Path | None:
    """Where the photographs are; only a small run does without."""
    if size != "small":
        environment.make()
    return environment.sample_pictures()


@lru_cache(maxsize=1)
def opened(folder: Path) -> list[Image.Image]:
    return [Image.open(path).convert("RGB") for path in samples([str(folder)])]
