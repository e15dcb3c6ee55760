"""What the index answers."""

from typing import Any, NamedTuple

import numpy as np


class Found(NamedTuple):
    """What a search found: arrays of one length, a row for each hit, by query, then distance, bank and entry."""

    queries: np.ndarray[Any, np.dtype[np.int64]]
    distances: np.ndarray[Any, np.dtype[np.uint16]]
    banks: np.ndarray[Any, np.dtype[np.uint32]]
    """Places in `Index.banks`."""
    entries: np.ndarray[Any, np.dtype[np.uint64]]
    qualities: np.ndarray[Any, np.dtype[np.int16]]
    """0…100, or -1 where it is unknown."""


class Match(NamedTuple):
    """One hit: a hash of the same type, so many bits away, which a bank knows as this entry."""

    type: str
    distance: int
    bank: str
    entry: int
    quality: int | None


class Stats(NamedTuple):
    """What an index holds."""

    types: dict[str, int]
    """Hashes that match, by type."""
    banks: dict[str, int]
    """Hashes that match, by bank."""
    base: int
    """Hashes in the built file."""
    tail: int
    """Hashes that match and were added since it was built."""
    withdrawn: int
    """Hashes of the built file that match no more, and that the next build forgets."""
    bytes: int
    """Of the built file."""
