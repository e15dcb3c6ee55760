"""The 64 by 64 points of PDQ's twice filtered luma in one pass over the pixels, summed in no particular order.

Two passes of the box filter and the choice of points are linear and separable: a band of weights over the rows for
each row of points, then one over the columns of what is left.
"""

from functools import partial
from typing import Any

import numpy as np

from maillon.matching.jarosz import POINTS, begin, end, place, window_of
from maillon.matching.vectors import kernel

summing = partial(kernel, fastmath={"contract", "reassoc"})
"""As a kernel; sums may be taken in another order than they are written, and products added without rounding."""


@summing
def points_at_once(pixels: Any, planes: int) -> Any:
    """float32 (64, 64) of pixels uint8 (height, width * planes), three planes or one, no side below 5."""
    height, width = pixels.shape[0], pixels.shape[1] // planes
    rows, down = _weights(height)
    columns, across = _weights(width)
    sums, luma = np.empty(width * planes, np.float32), np.empty(width, np.float32)
    found = np.empty((POINTS, POINTS), np.float32)
    for y in range(POINTS):
        _weigh_rows(pixels, rows[y], down[y], sums)
        _luma(sums, planes, luma)
        for x in range(POINTS):
            found[y, x] = _weigh(luma, columns[x], across[x])
    return found


@summing
def _weights(length: int) -> Any:
    """For each point along a side: the first pixel that counts, and what each from it on counts; zeros at the end."""
    window = window_of(length)
    first, weights = np.empty(POINTS, np.int64), np.zeros((POINTS, 2 * window), np.float32)
    for point in range(POINTS):
        at = place(point, length)
        first[point] = min(begin(begin(at, window), window), length - 2 * window)
        many = end(at, window, length) - begin(at, window)
        for near in range(begin(at, window), end(at, window, length)):
            share = 1.0 / many / (end(near, window, length) - begin(near, window))
            for pixel in range(begin(near, window), end(near, window, length)):
                weights[point, pixel - first[point]] += share
    return first, weights


@summing
def _weigh_rows(pixels: Any, first: int, weights: Any, sums: Any) -> None:
    """Two at a time, so that each sum is read and written half as often."""
    sums[:] = 0
    for n in range(0, len(weights), 2):
        a, b, upper, lower = weights[n], weights[n + 1], pixels[first + n], pixels[first + n + 1]
        for x in range(len(sums)):
            sums[x] += a * np.float32(upper[x]) + b * np.float32(lower[x])


@summing
def _luma(sums: Any, planes: int, luma: Any) -> None:
    for x in range(len(luma)):
        if planes == 1:
            luma[x] = sums[x]
        else:
            luma[x] = np.float32(0.299) * sums[3 * x] + np.float32(0.587) * sums[3 * x + 1]
            luma[x] += np.float32(0.114) * sums[3 * x + 2]


@summing
def _weigh(luma: Any, first: int, weights: Any) -> Any:
    found = np.float32(0)
    for x in range(len(weights)):
        found += weights[x] * luma[first + x]
    return found
