"""What a search finds, and how a kernel that looks for it is driven."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np

from maillon.matching.vectors import kernel

T = TypeVar("T")
LARGEST_RADIUS = 64
ROOM = 1024
Look = Callable[..., int]
"""Takes three arrays for what it finds, and says how many hits there are, whatever there was room for."""


class Hits(NamedTuple):
    """What was found, by query, then entry: arrays of one length."""

    queries: np.ndarray[Any, np.dtype[np.int64]]
    entries: np.ndarray[Any, np.dtype[np.int64]]
    distances: np.ndarray[Any, np.dtype[np.uint16]]


def refuse_radius(radius: int) -> None:
    """Raises ValueError for a radius that no search takes."""
    if not 0 <= radius <= LARGEST_RADIUS:
        raise ValueError(f"A radius is from 0 to {LARGEST_RADIUS}.")


def parts(count: int, threads: int) -> list[slice]:
    """So many queries as one part for each thread; one part of nothing where there is none."""
    if not count:
        return [slice(0, 0)]
    bounds = [count * n // threads for n in range(threads + 1)]
    return [slice(low, high) for low, high in pairwise(bounds) if low < high]


def collect(looks: Sequence[Look], *, threads: int) -> list[Hits]:
    """What each of these finds, unsorted; so many of them at once."""
    return at_once([partial(gather, look) for look in looks], threads=threads)


def at_once(tasks: Sequence[Callable[[], T]], *, threads: int) -> list[T]:
    """What each of these gives; so many of them at once."""
    if len(tasks) < 2 or threads < 2:
        return [task() for task in tasks]
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


def joined(found: Sequence[Hits], count: int) -> Hits:
    """All of these, of so many queries, in order."""
    some = [hits for hits in found if len(hits.queries)] or found[:1]
    if len(some) == 1 and _in_order(some[0].queries, some[0].entries):
        return some[0]
    ends = np.zeros(count + 1, np.int64)
    for hits in some:
        _count(hits.queries, ends)
    np.cumsum(ends, out=ends)
    whole = Hits(*(np.empty(ends[-1], column.dtype) for column in some[0]))
    for hits in some:
        _place(*hits, ends, *whole)
    _order(ends, whole.entries, whole.distances)
    return whole


@kernel
def _in_order(queries: Any, entries: Any) -> Any:
    for n in range(1, queries.shape[0]):
        if queries[n] < queries[n - 1] or (queries[n] == queries[n - 1] and entries[n] < entries[n - 1]):
            return False
    return True


@kernel
def _count(queries: Any, ends: Any) -> None:
    for query in queries:
        ends[query + 1] += 1


@kernel
def _place(
    queries: Any, entries: Any, distances: Any, ends: Any, by_query: Any, by_entry: Any, by_distance: Any
) -> None:
    """Put each where its query's are; `ends` is then where the next of its query goes."""
    for n in range(queries.shape[0]):
        at = ends[queries[n]]
        by_query[at], by_entry[at], by_distance[at] = queries[n], entries[n], distances[n]
        ends[queries[n]] = at + 1


@kernel
def _order(ends: Any, entries: Any, distances: Any) -> None:
    """Within each query by entry, where a search did not tell them so."""
    begin = 0
    for query in range(ends.shape[0] - 1):
        end = ends[query]
        for n in range(begin + 1, end):
            if entries[n] < entries[n - 1]:
                order = np.argsort(entries[begin:end])
                entries[begin:end] = entries[begin:end][order]
                distances[begin:end] = distances[begin:end][order]
                break
        begin = end


def gather(look: Look, room: int = ROOM) -> Hits:
    """What one call finds; asked again where there are more hits than room."""
    while True:
        hits = Hits(np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.uint16))
        found = int(look(*hits))
        if found <= room:
            return Hits(hits.queries[:found], hits.entries[:found], hits.distances[:found])
        room = found
