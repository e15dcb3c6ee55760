"""What an index must answer, as plainly as it can be said: a dictionary, and the plain reference."""

import random
from collections import Counter
from pathlib import Path

from maillon.matching import reference
from maillon.matching.answers import Match
from maillon.matching.changing import add, withdraw
from maillon.matching.hashes import type_named, types
from maillon.matching.index import Index


class Plainly:
    """A folder, and beside it what was added to it and not withdrawn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.standing: dict[tuple[str, bytes, str, int], int] = {}
        self._banks: list[str] = []

    def add(self, type: str, bank: str, rows: list[tuple[bytes, int, int]]) -> None:
        hashes = b"".join(hash for hash, *_ in rows)
        entries, qualities = [entry for _, entry, _ in rows], [quality for *_, quality in rows]
        assert add(self.folder, type=type, bank=bank, hashes=hashes, entries=entries, qualities=qualities) == len(rows)
        self.note(type, bank, rows)

    def note(self, type: str, bank: str, rows: list[tuple[bytes, int, int]]) -> None:
        """That these rows were added."""
        if bank not in self._banks:
            self._banks.append(bank)
        for hash, entry, quality in rows:
            self.standing[type, hash, bank, entry] = quality

    def withdraw_entries(self, bank: str, entries: list[int], index: Index | None = None) -> None:
        gone = [key for key in self.standing if key[2] == bank and key[3] in entries]
        assert withdraw(self.folder, bank=bank, entries=entries, index=index) == len(gone)
        self._forget(gone)

    def withdraw_hashes(self, type: str, bank: str, hashes: list[bytes], index: Index | None = None) -> None:
        gone = [key for key in self.standing if key[0] == type and key[1] in hashes and key[2] == bank]
        assert withdraw(self.folder, bank=bank, type=type, hashes=b"".join(hashes), index=index) == len(gone)
        self._forget(gone)

    def withdraw_pairs(self, type: str, bank: str, pairs: list[tuple[bytes, int]], index: Index | None = None) -> None:
        gone = [key for hash, entry in set(pairs) if (key := (type, hash, bank, entry)) in self.standing]
        hashes, entries = b"".join(hash for hash, _ in pairs), [entry for _, entry in pairs]
        found = withdraw(self.folder, bank=bank, type=type, hashes=hashes, entries=entries, index=index)
        assert found == len(gone)
        self._forget(gone)

    def _forget(self, gone: list[tuple[str, bytes, str, int]]) -> None:
        for key in gone:
            del self.standing[key]

    def answer(self, type: str, hash: bytes, radius: int | None = None) -> list[Match]:
        own = type_named(type).radius
        most = 0 if own is None else own if radius is None else radius
        near = [
            (apart, self._banks.index(bank), entry, quality)
            for (kind, known, bank, entry), quality in self.standing.items()
            if kind == type and (apart := reference.distance(known, hash)) <= most
        ]
        return [
            Match(type, apart, self._banks[bank], entry, None if quality < 0 else quality)
            for apart, bank, entry, quality in sorted(near)
        ]

    def agrees(self, index: Index, queries: list[tuple[str, bytes]], radius: int | None = None) -> None:
        """Ask the index one by one, many at once, and as arrays."""
        expected = [self.answer(type, hash, radius) for type, hash in queries]
        assert index.match_many([(type, hash.hex()) for type, hash in queries], radius=radius) == expected
        for (type, hash), answer in list(zip(queries, expected, strict=True))[:9]:
            assert index.match(type, hash.hex().upper(), radius=radius) == answer
        for type in types():
            asked = [hash for kind, hash in queries if kind == type]
            found = index.search(type, b"".join(asked), radius=radius)
            rows = list(zip(*(column.tolist() for column in found), strict=True))
            assert rows == [
                (query, match.distance, self._banks.index(match.bank), match.entry, known(match.quality))
                for query, hash in enumerate(asked)
                for match in self.answer(type, hash, radius)
            ]

    def counts(self, index: Index) -> None:
        stats = index.stats()
        assert stats.types == Counter(type for type, *_ in self.standing)
        assert stats.banks == Counter(bank for _, _, bank, _ in self.standing)
        assert stats.base + stats.tail - stats.withdrawn == len(self.standing)


def known(quality: int | None) -> int:
    return -1 if quality is None else quality


def changed(hash: bytes, bits: int, chance: random.Random) -> bytes:
    """The hash with so many of its bits changed."""
    number = int.from_bytes(hash, "big")
    for bit in chance.sample(range(8 * len(hash)), bits):
        number ^= 1 << bit
    return number.to_bytes(len(hash), "big")
