"""The journal's blocks as arrays: many small blocks at once, by type, in order."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from maillon.matching.hashes import types
from maillon.matching.journal import ADD, Block
from maillon.matching.rows import RECORD

BATCH_ROWS = 1 << 20
Array = np.ndarray[Any, Any]


class Batch(NamedTuple):
    """Rows of one type, to be added or withdrawn one after the other: arrays of one length."""

    type: str
    hashes: Array
    """uint8 (n, size)"""
    records: Array
    adding: Array


def batches(blocks: Iterable[Block], banks: list[str]) -> Iterator[Batch]:
    """These blocks, those of one type in order. Banks that are met for the first time are put at the end of `banks`.

    A type that this program does not know is passed over: the journal keeps it.
    """
    numbers = {bank: number for number, bank in enumerate(banks)}
    waiting: dict[str, list[tuple[Block, int]]] = {}
    rows = 0
    for block in blocks:
        number = numbers.setdefault(block.bank, len(numbers))
        if number == len(banks):
            banks.append(block.bank)
        known = types().get(block.type)
        if known and known.size == block.hashes.shape[1]:
            waiting.setdefault(block.type, []).append((block, number))
            rows += len(block.entries)
        if rows >= BATCH_ROWS:
            yield from _batched(waiting)
            waiting, rows = {}, 0
    yield from _batched(waiting)


def _batched(waiting: dict[str, list[tuple[Block, int]]]) -> Iterator[Batch]:
    for type, numbered in waiting.items():
        blocks = [block for block, _ in numbered]
        counts = [len(block.entries) for block in blocks]
        records = np.zeros(sum(counts), RECORD)
        records["entry"] = np.concatenate([block.entries for block in blocks])
        records["quality"] = np.concatenate([block.qualities for block in blocks])
        records["bank"] = np.repeat(np.array([number for _, number in numbered], np.uint32), counts)
        adding = np.repeat(np.array([block.kind == ADD for block in blocks]), counts)
        if len(records):
            yield Batch(type, np.concatenate([block.hashes for block in blocks]), records, adding)
