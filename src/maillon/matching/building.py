"""The built file made from the journal, in the background, and swapped in whole.

A build reads the journal up to its mark, and makes a new file beside the one in use; where anything was withdrawn or
stood twice, also a new journal without it, and what was written to the old one meanwhile is copied behind it. The new
file says of both journals up to where it holds them, so it fits the old one as it fits the new one. Then, while nobody
may write:

1. the old journal's count of swaps becomes odd: readers look at the names again with every query;
2. the file is renamed into place: it fits the journal that is there;
3. the journal is renamed into place; or, where it stays, its count becomes even, and readers look once more.

Whoever is killed in between leaves a file and a journal that belong together. Drafts that they leave have names of
their own, and the next build removes them. Only one build runs at a time; readers and writers go on all the while, but
for the moment of the swap, in which writers wait.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from maillon.kernel.crash import point
from maillon.matching.answers import Stats
from maillon.matching.batches import batches
from maillon.matching.errors import IndexDamaged, JournalDamaged
from maillon.matching.exact import Exact, ordered
from maillon.matching.file import FILE, Draft, Progress, check, damaged, forget_pages, opened, quietly
from maillon.matching.following import bases, covered
from maillon.matching.hashes import HashType, types
from maillon.matching.index import Index
from maillon.matching.journal import ADD, BLOCK_ROWS, LOG, Block, Journal, Place
from maillon.matching.layers import stored
from maillon.matching.near import Near
from maillon.matching.rows import Rows, digest
from maillon.matching.words import words_of
from maillon.matching.writing import BUILD_LOCK, Appending, appending, fresh_journal, locked, on_disk

NEW_FILE, NEW_LOG = "hashes.index.new", "hashes.log.new"
MERGE_AT, MERGE_SHARE = 100_000, 100
"""Rows in the journal since the last build from which on a new one is worth while; of a large one, so small a part."""
Array = np.ndarray[Any, Any]


class Built(NamedTuple):
    """What a build made."""

    hashes: int
    forgotten: int
    """Rows of the journal that were withdrawn, withdrew others or stood there already, and are in no file any more."""
    bytes: int
    """Of the file."""


def build(folder: Path, *, progress: Progress = quietly, threads: int = 1) -> Built:
    """Make the built file anew from the journal, and the journal without what was withdrawn, and swap both in.

    Raises NoIndex, JournalDamaged, NoRoom, or Busy where another build runs.
    """
    Journal(folder / LOG)  # before a lock is made where nothing is
    with locked(folder, BUILD_LOCK, wait=False):
        _remove_drafts(folder)
        try:
            return _build(folder, progress, threads)
        finally:
            _remove_drafts(folder)


def verify(folder: Path, *, progress: Progress = quietly, threads: int = 1) -> Stats:
    """Read all of the folder and check it: every sum, and that file and journal hold the same.

    Raises NoIndex, IndexDamaged, JournalDamaged.
    """
    journal, path = Journal(folder / LOG), folder / FILE
    file, mark = opened(path), journal.mark()
    place = covered(file, journal)
    if place is None:
        raise damaged(path, "belongs to another journal")
    rows, _ = _read(journal, place, progress)
    for _ in journal.blocks(place, mark.place):
        pass
    if file is not None:
        check(file, path, threads=threads, progress=progress)
        told = {name: digest(stored(held.base), held.records) for name, held in bases(file).items() if held.base}
        if told != {name: _digest(types()[name], one) for name, one in rows.items()}:
            raise damaged(path, "holds something else than its journal")
    return Index.open(folder, threads=threads).stats()


def needs_merge(folder: Path) -> bool:
    """Whether a build is due: much was added or withdrawn since the last one, or its file is missing or damaged.

    Looks at the beginning of both alone. Raises NoIndex, JournalDamaged.
    """
    journal = Journal(folder / LOG)
    rows = journal.mark().rows
    try:
        file = opened(folder / FILE)
    except IndexDamaged:
        return True
    place = covered(file, journal)
    return place is None or rows - place.rows >= max(MERGE_AT, place.rows // MERGE_SHARE)


def _build(folder: Path, progress: Progress, threads: int) -> Built:
    journal = Journal(folder / LOG)
    end = journal.mark().place
    rows, banks = _read(journal, end, progress)
    hashes = sum(one.count for one in rows.values())
    known = sum(count for (type, _), count in journal.counted(end).items() if type in types())
    ends, new = {journal.identity: end}, None
    try:
        if known > hashes:
            new = _new_journal(folder / NEW_LOG, journal, end, rows, banks)
            ends[new.journal.identity] = new.mark.place
        point("build: journal drafted")
        length = _draft(folder / NEW_FILE, rows, {
            "journals": {identity.hex(): place for identity, place in ends.items()},
            "banks": banks,
            "types": {name: types()[name].size for name in rows},
        }, progress, threads)  # fmt: skip
        _read_back(folder / NEW_FILE, progress, threads)
        point("build: file drafted")
        _swap(folder, journal, end, new)
    finally:
        if new is not None:
            new.close()
    return Built(hashes, known - hashes, length)


def _read(journal: Journal, end: Place, progress: Progress) -> tuple[dict[str, Rows], list[str]]:
    """What stands by then, of each type that has any, hashes as they were given; and the names of the banks."""
    added = Counter[str]()
    for (type, kind), count in journal.counted(end).items():
        added[type] += count if kind == ADD else 0
    rows: dict[str, Rows] = {}
    banks: list[str] = []
    done = 0
    for batch in batches(journal.blocks(journal.beginning(), end), banks):
        if batch.type not in rows:
            rows[batch.type] = Rows(types()[batch.type].size, added[batch.type])
        rows[batch.type].apply(batch.hashes, batch.records, batch.adding)
        done += len(batch.records)
        progress("reading", done, end.rows)
    for one in rows.values():
        one.pack()
    return {name: one for name, one in sorted(rows.items()) if one.count}, banks


def _new_journal(path: Path, old: Journal, end: Place, rows: Mapping[str, Rows], banks: list[str]) -> Appending:
    """A journal of what stands, and of what this program does not know."""
    fresh_journal(path)
    new = Appending(Journal(path))
    new.append(_blocks(old, end, rows, banks))
    return new


def _blocks(old: Journal, end: Place, rows: Mapping[str, Rows], banks: list[str]) -> Iterator[Block]:
    none = np.empty(0, np.uint64), np.empty(0, np.int8)
    for bank in banks:  # in their order, so that each keeps its number
        yield Block(ADD, "", bank, np.empty((0, 0), np.uint8), *none)
    for name, one in rows.items():
        of_bank = one.records["bank"][: one.count]
        for number in np.unique(of_bank):
            places = np.flatnonzero(of_bank == number)
            for begin in range(0, len(places), BLOCK_ROWS):
                part = places[begin : begin + BLOCK_ROWS]
                records = one.records[part]
                qualities = records["quality"].astype(np.int8)
                yield Block(ADD, name, banks[number], one.hashes[part], records["entry"], qualities)
    yield from (block for block in old.blocks(old.beginning(), end) if block.type and block.type not in types())


def _draft(
    path: Path, rows: dict[str, Rows], about: Mapping[str, Any], progress: Progress, threads: int
) -> int:  # fmt: skip
    """The new file, on disk; its length. Rows are given back as they go into it."""
    draft = Draft(path)
    try:
        arrays: dict[str, Array] = {}
        for n, name in enumerate(list(rows)):
            progress("sorting", n, len(about["types"]))
            for key, array in _arrays(types()[name], rows.pop(name), draft, threads).items():
                arrays[f"{name}/{key}"] = array
        return draft.finish(arrays, about, progress)
    finally:
        draft.close()


def _read_back(path: Path, progress: Progress, threads: int) -> None:
    """Check the file as the disk has it. What is read in order also lies in large pages, which readers share."""
    forget_pages(path)
    file = opened(path)
    assert file is not None
    check(file, path, threads=threads, progress=progress)


def _arrays(type: HashType, rows: Rows, draft: Draft, threads: int) -> dict[str, Array]:
    n = rows.count
    records = draft.room((n, 2), np.uint64)
    if type.radius is None:
        order = ordered(rows.hashes[:n])
        hashes = draft.room((n, type.size), np.uint8)
        np.take(rows.hashes, order, axis=0, out=hashes)
        np.take(_as_words(rows.records), order, axis=0, out=records)
        return {"records": records, **Exact.build(hashes).arrays()}
    records[...] = _as_words(rows.records[:n])
    words = draft.room((n, 4), np.uint64)
    for part in _parts(n):
        words[part] = words_of(rows.hashes[part].tobytes())
    del rows
    return {"records": records, **Near.build(words, threads=threads, room=draft.room).arrays()}


def _as_words(records: Array) -> Array:
    return records.view(np.uint64).reshape(len(records), -1)


def _swap(folder: Path, journal: Journal, copied: Place, new: Appending | None) -> None:
    """Put the file in place, and the new journal if there is one, with what was written to the old one meanwhile."""
    if new is not None:
        now = journal.mark().place
        new.append(journal.blocks(copied, now))
        copied = now
    with appending(folder) as old:
        if old.journal.identity != journal.identity:
            raise JournalDamaged(f"{journal.path} was replaced during the build; build again.")
        if new is not None:
            new.append(journal.blocks(copied, old.mark.place))
        old.count(old.mark._replace(swaps=old.mark.swaps | 1))
        point("swap: announced")
        (folder / NEW_FILE).rename(folder / FILE)
        on_disk(folder)
        point("swap: file in place")
        if new is not None:
            (folder / NEW_LOG).rename(folder / LOG)
            on_disk(folder)
        else:
            old.count(old.mark._replace(swaps=old.mark.swaps + 1))
        point("swap: done")


def _digest(type: HashType, rows: Rows) -> int:
    """Of what stands, as the built file has it."""
    if type.radius is None:
        return digest(rows.hashes[: rows.count], rows.records)
    total = 0
    for part in _parts(rows.count):
        words = words_of(rows.hashes[part].tobytes())
        total += digest(words.view(np.uint8).reshape(len(words), -1), rows.records[part])
    return total % (1 << 64)


def _parts(count: int) -> Iterator[slice]:
    return (slice(begin, min(begin + BLOCK_ROWS, count)) for begin in range(0, count, BLOCK_ROWS))


def _remove_drafts(folder: Path) -> None:
    for name in (NEW_FILE, NEW_LOG):
        (folder / name).unlink(missing_ok=True)
