"""Geometric pictures and clips, drawn anew from a seed: the same seed gives the same bytes on one machine."""

import io
import math
from functools import lru_cache
from random import Random

import av
import numpy as np
from PIL import Image, ImageDraw

SIZE = (640, 480)  # 0.3 megapixels
CLIP_SIZE = (320, 240)
FORMATS = {"jpg": ("JPEG", "image/jpeg"), "png": ("PNG", "image/png"), "gif": ("GIF", "image/gif"),
           "webp": ("WEBP", "image/webp")}  # fmt: skip
_SHAPES = 14


@lru_cache(maxsize=1024)
def image(seed: str, ending: str = "jpg", size: tuple[int, int] = SIZE) -> bytes:
    """Discs, bars and triangles on one ground, `size` pixels wide and high, in the format of the file's ending."""
    written = io.BytesIO()
    draw(seed, size).save(written, FORMATS[ending][0])
    return written.getvalue()


def draw(seed: str, size: tuple[int, int]) -> Image.Image:
    """The picture of a seed, not yet written in any format."""
    rng = Random(seed)
    picture = Image.new("RGB", size, _colour(rng))
    pen = ImageDraw.Draw(picture)
    for _ in range(_SHAPES):
        x, y, reach = rng.randrange(size[0]), rng.randrange(size[1]), rng.randint(size[1] // 20 + 1, size[1] // 4 + 2)
        shape = rng.randrange(3)
        if shape == 0:
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=_colour(rng))
        elif shape == 1:
            pen.rectangle((x - reach, y - reach // 2, x + reach, y + reach // 2), fill=_colour(rng))
        else:
            pen.regular_polygon((x, y, reach), 3, rotation=rng.randrange(360), fill=_colour(rng))
    return picture


@lru_cache(maxsize=64)
def clip(seed: str, seconds: int = 2, rate: int = 8) -> bytes:
    """A silent MP4 in which a disc goes round on the picture of the seed."""
    written = io.BytesIO()
    ground = draw(seed, CLIP_SIZE)
    with av.open(written, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *CLIP_SIZE, "yuv420p"
        for number in range(seconds * rate):
            frame = av.VideoFrame.from_ndarray(np.asarray(_moment(ground, number / (seconds * rate))), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()


def _moment(ground: Image.Image, part: float) -> Image.Image:
    x, y = (half + half * 0.7 * turn(2 * math.pi * part) for half, turn in zip(
        (CLIP_SIZE[0] / 2, CLIP_SIZE[1] / 2), (math.cos, math.sin), strict=True))  # fmt: skip
    picture = ground.copy()
    ImageDraw.Draw(picture).ellipse((x - 20, y - 20, x + 20, y + 20), fill="white", outline="black")
    return picture


def _colour(rng: Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)
