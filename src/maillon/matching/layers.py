"""The hashes of one type: those of the built file, less what is withdrawn, and those that were added since.

What was added is looked at one by one while it is little (`recent`); beyond that an index of it is made in memory
(`middle`), each time a quarter more has come.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from maillon.matching import scan
from maillon.matching.exact import Exact, ordered, scanned
from maillon.matching.hashes import HashType
from maillon.matching.hits import Hits
from maillon.matching.near import Near
from maillon.matching.rows import RECORD, Rows, different, known
from maillon.matching.single import one
from maillon.matching.vectors import unchanging
from maillon.matching.words import BYTES, hashes_of, words_of

RECENT = 2048
"""So many hashes are looked at one by one at any rate."""
Array = np.ndarray[Any, Any]
Searched: TypeAlias = Near | Exact


class Rowed(NamedTuple):
    """Hits with what is known of each: arrays of one length."""

    queries: Array
    distances: Array
    records: Array


class Layer(NamedTuple):
    """The hashes of one type at one moment; what is withdrawn later may vanish from it sooner."""

    type: HashType
    base: Searched | None
    records: Array
    withdrawn: Array | None
    """Of the base: a bit for each row that stands no more. None where all do."""
    middle: Searched | None
    order: Array
    """Of each place in the middle, which row it is."""
    merged: int
    """How many rows the middle has."""
    hashes: Array
    """Of all that was added since; a NEAR type's as words."""
    added: Array
    gone: Array

    def search(self, queries: Array, radius: int, *, threads: int = 1) -> list[Rowed]:
        """Every hash that stands, within the radius of each query (as `queries_of` gives them), in any order.

        Most queries find nothing, and nothing is done about it.
        """
        found = []
        if self.base is not None:
            hits = self.base.search(queries, radius, threads=threads)
            if len(hits.entries):
                found.append(self._standing(hits))
        if self.middle is not None:
            hits = self.middle.search(queries, radius, threads=threads)
            if len(hits.entries):
                found.append(self._added(hits._replace(entries=self.order[hits.entries])))
        if self.merged < len(self.hashes):
            recent = self.hashes[self.merged :]
            hits = scanned(recent, queries) if self.type.radius is None else _scan(recent, queries, radius, threads)
            if len(hits.entries):
                found.append(self._added(hits._replace(entries=hits.entries + self.merged)))
        return found

    def _standing(self, hits: Hits) -> Rowed:
        if self.withdrawn is not None:
            hits = _chosen(hits, ~marked(self.withdrawn, hits.entries))
        return Rowed(hits.queries, hits.distances, self.records[hits.entries])

    def _added(self, hits: Hits) -> Rowed:
        hits = _chosen(hits, ~self.gone[hits.entries])
        return Rowed(hits.queries, hits.distances, self.added[hits.entries])

    def known_as(self, bank: int, entries: Array) -> tuple[Array, Array]:
        """The hashes (uint8 (n, size)) that stand in this bank as one of these entries, and their entries."""
        base = _of(self.records, bank, entries)
        if self.withdrawn is not None:
            base = base[~marked(self.withdrawn, base)]
        added = _of(self.added, bank, entries)
        added = added[~self.gone[added]]
        hashes = [self.hashes[added]]
        if self.base is not None:
            hashes.append(stored(self.base)[base])
        whole = np.concatenate([_given(self.type, part) for part in hashes])
        return whole, np.concatenate([self.added["entry"][added], self.records["entry"][base]])

    def largest(self, bank: int) -> int:
        """The largest entry of this bank, whether it still stands or not; -1 where it has none."""
        known = (records["entry"][records["bank"] == bank] for records in (self.records, self.added))
        return max((int(entries.max()) for entries in known if len(entries)), default=-1)

    def banks(self) -> Array:
        """The bank of each hash that stands."""
        base = self.records["bank"]
        if self.withdrawn is not None:
            base = base[~np.unpackbits(self.withdrawn, count=len(base), bitorder="little").astype(np.bool_)]
        return np.concatenate([base, self.added["bank"][~self.gone]])

    def counts(self) -> tuple[int, int, int]:
        """How many rows are in the base, stand since, and stand no more in the base."""
        withdrawn = 0 if self.withdrawn is None else int(np.bitwise_count(self.withdrawn).sum())
        return len(self.records), int(np.count_nonzero(~self.gone)), withdrawn


