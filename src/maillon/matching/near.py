"""The search over one set of hashes, by whatever way is quickest for it: callers see none of the ways."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from maillon.matching import ring
from maillon.matching.hits import Hits
from maillon.matching.words import Words

Array = np.ndarray[Any, Any]


class Near:
    """Hashes of 256 bits, to be searched within a radius. Their places, 0…n-1, are their names."""

    def __init__(self, arrays: ring.Ring) -> None:
        self._ring = arrays

    @classmethod
    def build(cls, words: Words, *, threads: int = 1, room: ring.Room = np.empty) -> "Near":
        """Sixteen sorted bands: 128 bytes a hash, and 4 MiB."""
        return cls(ring.build(words, threads=threads, room=room))

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Near":
        """From what `arrays` gave."""
        return cls(ring.Ring(**arrays))

    def arrays(self) -> dict[str, Array]:
        """What a file keeps of it, by name."""
        return self._ring._asdict()

    def __len__(self) -> int:
        return len(self._ring.words)

    def search(self, queries: Words, radius: int, *, threads: int = 1) -> Hits:
        """Every hash within `radius` (0…64) of each query, none left out; by query, then place."""
        return ring.search(self._ring, queries, radius, threads=threads)
