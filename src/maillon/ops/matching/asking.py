"""Hashes asked of an index in batches, and what they match, by what they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from maillon.matching.index import Found

BATCH = 100_000  # hashes
FIRST = 4_096  # of a batch: how many hits a hash has is not known yet
HITS = 2_000_000  # that one search may find, as far as that can be told beforehand


class Engine(Protocol):
    """What answers: the index on this machine, or whatever stands for it."""

    @property
    def banks(self) -> Sequence[str]: ...

    def search(self, type: str, hashes: bytes, *, radius: int | None = None, threads: int = 1) -> Found: ...


class Queries:
    """Hashes to be asked together, each for what has this place in a batch: its owner."""

    def __init__(self) -> None:
        self.by_type: dict[str, tuple[list[int], list[bytes]]] = {}

    def put(self, owner: int, type: str, hash: bytes) -> None:
        known = self.by_type.get(type)
        if known is None:
            known = self.by_type[type] = ([], [])
        known[0].append(owner)
        known[1].append(hash)


class Hit(NamedTuple):
    """An entry that is near: how near its nearest hash, how good that one, how many of the owner's hashes are near."""

    type: str
    distance: int
    bank: str
    entry: int
    quality: int | None
    hashes: int


@dataclass(slots=True)
class _Near:
    distance: int
    quality: int
    hashes: int
    last: int
    """The hash that was counted last."""


_Entries = dict[tuple[str, str, int], _Near]


class Asking:
    """An engine asked with one radius, in so many threads."""

    def __init__(self, engine: Engine, *, radius: int | None, threads: int) -> None:
        self._engine, self._radius, self._threads = engine, radius, threads
        self._most = FIRST

    def hits(self, queries: Queries) -> dict[int, list[Hit]]:
        """What matches, for each owner that has a match, the nearest first; an entry once for each type.

        Raises IndexDamaged.
        """
        found: dict[int, _Entries] = {}
        for type, (owners, hashes) in queries.by_type.items():
            at = 0
            while at < len(owners):
                part = slice(at, at + self._most)
                self._search(type, owners[part], hashes[part], found)
                at = part.stop
        return {owner: _sorted(entries) for owner, entries in found.items()}

    def _search(self, type: str, owners: list[int], hashes: list[bytes], found: dict[int, _Entries]) -> None:
        rows = self._engine.search(type, b"".join(hashes), radius=self._radius, threads=self._threads)
        self._most = min(BATCH, max(1, HITS * len(owners) // max(len(rows.queries), 1)))
        banks = self._engine.banks
        for query, distance, bank, entry, quality in zip(*(column.tolist() for column in rows), strict=True):
            entries, key = found.setdefault(owners[query], {}), (type, banks[bank], entry)
            known = entries.get(key)
            if known is None:
                entries[key] = _Near(distance, quality, 1, query)
                continue
            if distance < known.distance:
                known.distance, known.quality = distance, quality
            if query != known.last:
                known.hashes, known.last = known.hashes + 1, query


def _sorted(entries: _Entries) -> list[Hit]:
    found = [
        Hit(type, near.distance, bank, entry, None if near.quality < 0 else near.quality, near.hashes)
        for (type, bank, entry), near in entries.items()
    ]
    return sorted(found, key=lambda hit: (hit.distance, hit.bank, hit.entry, hit.type))
