"""The 64 by 64 points of PDQ's few filtered luma, summed in the order in which the published implementation sums.

Running sums in single precision, so that each float is the one that `pdqhash` has on x86-64, on every machine. Four
rows go side by side, because a running sum waits for itself; of what is filtered once, only the window is kept.
Source: downscaling.cpp of facebook/ThreatExchange, pdq/cpp; the luma as `pdqhash` makes it.
"""

from typing import Any

import numpy as np

from maillon.matching.vectors import kernel

POINTS = 64
ROWS = 4


@kernel
def window_of(length: int) -> int:
    """Pixels that the box filter averages along a side of so many."""
    return (length + 2 * POINTS - 1) // (2 * POINTS)


@kernel
def begin(at: int, window: int) -> int:
    """The first pixel of the window around this one, of which half lies ahead."""
    return max(at + (window + 2) // 2 - window, 0)


@kernel
def end(at: int, window: int, length: int) -> int:
    """The pixel after the last one of that window."""
    return min(at + (window + 2) // 2, length)


@kernel
def place(point: int, length: int) -> int:
    """Where along a side of so many pixels a point lies."""
    return int((point + 0.5) * length / POINTS)


@kernel
def points_in_order(pixels: Any, planes: int) -> Any:
    """float32 (64, 64) of pixels uint8 (height, width * planes), three planes or one, no side below 5."""
    height, width = pixels.shape[0], pixels.shape[1] // planes
    if height == width == POINTS:
        return _unfiltered(pixels, planes)
    across, window = window_of(width), window_of(height)
    ahead = (window + 2) // 2
    in_row, in_column = _many(width, across), _many(height, window)
    luma, sums = np.empty((ROWS, width), np.float32), np.empty((ROWS, width), np.float32)
    once, few = np.empty((ROWS, width), np.float32), np.empty((height + ROWS, POINTS), np.float32)
    columns = np.array([place(point, width) for point in range(POINTS)])
    ring, down = np.empty((window + ROWS, width), np.float32), np.zeros(width, np.float32)
    for row in range(height + ahead - 1):
        if row < height:
            if row % ROWS == 0:
                for n in range(ROWS):
                    _luma(pixels[min(row + n, height - 1)], planes, luma[n])
                _along(luma[0], luma[1], luma[2], luma[3], across, sums)
                for n in range(ROWS):
                    _divide(sums[n], in_row, ring[(row + n) % len(ring)])
            _add(down, ring[row % len(ring)])
        if row >= window:
            _take(down, ring[(row - window) % len(ring)])
        done = row - ahead + 1
        if done >= 0:
            _share(down, in_column[done], once[done % ROWS])
            if done % ROWS == ROWS - 1 or done == height - 1:
                _along(once[0], once[1], once[2], once[3], across, sums)
                for n in range(ROWS):
                    _pick(sums[n], columns, in_row, few[done - done % ROWS + n])
    return _last(few, in_column, window)


@kernel
def _unfiltered(pixels: Any, planes: int) -> Any:
    """What has as many pixels as there are points is not filtered at all."""
    found = np.empty((POINTS, POINTS), np.float32)
    for y in range(POINTS):
        _luma(pixels[y], planes, found[y])
    return found


@kernel
def _many(length: int, window: int) -> Any:
    """How many pixels are in the window around each: fewer at the ends."""
    found = np.empty(length, np.float32)
    for at in range(length):
        found[at] = end(at, window, length) - begin(at, window)
    return found


@kernel
def _luma(pixels: Any, planes: int, found: Any) -> None:
    """In thousandths it is whole, and one division rounds as `pdqhash` does from double precision."""
    if planes == 1:
        for x in range(len(found)):
            found[x] = np.float32(pixels[x])
        return
    for x in range(len(found)):
        red, green, blue = np.float32(pixels[3 * x]), np.float32(pixels[3 * x + 1]), np.float32(pixels[3 * x + 2])
        found[x] = (np.float32(299) * red + np.float32(587) * green + np.float32(114) * blue) / np.float32(1000)


@kernel
def _along(a: Any, b: Any, c: Any, d: Any, window: int, sums: Any) -> None:
    """The running sums of four rows: what comes into the window is added before what leaves it is taken away."""
    whole, ahead = len(a) - window, (window + 2) // 2
    before = window - ahead + 1
    s = t = u = v = np.float32(0)
    for x in range(window):
        s, t, u, v = s + a[x], t + b[x], u + c[x], v + d[x]
        if x >= ahead - 1:
            at = x - ahead + 1
            sums[0, at], sums[1, at], sums[2, at], sums[3, at] = s, t, u, v
    come_a, come_b, come_c, come_d = a[window:], b[window:], c[window:], d[window:]
    of_a, of_b, of_c, of_d = sums[0, before:], sums[1, before:], sums[2, before:], sums[3, before:]
    for x in range(whole):
        s, t, u, v = s + come_a[x], t + come_b[x], u + come_c[x], v + come_d[x]
        s, t, u, v = s - a[x], t - b[x], u - c[x], v - d[x]
        of_a[x], of_b[x], of_c[x], of_d[x] = s, t, u, v
    for x in range(whole, whole + ahead - 1):
        s, t, u, v = s - a[x], t - b[x], u - c[x], v - d[x]
        of_a[x], of_b[x], of_c[x], of_d[x] = s, t, u, v


@kernel
def _pick(sums: Any, columns: Any, in_row: Any, found: Any) -> None:
    for point in range(POINTS):
        found[point] = sums[columns[point]] / in_row[columns[point]]


@kernel
def _last(few: Any, in_column: Any, window: int) -> Any:
    """The second pass down the columns of the points."""
    height, ahead, point = len(in_column), (window + 2) // 2, 0
    down, found = np.zeros(POINTS, np.float32), np.empty((POINTS, POINTS), np.float32)
    for row in range(height + ahead - 1):
        if row < height:
            _add(down, few[row])
        if row >= window:
            _take(down, few[row - window])
        while point < POINTS and place(point, height) == row - ahead + 1:
            _share(down, in_column[row - ahead + 1], found[point])
            point += 1
    return found


@kernel
def _add(sums: Any, row: Any) -> None:
    for x in range(len(sums)):
        sums[x] += row[x]


@kernel
def _take(sums: Any, row: Any) -> None:
    for x in range(len(sums)):
        sums[x] -= row[x]


@kernel
def _divide(sums: Any, many: Any, found: Any) -> None:
    for x in range(len(sums)):
        found[x] = sums[x] / many[x]


@kernel
def _share(sums: Any, many: Any, found: Any) -> None:
    for x in range(len(sums)):
        found[x] = sums[x] / many
