"""Pixels of a JPEG in half of Pillow's time: the same library below (libjpeg-turbo), without Pillow's way through rows.

The same exact transform and the same smooth upsampling, so the same pixels; tests hold every subsampling against
Pillow. What is not a plain, whole JPEG in grey, RGB or YCbCr is left to Pillow, whose pixels, or refusal, count.
"""

import simplejpeg
from PIL import Image

from maillon.matching.pdq import Pixels

MODES = {"RGB": "RGB", "L": "GRAY"}  # as Pillow and as simplejpeg call them


def pixels_of(body: bytes, image: Image.Image) -> Pixels | None:
    """What Pillow, which opened `image` from `body`, decodes: uint8 (height, width, 3), or in grey (height, width).

    None where Pillow itself is to be asked.
    """
    return _decoded(body, image, MODES.get(image.mode, ""))


def luma_of(body: bytes, image: Image.Image) -> Pixels | None:
    """The JPEG's own luma, colours left alone, uint8 (height, width); None where it is not to be had.

    For a filter beforehand and nothing else: the PDQ of it lies a few bits from the hash of record (docs/hashes.md).
    """
    return _decoded(body, image, "GRAY" if image.mode in MODES else "")


def _decoded(body: bytes, image: Image.Image, colours: str) -> Pixels | None:
    if not colours or image.format not in ("JPEG", "MPO"):
        return None
    try:
        found: Pixels = simplejpeg.decode_jpeg(body, colours)
    except ValueError:  # of the least complaint of the library
        return None
    if found.shape[:2] != (image.height, image.width):
        return None
    return found[..., 0] if colours == "GRAY" else found
