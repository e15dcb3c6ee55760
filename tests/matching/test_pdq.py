"""PDQ of pixels is the published implementation's, bit by bit and point by point, of whatever size and kind."""

from collections.abc import Iterator

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from maillon.matching import pdq
from maillon.matching.jarosz import points_in_order
from maillon.matching.pdq import LARGEST, LEAST, SMALLEST, Pixels, pdq_of
from maillon.matching.weighing import points_at_once

KINDS = ("noise", "patches", "slope", "stripes", "one colour", "few colours", "nearly white", "screen")
SIDES = (LEAST, 6, 63, 64, 65, 127, 128, 129, 200, 256, 257, 385, 600)


def published(pixels: Pixels) -> tuple[bytes, int]:
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return int("".join(map(str, bits)), 2).to_bytes(32, "big"), quality


def drawn(kind: str, height: int, width: int, seed: int) -> Pixels:
    """Noise and geometry, some of it so even that rounding decides every bit."""
    chance = np.random.default_rng(seed)
    down, across = np.indices((height, width), sparse=True)
    colours = chance.integers(0, 256, (8, 3), dtype=np.uint8)
    match kind:
        case "noise":
            return chance.integers(0, 256, (height, width, 3), dtype=np.uint8)
        case "patches":
            patches = Image.fromarray(chance.integers(0, 256, (9, 7, 3), dtype=np.uint8))
            return np.array(patches.resize((width, height), Image.Resampling.BICUBIC))
        case "slope":
            slope = (np.linspace(0, 200, height)[:, None] + np.linspace(0, 55, width)).astype(np.uint8)
            return np.repeat(slope[:, :, None], 3, axis=2)
        case "stripes":
            return colours[(down * 2 + across) // int(chance.integers(1, 40)) % len(colours)]
        case "one colour":
            return np.broadcast_to(colours[0], (height, width, 3))
        case "few colours":
            return colours[chance.integers(0, 2, (height, width))]
        case "nearly white":
            return (255 - (chance.integers(0, 256, (height, width, 3)) >> 6)).astype(np.uint8)
        case "screen":
            step = drawn("patches", height, width, seed)
            return np.where(step > (down % 4 * 4 + across % 4)[:, :, None] * 16, 255, 40).astype(np.uint8)
    raise ValueError(kind)


def enumerated() -> Iterator[tuple[str, int, int]]:
    """Every kind at every side, each side upright and lying, with another one."""
    for number, kind in enumerate(KINDS):
        for place, side in enumerate(SIDES):
            other = SIDES[(place + number) % len(SIDES)]
            yield kind, side, other
            yield kind, other, side


@pytest.mark.parametrize("kind", KINDS)
def test_of_every_size_it_is_the_published_one(kind: str) -> None:
    wrong = []
    for number, (each, height, width) in enumerate(enumerated()):
        if each == kind:
            pixels = drawn(kind, height, width, number)
            if pdq_of(pixels) != published(pixels):
                wrong.append((height, width))
    assert wrong == []


@pytest.mark.parametrize(("height", "width"), [(5, LARGEST + 1), (LARGEST + 1, 64), (1001, 1303), (720, 1280)])
def test_of_a_large_one_too(height: int, width: int) -> None:
    for kind in ("patches", "screen", "noise"):
        pixels = drawn(kind, height, width, 3)
        assert pdq_of(pixels) == published(pixels), kind


@given(
    kind=st.sampled_from(KINDS), height=st.integers(LEAST, 300), width=st.integers(LEAST, 300), seed=st.integers(0, 999)
)
@settings(max_examples=60, deadline=None)
def test_of_any_size_it_is_the_published_one(kind: str, height: int, width: int, seed: int) -> None:
    pixels = drawn(kind, height, width, seed)
    assert pdq_of(pixels) == published(pixels)


def test_grey_is_red_green_and_blue_alike() -> None:
    for height, width in ((80, 120), (SMALLEST, SMALLEST + 60)):
        grey = drawn("patches", height, width, 5)[..., 0]
        assert pdq_of(grey) == pdq_of(np.repeat(grey[:, :, None], 3, axis=2)) is not None


def test_it_does_not_matter_how_pixels_lie_in_memory() -> None:
    pixels = drawn("patches", 200, 300, 6)
    frozen, turned = pixels.copy(), np.asfortranarray(pixels)
    frozen.flags.writeable = False
    assert pdq_of(pixels[::-1]) == published(pixels[::-1])
    assert pdq_of(frozen) == pdq_of(turned) == published(pixels)


def test_summed_at_once_most_are_decided_and_none_otherwise() -> None:
    """Margins are worth something only where they leave most pictures, and too little where they let one through."""
    seen = [np.ascontiguousarray(drawn("patches", 660, 700 + n, n)) for n in range(30)]
    found = [(pdq.surely(points_at_once(one.reshape(len(one), -1), 3)), one) for one in seen]
    sure = [(said, one) for said, one in found if said is not None]
    assert len(sure) > 20
    assert all(said == published(one) for said, one in sure)


def test_both_ways_of_summing_agree_but_for_rounding() -> None:
    for height, width in ((5, 5), (64, 65), (300, 131), (700, 900)):
        pixels = drawn("noise", height, width, 8).reshape(height, -1)
        assert np.allclose(points_at_once(pixels, 3), points_in_order(pixels, 3), atol=0.003)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (LEAST - 1, 300), (300, LEAST - 1)])
def test_what_is_too_tiny_has_none(height: int, width: int) -> None:
    assert pdq_of(np.zeros((height, width, 3), np.uint8)) is None


@pytest.mark.parametrize(
    "wrong", [np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3), np.float32), np.zeros(9, np.uint8)]
)
def test_what_are_no_pixels_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        pdq_of(wrong)
