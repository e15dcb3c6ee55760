"""PDQ of pixels, as the published implementation gives it."""

from typing import Any

import numpy as np
import pdqhash

LEAST = 5  # pixels a side; below it the published implementation gives zeros with quality 0, which mean nothing
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def pdq(pixels: Pixels) -> tuple[bytes | None, int]:
    """The hash and its quality 0…100 of RGB pixels, uint8 (height, width, 3).

    32 bytes whose hexadecimal notation is the published one; None, with quality 0, where a side is below `LEAST`:
    zeros would match whatever else is tiny. Source: the paper and code of PDQ (facebook/ThreatExchange, pdq/).
    """
    if min(pixels.shape[:2]) < LEAST:
        return None, 0
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits).tobytes(), int(quality)
