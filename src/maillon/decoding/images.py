"""Images: what they are, their PDQ, and their pixels for showing. Runs in the decoding process alone.

The hash of record is of the pixels as stored: as the published tools do, transparency is dropped (the colours below it
count), an orientation tag is not followed, palettes and CMYK are turned into RGB as Pillow does, of 16 bits the higher
8 count, and of an animated image the first frame.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import ExifTags, Image, ImageOps

from maillon.decoding.hashing import pdq
from maillon.decoding.jpegs import pixels_of
from maillon.decoding.limits import FRAMES, PIXELS, SHEET_SIDE
from maillon.decoding.shapes import Decoded, Kind, Reason, Undecodable
from maillon.decoding.signatures import Form
from maillon.matching.pdq import Pixels

BITS_16 = ("I;16", "I;16L", "I;16B", "I;16N")
TOO_DEEP = ("I", "F")  # 32 bits a sample: what their black and white are is said nowhere


def read_image(body: bytes, form: Form) -> Decoded:
    """What it is and its PDQ. Raises Undecodable."""
    with _opened(body, form) as image:
        width, height = image.size
        frames = count_frames(image)
        found, quality = pdq(counted(body, image))
    return Decoded(
        kind=Kind.IMAGE, mime=form.mime, width=width, height=height, frames=frames, seconds=0.0, codec=form.opener,
        pdq=found, quality=quality,
    )  # fmt: skip


def shown_frames(body: bytes, form: Form, *, side: int, cell: int, grey: bool) -> list[Image.Image]:
    """Its frame, or up to nine over the length of an animated one, upright, on white as a page shows it.

    No longer than `side`, or `cell` where there are several; of a JPEG no more is decoded than that takes.
    Raises Undecodable.
    """
    with _opened(body, form) as image:
        frames = count_frames(image)
        many = min(frames, SHEET_SIDE**2)
        shown = []
        for number in range(many):
            if number:
                image.seek(number * frames // many)
            shown.append(_shown(image, cell if many > 1 else side, grey))
    return shown


def count_frames(image: Image.Image) -> int:
    return min(int(getattr(image, "n_frames", 1)), FRAMES)


def counted(body: bytes, image: Image.Image) -> Pixels:
    """The pixels of `image`, opened from `body`, as they count for the hash. Raises Undecodable."""
    quickly = pixels_of(body, image)
    return plain(image) if quickly is None else quickly


def plain(image: Image.Image) -> Pixels:
    """Its pixels: uint8 (height, width, 3) in RGB, (height, width) in grey. Raises Undecodable."""
    if image.mode in TOO_DEEP:
        raise Undecodable(Reason.UNSUPPORTED)
    if image.mode in BITS_16:
        return (np.asarray(image) >> 8).astype(np.uint8)
    return np.asarray(image if image.mode in ("RGB", "L") else image.convert("RGB"))


def _shown(image: Image.Image, side: int, grey: bool) -> Image.Image:
    turned = _orientation(image)
    image.draft("L" if grey else "RGB", (side, side))
    shown = Image.fromarray(plain(image)) if image.mode in (*BITS_16, *TOO_DEEP) else _on_white(image)
    shown = shown.convert("L") if grey else shown
    shown.thumbnail((side, side), Image.Resampling.HAMMING, reducing_gap=2.0)
    shown.getexif()[ExifTags.Base.Orientation] = turned
    return ImageOps.exif_transpose(shown)


def _orientation(image: Image.Image) -> int:
    """1…8; 1, as stored, where the tags cannot be read: a broken tag is no reason to see nothing."""
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1
    return found if found in range(1, 9) else 1


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.copy() if image.mode in ("L", "RGB") else image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")


@contextmanager
def _opened(body: bytes, form: Form) -> Iterator[Image.Image]:
    """The image, its size checked before a pixel is decoded; whatever goes wrong in the block becomes its reason."""
    try:
        with Image.open(io.BytesIO(body), formats=[form.opener]) as image:
            if image.width * image.height > PIXELS:
                raise Undecodable(Reason.TOO_LARGE)
            yield image
    except Undecodable:
        raise
    except (MemoryError, Image.DecompressionBombError):
        raise Undecodable(Reason.TOO_LARGE) from None
    except NotImplementedError:
        raise Undecodable(Reason.UNSUPPORTED) from None
    except Exception as error:
        raise Undecodable(_reason(error)) from None


def _reason(error: Exception) -> Reason:
    said = str(error).lower()
    if isinstance(error, EOFError) or "truncated" in said:
        return Reason.TRUNCATED
    if "too large" in said or "memory" in said:
        return Reason.TOO_LARGE
    return Reason.CORRUPT
