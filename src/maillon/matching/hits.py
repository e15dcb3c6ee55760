"""What a search finds, and how a kernel that looks for it is driven."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from maillon.matching.vectors import kernel

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
    if len(looks) < 2 or threads < 2:
        return [gather(look) for look in looks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(gather, looks))


def joined(found: Sequence[Hits], count: int) -> Hits:
    """All of these, of so many queries, in order."""
    some = [hits for hits in found if len(hits.queries)] or found[:1]
    columns = [np.concatenate(column) if len(some) > 1 else column[0] for column in zip(*some, strict=True)]
    if len(columns[0]) > 1:
        sorted_columns = [np.empty_like(column) for column in columns]
        _sort(*columns, np.zeros(count + 1, np.int64), *sorted_columns)
        columns = sorted_columns
    return Hits(*columns)


@kernel
def _sort(queries: Any, entries: Any, distances: Any, ends: Any, by_query: Any, by_entry: Any, sorted_: Any) -> None:
    """By query, in one pass; and within a query by entry, where a search did not tell them so."""
    for query in queries:
        ends[query + 1] += 1
    for query in range(ends.shape[0] - 1):
        ends[query + 1] += ends[query]
    for n in range(queries.shape[0]):
        at = ends[queries[n]]
        by_query[at], by_entry[at], sorted_[at] = queries[n], entries[n], distances[n]
        ends[queries[n]] += 1
    begin = 0
    for query in range(ends.shape[0] - 1):
        end = ends[query]
        for n in range(begin + 1, end):
            if by_entry[n] < by_entry[n - 1]:
                order = np.argsort(by_entry[begin:end])
                by_entry[begin:end] = by_entry[begin:end][order]
                sorted_[begin:end] = sorted_[begin:end][order]
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
