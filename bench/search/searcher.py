"""What is measured: a searcher as its library's users drive it. Standard library and NumPy alone, for other homes."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np

RADIUS = 31
BYTES = 32
BOTH = ("", "huge pages")
Array = np.ndarray[Any, Any]
Settings = dict[str, Any]


class Searcher:
    """Hashes, uint8 (n, 32), in which everything within 31 of a query is looked for. A subclass drives one library."""

    package: ClassVar[str]
    """The distribution whose version is stated."""
    form: ClassVar[str] = "range"
    """What it is asked: all within the radius, or so many of the nearest."""
    exact: ClassVar[bool] = True
    """Meant to find everything (up to its k); held against what was planted all the same."""
    drives: ClassVar[tuple[str, ...]] = ("python threads",)
    """How two threads are had, of which the better counts: `python threads`, each with its part of the queries, or
    `own threads`."""
    batched: ClassVar[bool] = True
    """Takes many queries a call; else one."""
    pages: ClassVar[tuple[str, ...]] = ("huge pages",)
    """What malloc is told to take: `huge pages`, which hardly hurt, or what it takes unless told."""
    finalists: ClassVar[int] = 1
    """So many of its variants are measured with more hashes than all of them were tried with: the quickest there."""

    def __init__(self, **settings: Any) -> None:
        self.settings: Settings = settings

    @classmethod
    def variants(cls) -> Iterator[Settings]:
        """The settings worth trying."""
        yield {}

    def warm(self, n: int) -> None:
        """What the first calls of a process do once, before anything is measured; there will be so many hashes."""

    def prepare(self, hashes: Array) -> Any:
        """The hashes in the form in which its users have them; not timed."""
        return np.ascontiguousarray(hashes)

    def build(self, prepared: Any, until: float) -> int:
        """Index them: how many there was time for until then (time.perf_counter). Most must take all or nothing."""
        raise NotImplementedError

    def ready(self, queries: Array) -> Any:
        """Queries in the form in which its users have them; not timed."""
        return queries

    def look(self, queries: Any) -> Any:
        """Answer them, as its users would."""
        raise NotImplementedError

    def found(self, told: Any, count: int) -> list[set[int]]:
        """Which hashes it found within 31 of each of so many queries."""
        raise NotImplementedError

    def version(self) -> str:
        return f"{self.package} {version(self.package)}"

    def use_threads(self, count: int) -> None:
        """Its own threads, where it has any."""

    def own_bytes(self) -> int | None:
        """Bytes of what it keeps, where that is better known than by the memory of the process."""
        return None


def by_limits(told: tuple[Array, Array, Array], count: int) -> list[set[int]]:
    """What faiss tells of a range search: where each query's hits begin, the distances, the entries."""
    limits, _, entries = told
    return [set(entries[limits[n] : limits[n + 1]].tolist()) for n in range(count)]


def by_rows(entries: Array, distances: Array) -> list[set[int]]:
    """What k-nearest searches tell: a row for each query."""
    near = (distances <= RADIUS) & (entries >= 0)
    return [set(row[kept].tolist()) for row, kept in zip(entries, near, strict=True)]
