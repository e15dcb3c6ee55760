"""PDQ by matrices is the published implementation's, bit by bit and point by point, or leaves the answer to it."""

from collections.abc import Iterator

import numpy as np
import pytest

from maillon.decoding.hashing import LARGEST, POINTS, Pixels, by_matrices, by_reference, pdq
from tests.decoding.pictures import pattern

SIDES = ((64, 64), (65, 127), (128, 129), (200, 333), (480, 640), (301, 1001), (1200, 900))


def pictures() -> Iterator[Pixels]:
    """Noise, squares, slopes, one colour: of every size, odd ones too."""
    chance = np.random.default_rng(4)
    for number, (height, width) in enumerate(SIDES):
        yield chance.integers(0, 256, (height, width, 3), dtype=np.uint8)
        for seed in range(6):
            yield np.asarray(pattern(width, height, seed=10 * number + seed))
        slope = np.linspace(0, 255, width).astype(np.uint8)
        yield np.stack([np.tile(slope, (height, 1))] * 3, -1)
        yield np.full((height, width, 3), 30 * number, np.uint8)


def test_a_bit_or_a_point_is_never_another_than_the_reference_s() -> None:
    found = [(by_matrices(picture), picture) for picture in pictures()]
    sure = [(said, by_reference(picture)) for said, picture in found if said is not None]
    assert len(sure) > len(found) / 3
    assert [pair for pair in sure if pair[0] != pair[1]] == []


def test_where_rounding_might_decide_the_reference_is_asked() -> None:
    flat = np.full((200, 300, 3), 90, np.uint8)
    assert by_matrices(flat) is None
    assert pdq(flat) == by_reference(flat)


@pytest.mark.parametrize("size", [(POINTS - 1, 300), (200, LARGEST + 1)])
def test_what_was_not_measured_is_the_reference_s(size: tuple[int, int]) -> None:
    picture = np.asarray(pattern(size[1], size[0]))
    assert by_matrices(picture) is None
    assert pdq(picture) == by_reference(picture)