class Held:
    """The layer of one type as the journal is read on. Not for two threads at once; a Layer taken from it is."""

    def __init__(self, type: HashType, base: Searched | None = None, records: Array | None = None) -> None:
        self.type, self.base = type, base
        self.records = np.empty(0, RECORD) if records is None else records
        self.rows = Rows(type.size)
        self._withdrawn: Array | None = None
        self._middle: Searched | None = None
        self._order = np.empty(0, np.int64)
        self._merged = 0

    def apply(self, hashes: Array, records: Array, adding: Array) -> None:
        """Add these rows (hashes as they are given, uint8 (n, size)) or withdraw them, one after the other."""
        hashes = queries_of(self.type, hashes.tobytes()).view(np.uint8).reshape(hashes.shape)
        if self.base is not None:
            self._withdraw_from_base(self.base, hashes, records)
        self.rows.apply(hashes, records, adding)
        if self.rows.count - self._merged > max(RECENT, self._merged // 4):
            self._merge()

    def _withdraw_from_base(self, base: Searched, hashes: Array, records: Array) -> None:
        """Of what is added or withdrawn anew, the row in the base stands no more: what the journal says counts.

        Each hash is looked up once, however many rows it has here and there.
        """
        asked = different(hashes)
        hits = base.search(asked if self.type.radius is None else asked.view(np.uint64), 0)
        if not len(hits.entries):
            return
        places = hits.entries[known(hashes, records).has(asked[hits.queries], self.records[hits.entries])]
        if not len(places):
            return
        if self._withdrawn is None:
            self._withdrawn = np.zeros(len(self.records) // 8 + 1, np.uint8)
        np.bitwise_or.at(self._withdrawn, places >> 3, np.uint8(1) << (places & 7).astype(np.uint8))

    def _merge(self) -> None:
        hashes = self.rows.hashes[: self.rows.count]
        if self.type.radius is None:
            self._order = ordered(hashes)
            self._middle = Exact.of(_frozen(Exact.build(hashes[self._order]).arrays()))
        else:
            self._order = np.arange(len(hashes))
            self._middle = Near.of(_frozen(Near.build(hashes.view(np.uint64)).arrays()))
        self._merged = len(hashes)

    def layer(self) -> Layer:
        rows, n = self.rows, self.rows.count
        return Layer(
            self.type, self.base, self.records, self._withdrawn, self._middle, self._order, self._merged,
            unchanging(rows.hashes[:n]), rows.records[:n], rows.gone[:n],
        )  # fmt: skip


@cache
def warm() -> None:
    """Have at hand what is compiled for hashes that are added while a process runs, so that the first is seen as soon.

    It takes a fraction of a second once.
    """
    for type in (HashType("near", BYTES, 0), HashType("exact", BYTES, None)):
        held = Held(type)
        held.apply(np.zeros((1, BYTES), np.uint8), np.zeros(1, RECORD), np.ones(1, np.bool_))
        for count in (1, 2, scan.TILED):
            held.layer().search(queries_of(type, bytes(count * BYTES)), 0)


def queries_of(type: HashType, hashes: bytes) -> Array:
    """Hashes end to end as an index of this type takes them."""
    if type.radius is not None:
        return words_of(hashes)
    return np.frombuffer(hashes, np.uint8).reshape(-1, type.size)


def stored(base: Searched) -> Array:
    """The hashes of an index, as Rows keep them."""
    if isinstance(base, Exact):
        return base.arrays()["hashes"]
    words = base.arrays()["words"]
    return words.view(np.uint8).reshape(len(words), -1)


def marked(bits: Array, places: Array) -> Array:
    """Which of these places have their bit set."""
    found: Array = (bits[places >> 3] >> (places & 7).astype(np.uint8) & 1).astype(np.bool_)
    return found


def _scan(hashes: Array, queries: Array, radius: int, threads: int) -> Hits:
    words = hashes.view(np.uint64)
    if len(queries) == 1:
        return one(scan.each, words, queries, 0, radius)
    return scan.search(words, queries, radius, threads=threads)


def _frozen(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """As they come from a file."""
    return {name: unchanging(array) for name, array in arrays.items()}


def _given(type: HashType, kept: Array) -> Array:
    """Hashes as they were given, from what Rows keep."""
    if type.radius is None:
        return kept
    return np.frombuffer(hashes_of(np.ascontiguousarray(kept).view(np.uint64)), np.uint8).reshape(kept.shape)


def _of(records: Array, bank: int, entries: Array) -> Array:
    """The places of the records of this bank that are one of these entries."""
    of_bank = np.flatnonzero(records["bank"] == bank)
    return of_bank[np.isin(records["entry"][of_bank], entries)]


def _chosen(hits: Hits, which: Array) -> Hits:
    return Hits(hits.queries[which], hits.entries[which], hits.distances[which])
