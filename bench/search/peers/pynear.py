"""`pynear`: MIHBinaryIndex, which finds every neighbour within its radius, but no more than k of them."""

from collections.abc import Iterator
from typing import Any

import pynear

from bench.search.searcher import BOTH, RADIUS, Searcher, Settings, by_rows


class Mih(Searcher):
    """Dense arrays in and out; it divides a batch among OpenMP's threads, and lets Python's run beside it."""

    package = "pynear"
    form = "k nearest"
    pages = BOTH

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        yield {"m": 16, "k": 4}
        yield {"m": 8, "k": 4}

    def build(self, prepared: Any, until: float) -> int:
        self.index = pynear.MIHBinaryIndex(self.settings["m"])
        self.index.set(prepared)
        return len(prepared)

    def look(self, queries: Any) -> Any:
        return self.index.searchKNN_arrays(queries, self.settings["k"], RADIUS)

    def found(self, told: Any, count: int) -> list[set[int]]:
        return by_rows(*told)


SEARCHERS = (Mih,)
