"""PDQ of pixels: the hash and quality of the published implementation, bit for bit and point for point.

The points that it filters are had in one pass over the pixels (`weighing`), rounded a little differently. Where that
might decide a bit or a point of quality, they are summed again as it sums them (`jarosz`).
Source: the paper and code of PDQ (facebook/ThreatExchange, pdq/), and `pdqhash`, whose luma this is.
"""

import math
from typing import Any

import numpy as np

from maillon.matching.jarosz import POINTS, points_in_order
from maillon.matching.vectors import kernel
from maillon.matching.weighing import points_at_once

LEAST = 5  # pixels a side; below it the published implementation gives zeros with quality 0, which mean nothing
BITS, HALF = 16, 128
Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Plane = np.ndarray[Any, np.dtype[np.float32]]


def pdq_of(pixels: Pixels) -> tuple[bytes, int] | None:
    """The hash and its quality 0…100 of pixels, uint8 (height, width, 3) in RGB or (height, width) in grey.

    32 bytes whose hexadecimal notation is the published one; None where a side is below `LEAST`: zeros would match
    whatever else is tiny. Raises ValueError where these are no such pixels.
    """
    rows, planes = _rows(pixels)
    shortest, *_, longest = sorted(pixels.shape[:2])
    if shortest < LEAST:
        return None
    if shortest >= SMALLEST and longest <= LARGEST:
        found = surely(points_at_once(rows, planes))
        if found is not None:
            return found
    points = points_in_order(rows, planes)
    return _hash(_above(_coefficients(points, COSINES))), _quality(points, 0)[0]


def _rows(pixels: Pixels) -> tuple[Pixels, int]:
    """As kernels take them, one kind of array for all, and how many planes there are."""
    planes = 1 if pixels.ndim == 2 else pixels.shape[-1]
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or planes not in (1, 3):
        raise ValueError("Pixels are uint8 (height, width, 3) in RGB, or (height, width) in grey.")
    rows = np.ascontiguousarray(pixels).reshape(len(pixels), -1)
    rows.flags.writeable = False
    return rows, planes


def surely(points: Plane) -> tuple[bytes, int] | None:
    """Hash and quality, where these points and all that differ from them by rounding agree on them; else None."""
    coefficients = _coefficients(points, COSINES)
    above = _above(coefficients)
    least, most = _quality(points, SLACK)
    highest, lowest = (coefficients + MARGINS)[~above].max(), (coefficients - MARGINS)[above].min(initial=math.inf)
    if least != most or above.sum() != HALF or highest >= lowest:
        return None
    return _hash(above), least


def _above(coefficients: Plane) -> np.ndarray[Any, np.dtype[np.bool]]:
    """Which are greater than the median, the lower one of two."""
    found: np.ndarray[Any, np.dtype[np.bool]] = coefficients > np.partition(coefficients, HALF - 1)[HALF - 1]
    return found


def _hash(above: np.ndarray[Any, np.dtype[np.bool]]) -> bytes:
    return np.packbits(above[::-1]).tobytes()


def _quality(points: Plane, slack: float) -> tuple[int, int]:
    """The least and the most that it may be, were each step between neighbours less or more by `slack`."""
    least, most = _steps(points, np.float32(slack))
    return min(least // 90, 100), min(most // 90, 100)


@kernel
def _coefficients(points: Any, cosines: Any) -> Any:
    """The 256 of the cosine transform that count, row by row, summed in the order of the published implementation."""
    half, found = np.zeros((BITS, POINTS), np.float32), np.zeros((BITS, BITS), np.float32)
    for i in range(BITS):
        for k in range(POINTS):
            for j in range(POINTS):
                half[i, j] += cosines[i, k] * points[k, j]
        for k in range(POINTS):
            for j in range(BITS):
                found[i, j] += half[i, k] * cosines[j, k]
    return found.ravel()


@kernel
def _steps(points: Any, slack: Any) -> tuple[int, int]:
    """The sums of all steps between neighbours in whole hundredths, each less and each more by `slack`."""
    least = most = 0
    for y in range(POINTS):
        for x in range(POINTS):
            for before in (points[max(y - 1, 0), x], points[y, max(x - 1, 0)]):
                step = abs((points[y, x] - before) * np.float32(100) / np.float32(255))
                least += int(max(step - slack, np.float32(0)))
                most += int(step + slack)
    return least, most


def _cosines() -> Plane:
    """The 16 rows of the cosine transform that are used, (16, 64), as the published implementation rounds them."""
    scale, angle = float(np.float32(math.sqrt(2 / POINTS))), math.pi / 2 / POINTS
    rows = [[scale * math.cos(angle * (i + 1) * (2 * j + 1)) for j in range(POINTS)] for i in range(BITS)]
    return np.array(rows, np.float32)


def _margins() -> Plane:
    """By how much each coefficient may differ: slow waves gather the drift of the published implementation's sums."""
    order = np.arange(1, BITS + 1)
    return (0.0015 + 0.03 / order[:, np.newaxis] ** 2 + 0.015 / order**2).astype(np.float32).ravel()


COSINES, MARGINS = _cosines(), _margins()
SLACK = 0.001  # of a step, in hundredths
SMALLEST, LARGEST = 641, 8192  # pixels a side for which margins and slack hold; where the window is smaller, sums drift
