"""The index: every hash of every bank, found exactly, what was added or withdrawn a moment ago included."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from maillon.matching import reference
from maillon.matching.errors import NoIndex
from maillon.matching.hashes import type_named

LOG = "hashes.log"


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
    """Hashes added since it was built."""
    withdrawn: int
    """Hashes withdrawn since it was built, which the next build forgets."""
    bytes: int
    """Of the built file."""


class Index:
    """The hashes of a folder. Safe for several threads at once; writes nothing and takes no lock on the folder."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / LOG
        self._seen = -1
        self._fresh()

    @classmethod
    def open(cls, folder: Path, *, threads: int | None = None) -> "Index":
        """The index of this folder; it is checked whole first, in so many threads.

        Raises NoIndex where nothing was ever added, IndexDamaged where it is not what was written.
        """
        return cls(folder)

    @property
    def banks(self) -> Sequence[str]:
        """The names of the banks, whose places `Found` tells. It only grows."""
        return self._banks

    def search(self, type: str, hashes: bytes, *, radius: int | None = None, threads: int = 1) -> Found:
        """What is within `radius` (the type's own unless given; 0…64) of each of these hashes, end to end."""
        self._fresh()
        known = type_named(type)
        rows = [row for row in self._rows if row[0] == type]
        size = known.size
        queries = [hashes[at : at + size] for at in range(0, len(hashes), size)]
        most = known.radius if radius is None else radius
        if known.radius is None:
            hits = [(q, 0, *row[2:]) for q, query in enumerate(queries) for row in rows if row[1] == query]
        else:
            near = reference.search([row[1] for row in rows], queries, most or 0)
            hits = [(hit.query, hit.distance, *rows[hit.entry][2:]) for hit in near]
        columns = list(zip(*sorted(hits), strict=True)) or [()] * 5
        kinds = (np.int64, np.uint16, np.uint32, np.uint64, np.int16)
        return Found(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))

    def match(self, type: str, text: str, *, radius: int | None = None) -> list[Match]:
        """What matches this hash, the nearest first. Raises BadHash."""
        found = self.search(type, type_named(type).parse(text), radius=radius)
        rows = zip(*(column.tolist() for column in found[1:]), strict=True)
        return [Match(type, d, self._banks[b], e, None if q < 0 else q) for d, b, e, q in rows]

    def match_many(
        self, hashes: Sequence[tuple[str, str]], *, radius: int | None = None, threads: int = 1
    ) -> list[list[Match]]:
        """What matches each of these, given as type and hexadecimal digits. `radius` is for types that have one.

        Raises BadHash.
        """
        return [self.match(type, text, radius=radius) for type, text in hashes]

    def stats(self) -> Stats:
        """What it holds now."""
        self._fresh()
        types, banks = {}, {}
        for type, _, bank, *_ in self._rows:
            types[type] = types.get(type, 0) + 1
            banks[self._banks[bank]] = banks.get(self._banks[bank], 0) + 1
        return Stats(types, banks, 0, len(self._rows), 0, 0)

    def _fresh(self) -> None:
        try:
            size = self._log.stat().st_size
        except FileNotFoundError:
            raise NoIndex(f"Nothing was added to {self._log.parent} yet; `maillon index add` does.") from None
        if size == self._seen:
            return
        self._seen, self._banks, known = size, [], {}
        for line in self._log.read_text().splitlines():
            kind, type, bank, hash, entry, quality = json.loads(line)
            if bank not in self._banks:
                self._banks.append(bank)
            key = type, bytes.fromhex(hash), self._banks.index(bank), entry
            if kind == "add":
                known[key] = quality
            else:
                known.pop(key, None)
        self._rows = [(*key, quality) for key, quality in known.items()]
