"""PDQ of pixels: the published implementation's hash and quality, by matrices where rounding cannot change a bit of it.

The two passes of the box filter and the choice of 64 by 64 points are linear and separable, so that they are two thin
matrices. Sums are then rounded in another order than the reference rounds them: where that might decide a bit or a
point of quality, the reference itself is asked.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import pdqhash

LEAST = 5  # pixels a side; below it the published implementation gives zeros with quality 0, which mean nothing
POINTS, BITS = 64, 16
MARGIN = 0.015  # between the coefficients on either side of the median: four times the largest difference seen
SLACK = 2e-3  # of one point of a gradient, likewise
LARGEST = 4096  # pixels a side up to which those differences were measured
Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Matrix = np.ndarray[Any, np.dtype[np.float32]]


def pdq(pixels: Pixels) -> tuple[bytes | None, int]:
    """The hash and its quality 0…100 of RGB pixels, uint8 (height, width, 3).

    32 bytes whose hexadecimal notation is the published one; None, with quality 0, where a side is below `LEAST`:
    zeros would match whatever else is tiny. Source: the paper and code of PDQ (facebook/ThreatExchange, pdq/).
    """
    if min(pixels.shape[:2]) < LEAST:
        return None, 0
    return by_matrices(pixels) or by_reference(pixels)


def by_reference(pixels: Pixels) -> tuple[bytes, int]:
    """As the published implementation gives it."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits).tobytes(), int(quality)


def by_matrices(pixels: Pixels) -> tuple[bytes, int] | None:
    """The same; None where rounding might decide it."""
    height, width = pixels.shape[:2]
    if max(height, width) > LARGEST or min(height, width) < POINTS:
        return None
    buffer: Matrix = np.matmul(_reducing(height) @ _luma(pixels), _reducing(width).T)
    quality = _quality(buffer)
    coefficients = (_COSINES @ buffer @ _COSINES.T).ravel()
    lower, upper = np.partition(coefficients, (127, 128))[127:129]
    if quality is None or upper - lower < MARGIN:
        return None
    return np.packbits((coefficients > lower)[::-1]).tobytes(), quality


def _quality(buffer: Matrix) -> int | None:
    """A ninetieth of the sum of all steps between neighbours, in whole hundredths; None where rounding decides it."""
    steps = [np.abs(np.diff(buffer, axis=axis)).ravel() * np.float32(100 / 255) for axis in (0, 1)]
    every = np.concatenate(steps)
    whole = int(every.astype(np.int32).sum())
    nearest = np.rint(every)
    doubtful = int(((np.abs(every - nearest) < SLACK) & (nearest > 0)).sum())
    least, most = ((whole + by) // 90 for by in (-doubtful, doubtful))
    return min(least, 100) if min(least, 100) == min(most, 100) else None


def _luma(pixels: Pixels) -> Matrix:
    """One plane after the other: a matrix of three columns takes three times as long."""
    luma: Matrix = np.multiply(pixels[..., 0], _LUMA[0], dtype=np.float32)
    for plane in (1, 2):
        luma += np.multiply(pixels[..., plane], _LUMA[plane], dtype=np.float32)
    return luma


_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_COSINES: Matrix = np.array(
    [[np.sqrt(2 / POINTS) * np.cos(np.pi / 2 / POINTS * (i + 1) * (2 * j + 1)) for j in range(POINTS)]
     for i in range(BITS)], np.float32,
)  # fmt: skip


@lru_cache(maxsize=64)
def _reducing(length: int) -> Matrix:
    """From `length` pixels to the 64 points of the filtered line: two passes of the box filter, its rows at the points.

    A band of a few pixels around each point; the rest is zero.
    """
    box = _box(length, (length + 2 * POINTS - 1) // (2 * POINTS))
    points = [int((i + 0.5) * length / POINTS) for i in range(POINTS)]
    found: Matrix = (box[points] @ box).astype(np.float32)
    return found


def _box(length: int, window: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """One pass of the moving average as a matrix: what is outside the line does not count."""
    ahead = (window + 2) // 2
    found = np.zeros((length, length))
    for at in range(length):
        low, high = max(at + ahead - window, 0), min(at + ahead, length)
        found[at, low:high] = 1 / (high - low)
    return found
