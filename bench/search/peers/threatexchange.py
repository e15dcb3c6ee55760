"""`threatexchange`: PDQIndex (faiss' MultiHash inside) and PDQFlatIndex, one hexadecimal string a call."""

from typing import Any, ClassVar

import numpy as np
from faiss import omp_set_num_threads
from threatexchange.signal_type.pdq.pdq_index import PDQFlatIndex, PDQIndex

from bench.search.searcher import BOTH, BYTES, RADIUS, Array, Searcher


class Index(Searcher):
    """As Hasher-Matcher-Actioner uses it: it has no call for many queries, and is given strings."""

    package = "threatexchange"
    batched = False
    kind: ClassVar[Any]

    def prepare(self, hashes: Array) -> Any:
        return texts(hashes)

    def build(self, prepared: Any, until: float) -> int:
        omp_set_num_threads(1)
        self.index = self.kind(zip(prepared, range(len(prepared)), strict=True))
        return len(self.index)

    def ready(self, queries: Array) -> Any:
        return texts(queries)

    def look(self, queries: Any) -> Any:
        return [self.index.query(text) for text in queries]

    def found(self, told: Any, count: int) -> list[set[int]]:
        return [{m.metadata for m in matches if m.similarity_info.distance <= RADIUS} for matches in told]


class Pdq(Index):
    pages = BOTH
    kind = PDQIndex


class PdqFlat(Index):
    """Its own radius is 52; what is farther than 31 is not counted."""

    kind = PDQFlatIndex


def texts(hashes: Array) -> list[str]:
    """As hexadecimal digits."""
    text = np.ascontiguousarray(hashes).tobytes().hex()
    return [text[at : at + 2 * BYTES] for at in range(0, len(text), 2 * BYTES)]


SEARCHERS = (Pdq, PdqFlat)
