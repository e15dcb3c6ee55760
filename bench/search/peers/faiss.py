"""`faiss-cpu`: Flat as range and as k nearest, Hash, MultiHash, HNSW."""

import time
from collections.abc import Iterator
from typing import Any

import faiss

from bench.search.searcher import RADIUS, Searcher, Settings, by_limits, by_rows

BITS = 256
CHUNK = 10_000


class Binary(Searcher):
    """Arrays in; threads of its own for a batch."""

    package = "faiss-cpu"
    drives = ("own threads",)
    index: Any

    def make(self) -> Any:
        raise NotImplementedError

    def build(self, prepared: Any, until: float) -> int:
        faiss.omp_set_num_threads(2)
        self.index = self.make()
        self.index.add(prepared)
        return int(self.index.ntotal)

    def look(self, queries: Any) -> Any:
        return self.index.range_search(queries, RADIUS + 1)

    def found(self, told: Any, count: int) -> list[set[int]]:
        return by_limits(told, count)

    def use_threads(self, count: int) -> None:
        faiss.omp_set_num_threads(count)


class Nearest(Binary):
    """Asked for the k nearest."""

    def look(self, queries: Any) -> Any:
        return self.index.search(queries, self.settings["k"])

    def found(self, told: Any, count: int) -> list[set[int]]:
        return by_rows(told[1], told[0])


class Flat(Binary):
    def make(self) -> Any:
        return faiss.IndexBinaryFlat(BITS)


class FlatNearest(Nearest):
    """Through a heap, or by counting."""

    form = "k nearest"

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        yield {"k": 4, "use_heap": True}
        yield {"k": 4, "use_heap": False}

    def make(self) -> Any:
        index = faiss.IndexBinaryFlat(BITS)
        index.use_heap = self.settings["use_heap"]
        return index


class Hash(Binary):
    """Bits of one stretch of the hash alone are looked up: what differs in more of them than are flipped is missed."""

    exact = False

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        yield {"b": 16, "nflip": 2}
        yield {"b": 20, "nflip": 3}

    def make(self) -> Any:
        index = faiss.IndexBinaryHash(BITS, self.settings["b"])
        index.nflip = self.settings["nflip"]
        return index


class MultiHash(Binary):
    """Every setting here finds all within 31: of `nhash` bands one differs in at most 31 // nhash = `nflip` bits."""

    drives = ("own threads", "python threads")
    finalists = 2

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        yield {"nhash": 16, "b": 16, "nflip": 1}
        yield {"nhash": 11, "b": 23, "nflip": 2}
        yield {"nhash": 12, "b": 21, "nflip": 2}
        yield {"nhash": 8, "b": 32, "nflip": 3}

    def make(self) -> Any:
        index = faiss.IndexBinaryMultiHash(BITS, self.settings["nhash"], self.settings["b"])
        index.nflip = self.settings["nflip"]
        return index


class Hnsw(Nearest):
    """A graph, as far as there was time to build it; it misses some, the more the larger it is."""

    form = "k nearest"
    exact = False
    finalists = 0

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        yield {"k": 4, "M": 16, "efConstruction": 64, "efSearch": 256}

    def make(self) -> Any:
        index = faiss.IndexBinaryHNSW(BITS, self.settings["M"])
        index.hnsw.efConstruction = self.settings["efConstruction"]
        index.hnsw.efSearch = self.settings["efSearch"]
        return index

    def build(self, prepared: Any, until: float) -> int:
        faiss.omp_set_num_threads(2)
        self.index = self.make()
        for at in range(0, len(prepared), CHUNK):
            self.index.add(prepared[at : at + CHUNK])
            if time.perf_counter() > until:
                break
        return int(self.index.ntotal)


SEARCHERS = (Flat, FlatNearest, MultiHash, Hash, Hnsw)
