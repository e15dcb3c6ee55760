"""What a search must find, as plainly as it can be said. The kernels are tested against it."""

from collections.abc import Sequence
from typing import NamedTuple


class Hit(NamedTuple):
    """An entry within the radius of a query: the query's place, the entry's, and how many bits differ."""

    query: int
    entry: int
    distance: int


def distance(a: bytes, b: bytes) -> int:
    """How many bits of two hashes of one length differ."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


def search(entries: Sequence[bytes], queries: Sequence[bytes], radius: int) -> list[Hit]:
    """Every entry within `radius` of each query, by query, then entry."""
    return [
        Hit(q, e, found)
        for q, query in enumerate(queries)
        for e, entry in enumerate(entries)
        if (found := distance(query, entry)) <= radius
    ]
