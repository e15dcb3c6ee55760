"""`usearch`: an exact search through all, and its graph."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from usearch.index import Index, MetricKind, search

from bench.search.searcher import Array, Searcher, Settings, by_rows

BITS = 256
CHUNK = 10_000
BINARY = {"metric": MetricKind.Hamming, "dtype": "b1"}


class Exact(Searcher):
    package = "usearch"
    form = "k nearest"
    drives = ("own threads",)
    _threads = 1

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        yield {"k": 4}

    def build(self, prepared: Any, until: float) -> int:
        self.hashes: Array = prepared
        return len(prepared)

    def look(self, queries: Any) -> Any:
        k = self.settings["k"]
        return search(self.hashes, queries, k, MetricKind.Hamming, exact=True, threads=self._threads, dtype="b1")

    def found(self, told: Any, count: int) -> list[set[int]]:
        shape = (count, -1)
        keys, distances = np.asarray(told.keys).reshape(shape), np.asarray(told.distances).reshape(shape)
        return by_rows(keys.astype(np.int64), distances)

    def use_threads(self, count: int) -> None:
        self._threads = count


class Hnsw(Exact):
    """A graph, as far as there was time to build it; it misses some, the more the larger it is."""

    exact = False
    finalists = 0

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        yield {"k": 4, "connectivity": 16, "expansion_add": 128, "expansion_search": 512}

    def build(self, prepared: Any, until: float) -> int:
        given = {name: value for name, value in self.settings.items() if name != "k"}
        self.index = Index(ndim=BITS, **BINARY, **given)
        for at in range(0, len(prepared), CHUNK):
            part = prepared[at : at + CHUNK]
            self.index.add(np.arange(at, at + len(part)), part, threads=2)
            if time.perf_counter() > until:
                break
        return len(self.index)

    def look(self, queries: Any) -> Any:
        return self.index.search(queries, self.settings["k"], threads=self._threads)


SEARCHERS = (Exact, Hnsw)
