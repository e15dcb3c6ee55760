"""Lists of hashes to be added to a bank, or withdrawn from it: every line, good or bad, before anything is done."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maillon.kernel.errors import BadInput
from maillon.matching.changing import LARGEST_ENTRY
from maillon.matching.hashes import type_named
from maillon.matching.index import Index
from maillon.ops.matching.lists import Bad, Line, of_size

UNKNOWN = -1
Array = np.ndarray[Any, Any]


@dataclass(slots=True)
class Rows:
    """Hashes of one type, end to end; of each its entry and quality, UNKNOWN where the list says none."""

    hashes: bytearray = field(default_factory=bytearray)
    entries: "array[int]" = field(default_factory=lambda: array("q"))
    qualities: "array[int]" = field(default_factory=lambda: array("b"))

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(slots=True)
class Gathered:
    """What lists hold: rows by type, and the lines that cannot be used, each with the name of its list.

    `every_type`: a hash of which it is not said which type it has counts as each that has its length.
    """

    every_type: bool = False
    rows: dict[str, Rows] = field(default_factory=dict)
    bad: list[tuple[str, Bad]] = field(default_factory=list)

    def take(self, name: str, lines: Iterable[Line | Bad]) -> None:
        """The lines of one list more."""
        for line in lines:
            bad = line if isinstance(line, Bad) else self._row(line)
            if bad:
                self.bad.append((name, bad))

    def _row(self, line: Line) -> Bad | None:
        names = [line.type] if line.type else of_size(len(line.hash))
        entry = _whole(line.fields.get("entry", ""), LARGEST_ENTRY)
        quality = _whole(line.fields.get("quality", ""), 100)
        if len(names) > 1 and not self.every_type:
            return _bad(line, f"it may be {', '.join(names)}; say which, with --type or a column type")
        if entry is None:
            return _bad(line, f"the entry {line.fields['entry']!r} is no whole number from 0 to {LARGEST_ENTRY}")
        if quality is None:
            return _bad(line, f"the quality {line.fields['quality']!r} is no whole number from 0 to 100")
        for name in names:
            rows = self.rows.setdefault(name, Rows())
            rows.hashes += line.hash
            rows.entries.append(entry)
            rows.qualities.append(quality)
        return None


def numbered(rows: Rows, *, type: str, bank: str, index: Index | None, first: int) -> tuple[Array, int]:
    """The entries of these rows, and the first number that is free then.

    A hash without one gets that which the bank knows it as, else the next number from `first` on, in the order of the
    list; the same hash, the same number. Raises BadInput where no numbers are left.
    """
    entries = np.array(rows.entries, np.int64)
    missing = np.flatnonzero(entries == UNKNOWN)
    if not len(missing):
        return entries, first
    size = type_named(type).size
    hashes = np.frombuffer(rows.hashes, f"V{size}")[missing]
    _, places, which = np.unique(hashes, return_index=True, return_inverse=True)
    given = np.full(len(places), UNKNOWN, np.int64)
    if index is not None and bank in index.banks:
        found = index.search(type, hashes[places].tobytes(), radius=0)
        there = found.banks == index.banks.index(bank)
        given[found.queries[there]] = found.entries[there].astype(np.int64)
    new = np.flatnonzero(given == UNKNOWN)
    if first + len(new) > LARGEST_ENTRY:
        raise BadInput(f"The bank has an entry {first - 1}, and no numbers beyond; give every hash its entry.")
    given[new[np.argsort(places[new])]] = np.arange(first, first + len(new))
    entries[missing] = given[which]
    return entries, first + len(new)


def _whole(text: str, most: int) -> int | None:
    """The number; UNKNOWN where there is none, None where it is another thing."""
    if not text:
        return UNKNOWN
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most else None


def _bad(line: Line, why: str) -> Bad:
    return Bad(line.number, line.hash.hex(), why)


def first_free(given: Gathered, bank: str, index: Index | None) -> int:
    """The first number that is free in a bank, once these rows are in it."""
    largest = UNKNOWN if index is None else index.largest(bank)
    return 1 + max([largest, *(max(rows.entries, default=UNKNOWN) for rows in given.rows.values())])


def halves(rows: Rows, type: str) -> Iterator[tuple[bytes, Array | None]]:
    """The hashes without an entry, and those with one beside their entries."""
    hashes, entries = np.frombuffer(rows.hashes, f"V{type_named(type).size}"), np.array(rows.entries, np.int64)
    said = entries != UNKNOWN
    if not said.all():
        yield hashes[~said].tobytes(), None
    if said.any():
        yield hashes[said].tobytes(), entries[said]
