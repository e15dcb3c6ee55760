"""A JPEG's pixels are Pillow's, however it was made and whatever was done to it, or Pillow is asked itself."""

import io
from itertools import product

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from maillon.decoding.hashing import pdq
from maillon.decoding.images import counted, plain
from maillon.decoding.jpegs import luma_of, pixels_of
from maillon.matching.pdq import Pixels
from tests.decoding.pictures import encoded, pattern

SAMPLINGS = ("444", "422", "420", "440", "411", "Gray")
SIZES = ((1, 1), (7, 9), (16, 16), (17, 33), (101, 64), (150, 203))
FACTORS = 11  # place of the first component's sampling factors after the marker of a frame


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body), formats=["JPEG"])


def by_pillow(body: bytes) -> Pixels | None:
    try:
        return plain(opened(body))
    except (OSError, SyntaxError):
        return None


def quickly(body: bytes) -> Pixels | None:
    return pixels_of(body, opened(body))


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_the_pixels_of_every_subsampling_are_pillow_s(sampling: str) -> None:
    for (width, height), quality in product(SIZES, (3, 75, 100)):
        picture = np.asarray(pattern(width, height, cells=40, seed=quality))
        given = picture[..., :1] if sampling == "Gray" else picture
        body = simplejpeg.encode_jpeg(
            np.ascontiguousarray(given), quality, "GRAY" if sampling == "Gray" else "RGB", sampling
        )
        found = quickly(body)
        assert found is not None, (width, height)
        assert np.array_equal(found, by_pillow(body)), (width, height, quality)


@pytest.mark.parametrize(
    "given",
    [
        {"progressive": True, "subsampling": "4:2:0"},
        {"progressive": True, "subsampling": "4:2:2", "quality": 20},
        {"restart_marker_blocks": 3},
        {"keep_rgb": True, "subsampling": "4:4:4"},
        {"qtables": "web_low", "optimize": True},
        {"exif": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"},
    ],
    ids=["progressive", "progressive, coarse", "restarts", "RGB as it is", "own tables", "turned by its tag"],
)
def test_so_are_those_of_every_coding(given: dict[str, object]) -> None:
    body = encoded(pattern(203, 150, cells=40), "JPEG", **given)
    assert np.array_equal(quickly(body), by_pillow(body))


def test_so_are_those_of_samplings_that_nobody_writes() -> None:
    """The pixels are nonsense then, and the same nonsense."""
    body = bytearray(encoded(pattern(203, 150), "JPEG", subsampling="4:2:0"))
    place = body.index(b"\xff\xc0") + FACTORS
    for across, down in product(range(1, 5), repeat=2):
        body[place] = across << 4 | down
        found = quickly(bytes(body))
        assert found is None or np.array_equal(found, by_pillow(bytes(body))), (across, down)


def test_what_is_broken_gives_pillow_s_pixels_or_none() -> None:
    whole, chance = encoded(pattern(120, 90, cells=40), "JPEG", quality=90), np.random.default_rng(2)
    same = 0
    for _ in range(300):
        broken = bytearray(whole)
        for place in chance.integers(2, len(whole), int(chance.integers(1, 4))):
            broken[place] = chance.integers(0, 256)
        try:
            found = quickly(bytes(broken))
        except (OSError, SyntaxError):
            continue
        if found is not None:
            same += 1
            assert np.array_equal(found, by_pillow(bytes(broken)))
    assert same > 20


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_what_ends_too_early_is_left_to_pillow(kept: float) -> None:
    body = encoded(pattern(120, 90, cells=40), "JPEG")
    assert quickly(body[: int(len(body) * kept)]) is None


def test_four_inks_are_left_to_pillow() -> None:
    body = encoded(pattern(120, 90).convert("CMYK"), "JPEG")
    assert quickly(body) is luma_of(body, opened(body)) is None
    assert np.array_equal(counted(body, opened(body)), np.asarray(opened(body).convert("RGB")))


def test_another_form_is_not_taken_for_a_jpeg() -> None:
    body = encoded(pattern(120, 90), "PNG")
    assert pixels_of(body, Image.open(io.BytesIO(body))) is None


def test_the_hash_of_its_luma_is_near_the_one_of_record() -> None:
    for seed in range(5):
        body = encoded(pattern(300, 200, cells=30, seed=seed), "JPEG", quality=88)
        near, record = (
            int.from_bytes(pdq(found)[0] or b"", "big")
            for found in (luma_of(body, opened(body)), quickly(body))
            if found is not None
        )
        assert (near ^ record).bit_count() <= 8
