"""Ours, driven in the same way: the search over arrays, and the index with hashes end to end or one string a call."""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench.search.searcher import BYTES, RADIUS, Array, Searcher
from maillon.matching import scan
from maillon.matching.building import build
from maillon.matching.changing import add
from maillon.matching.index import Index
from maillon.matching.near import Near
from maillon.matching.words import words_of

WARM = 100_000
"""Hashes searched before anything is timed, of which every way of searching is taken."""
PART = 1_000_000
AT_ONCE = 1 << 16
"""Few enough that what they take meanwhile is not kept by malloc for later."""


class Ours(Searcher):
    """Hashes end to end are what callers have; making words of them is timed."""

    package = "maillon"
    drives = ("own threads",)
    _threads = 1

    def version(self) -> str:
        return "this"

    def use_threads(self, count: int) -> None:
        self._threads = count

    def warm(self, n: int) -> None:
        """Everything is compiled, or read from the cache."""
        few = type(self)(**self.settings)
        hashes = np.frombuffer(np.random.default_rng(0).bytes(BYTES * min(n, WARM)), np.uint8).reshape(-1, BYTES)
        few.build(few.prepare(hashes), 0)
        for threads in (1, 2):
            few.use_threads(threads)
            for count in (1, 100, WARM // 4):
                few.look(few.ready(hashes[:count]))

    def prepare(self, hashes: Array) -> Any:
        return np.array(hashes)

    def ready(self, queries: Array) -> Any:
        return np.ascontiguousarray(queries).tobytes()

    def found(self, told: Any, count: int) -> list[set[int]]:
        sets: list[set[int]] = [set() for _ in range(count)]
        for query, entry in zip(told.queries.tolist(), told.entries.tolist(), strict=True):
            sets[query].add(entry)
        return sets


class Arrays(Ours):
    """`Near`: no journal, no banks."""

    def build(self, prepared: Any, until: float) -> int:
        self.near = Near.build(all_words(prepared), threads=2)
        return len(self.near)

    def look(self, queries: Any) -> Any:
        return self.near.search(words_of(queries), RADIUS, threads=self._threads)

    def own_bytes(self) -> int:
        return sum(array.nbytes for array in self.near.arrays().values())


class Scan(Ours):
    """Our own plain scan over the same words."""

    def build(self, prepared: Any, until: float) -> int:
        self.words = all_words(prepared)
        return len(self.words)

    def look(self, queries: Any) -> Any:
        return scan.search(self.words, words_of(queries), RADIUS, threads=self._threads)


class Kept(Ours):
    """The index of a folder, built and opened: what the doors of Maillon use."""

    def prepare(self, hashes: Array) -> Any:
        self.folder = tempfile.TemporaryDirectory(prefix="maillon-index-")
        return hashes

    def build(self, prepared: Any, until: float) -> int:
        """Journal, file and opening, all durable and checked."""
        folder = Path(self.folder.name)
        fill(folder, prepared)
        self.index = Index.open(folder, threads=2)
        self.file = sum(path.stat().st_size for path in folder.glob("*.index"))
        return len(prepared)

    def look(self, queries: Any) -> Any:
        return self.index.search("pdq", queries, threads=self._threads)

    def own_bytes(self) -> int:
        return self.file


class Strings(Kept):
    """One string of hexadecimal digits a call, as threatexchange's index is used; two threads of Python's."""

    drives = ("python threads",)
    batched = False

    def ready(self, queries: Array) -> Any:
        text = np.ascontiguousarray(queries).tobytes().hex()
        return [text[at : at + 2 * BYTES] for at in range(0, len(text), 2 * BYTES)]

    def look(self, queries: Any) -> Any:
        match: Callable[[str, str], Any] = self.index.match
        return [match("pdq", text) for text in queries]

    def found(self, told: Any, count: int) -> list[set[int]]:
        return [{match.entry for match in matches} for matches in told]


def fill(folder: Path, hashes: Array) -> None:
    """Add all hashes to one bank, each as the entry of its place, and build the file."""
    for at in range(0, len(hashes), PART):
        part = np.ascontiguousarray(hashes[at : at + PART])
        add(folder, type="pdq", bank="bench", hashes=part.tobytes(), entries=np.arange(at, at + len(part)))
    build(folder, threads=2)


def all_words(hashes: Array) -> Array:
    """Part by part, two at once, so that hashes and words are not in memory a third time."""
    words = np.empty((len(hashes), 4), np.uint64)

    def make(at: int) -> None:
        words[at : at + AT_ONCE] = words_of(np.ascontiguousarray(hashes[at : at + AT_ONCE]).tobytes())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, range(0, len(hashes), AT_ONCE)))
    return words
