"""The index: every hash of every bank, found exactly, what was added or withdrawn a moment ago included."""

import os
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from maillon.matching.answers import Found, Match, Stats
from maillon.matching.errors import BadHash, IndexDamaged, JournalDamaged, NoIndex
from maillon.matching.following import Following, View
from maillon.matching.hashes import HashType, type_named
from maillon.matching.hits import refuse_radius
from maillon.matching.layers import Layer, queries_of

__all__ = ["Found", "Index", "IndexDamaged", "JournalDamaged", "Match", "NoIndex", "Stats"]
Array = np.ndarray[Any, Any]
NOTHING = Found(
    np.empty(0, np.int64), np.empty(0, np.uint16), np.empty(0, np.uint32), np.empty(0, np.uint64), np.empty(0, np.int16)
)


class Index:
    """The hashes of a folder. Safe for several threads at once; writes nothing and takes no lock of the folder.

    Every call sees what any process added or withdrew before it, and raises IndexDamaged where that cannot be read.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self._folder: Following | _Still = Following(folder, threads=threads or min(8, os.cpu_count() or 1))

    @classmethod
    def open(cls, folder: Path, *, threads: int | None = None) -> "Index":
        """The index of this folder; its file is checked whole first, in so many threads.

        Raises NoIndex where nothing was ever added, IndexDamaged where it is not what was written.
        """
        return cls(folder, threads=threads)

    @property
    def banks(self) -> Sequence[str]:
        """The names of the banks, whose places `Found` tells. It only grows."""
        return self._folder.fresh().banks

    def search(self, type: str, hashes: bytes, *, radius: int | None = None, threads: int = 1) -> Found:
        """What is within `radius` (the type's own unless given; 0…64) of each of these hashes, end to end.

        Raises BadHash for an unknown type or hashes of another length, ValueError for another radius.
        """
        known = type_named(type)
        if len(hashes) % known.size:
            raise BadHash(f"{known.name} hashes end to end have a multiple of {known.size} bytes, not {len(hashes)}.")
        return self._found(self._folder.fresh(), known, hashes, radius, threads)

    def match(self, type: str, text: str, *, radius: int | None = None) -> list[Match]:
        """What matches this hash, the nearest first. Raises BadHash, and ValueError for a radius no search takes."""
        known = type_named(type)
        view = self._folder.fresh()
        found = self._found(view, known, known.parse(text), radius, 1)
        return [] if found is NOTHING else [match for _, match in self._matches(view, type, found)]

    def match_many(
        self, hashes: Sequence[tuple[str, str]], *, radius: int | None = None, threads: int = 1
    ) -> list[list[Match]]:
        """What matches each of these, given as type and hexadecimal digits. `radius` is for types that have one.

        Raises BadHash, and ValueError for a radius that no search takes.
        """
        by_type: dict[str, list[int]] = {}
        for n, (type, _) in enumerate(hashes):
            by_type.setdefault(type, []).append(n)
        told: list[list[Match]] = [[] for _ in hashes]
        view = self._folder.fresh()
        for type, places in by_type.items():
            known = type_named(type)
            given = b"".join(known.parse(hashes[n][1]) for n in places)
            for query, match in self._matches(view, type, self._found(view, known, given, radius, threads)):
                told[places[query]].append(match)
        return told

    def frozen(self, through: Callable[[Layer], Layer]) -> "Index":
        """What it holds now and no later, each layer as `through` makes it. This one must not be asked any more."""
        view = self._folder.fresh()
        found = copy(self)
        found._folder = _Still(view._replace(layers={name: through(layer) for name, layer in view.layers.items()}))
        return found

    def stats(self) -> Stats:
        """What it holds now."""
        view = self._folder.fresh()
        by_type, counts, by_bank = {}, [(0, 0, 0)], np.zeros(len(view.banks), np.int64)
        for name, layer in sorted(view.layers.items()):
            banks = layer.banks()
            counts.append(layer.counts())
            by_type[name] = len(banks)
            by_bank += np.bincount(banks, minlength=len(by_bank))
        base, tail, withdrawn = (sum(counted) for counted in zip(*counts, strict=True))
        return Stats(
            {name: count for name, count in by_type.items() if count},
            {bank: int(count) for bank, count in zip(view.banks, by_bank, strict=False) if count},
            base,
            tail,
            withdrawn,
            view.file.bytes if view.file else 0,
        )

    def largest(self, bank: str) -> int:
        """The largest entry of a bank, those withdrawn since the last build included; -1 where it has none."""
        view = self._folder.fresh()
        if bank not in view.banks:
            return -1
        number = view.banks.index(bank)
        return max((layer.largest(number) for layer in view.layers.values()), default=-1)

    def known_as(self, bank: str, entries: Array, type: str | None = None) -> Iterator[tuple[str, Array, Array]]:
        """What stands in a bank as one of these entries: by type, hashes uint8 (n, size) and their entries."""
        view = self._folder.fresh()
        if bank in view.banks:
            number = view.banks.index(bank)
            for name, layer in view.layers.items():
                if type in (None, name):
                    yield name, *layer.known_as(number, entries)

    def _found(self, view: View, type: HashType, hashes: bytes, radius: int | None, threads: int) -> Found:
        wanted = 0 if type.radius is None else type.radius if radius is None else radius
        refuse_radius(wanted)
        layer = view.layers.get(type.name)
        rowed = layer.search(queries_of(type, hashes), wanted, threads=threads) if layer else []
        if not rowed:
            return NOTHING
        queries, distances, records = rowed[0]
        if len(rowed) > 1:
            queries, distances, records = (np.concatenate(columns) for columns in zip(*rowed, strict=True))
        if len(queries) > 1:
            order = np.lexsort((records["entry"], records["bank"], distances, queries))
            queries, distances, records = queries[order], distances[order], records[order]
        return Found(queries, distances, records["bank"], records["entry"], records["quality"])

    def _matches(self, view: View, type: str, found: Found) -> Iterator[tuple[int, Match]]:
        banks = view.banks
        for query, distance, bank, entry, quality in zip(*(column.tolist() for column in found), strict=True):
            yield query, Match(type, distance, banks[bank], entry, None if quality < 0 else quality)


class _Still(NamedTuple):
    """A folder at one moment."""

    view: View

    def fresh(self) -> View:
        return self.view
