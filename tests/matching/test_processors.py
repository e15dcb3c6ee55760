"""A processor without the newest instructions finds the same."""

import os
import subprocess
import sys

import numpy as np

from maillon.matching.near import BUILT, Near

OLDER = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+sse4.2,+popcnt,+avx,+avx2,+bmi,+bmi2,+lzcnt,+fma"}
"""An instruction set of 2013: 256 bits wide, no masks, no counting of bits in vectors."""
ASKED = f"from {__name__} import told; import sys; sys.stdout.buffer.write(told())"


def told() -> bytes:
    """What every way finds among hashes that are always the same, by one thread and by two."""
    chance = np.random.default_rng(6)
    words = chance.integers(0, 1 << 64, (2 * BUILT, 4), np.uint64)
    words[BUILT:] = words[:BUILT] ^ (np.uint64(1) << chance.integers(0, 64, (BUILT, 4), np.uint64))
    near, found = Near.build(words), []
    for count in (1, 3, 60):
        for radius in (5, 31, 40, 64):
            for threads in (1, 2):
                found.append(near.search(words[:count], radius, threads=threads))
    found.append(near.search(np.tile(words, (3, 1)), 31, threads=2))
    return b"".join(column.tobytes() for hits in found for column in hits)


def test_a_processor_without_avx_512_finds_the_same() -> None:
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    older = subprocess.run(
        [sys.executable, "-c", ASKED], env={**os.environ, **paths, **OLDER}, capture_output=True, check=True
    )
    here = told()
    assert older.stdout == here
    assert len(here) > 100 * sum(np.dtype(kind).itemsize for kind in (np.int64, np.int64, np.uint16))
