"""Hashes added and withdrawn: from the next query of every process on."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from maillon.kernel.errors import BadInput
from maillon.matching.errors import BadHash
from maillon.matching.hashes import HashType, type_named
from maillon.matching.index import Index
from maillon.matching.journal import ADD, BLOCK_ROWS, WITHDRAW, Block
from maillon.matching.rows import RECORD, different, known
from maillon.matching.writing import appending

Array = np.ndarray[Any, Any]
Numbers: TypeAlias = Sequence[int] | Array
LARGEST_ENTRY = (1 << 63) - 1
LONGEST_NAME = 200  # bytes


def add(
    folder: Path, *, type: str, bank: str, hashes: bytes, entries: Numbers, qualities: Numbers | None = None
) -> int:  # fmt: skip
    """Add hashes, end to end, to a bank: each with the entry (0…2**63 - 1) that the bank knows it as, and its quality.

    A quality is 0…100, or -1 where it is unknown. What stands already stands once, with the quality given last. Returns
    how many were written: all of them or, when this process is killed, none. They count from the next query of every
    process on, and are on disk on return. Raises BadHash, BadInput, JournalDamaged.
    """
    given = _hashes(type_named(type), hashes)
    numbers = _numbers(entries, np.uint64, 0, LARGEST_ENTRY, "entry")
    quality = _numbers([-1] * len(numbers) if qualities is None else qualities, np.int8, -1, 100, "quality")
    if not len(given) == len(numbers) == len(quality):
        raise BadInput(
            f"{len(given)} hashes, {len(numbers)} entries and {len(quality)} qualities; give one for each hash."
        )
    if not bank or len(bank.encode()) > LONGEST_NAME:
        raise BadInput(f"A bank needs a name of up to {LONGEST_NAME} bytes; {bank[:80]!r} is none.")
    if len(given):
        with appending(folder) as journal:
            journal.append(_blocks(ADD, type, bank, given, numbers, quality))
    return len(given)


def withdraw(
    folder: Path,
    *,
    bank: str,
    entries: Numbers | None = None,
    type: str | None = None,
    hashes: bytes | None = None,
    index: Index | None = None,
) -> int:
    """Withdraw hashes of a bank: those of these entries, or these hashes of a type, or both: pairs of one length.

    They match no more from the next query of every process on, and that is on disk on return; the next build forgets
    them. Returns how many there were. An `index` of the folder that is open spares opening it. Raises BadHash,
    BadInput, NoIndex, IndexDamaged.
    """
    wanted = None if entries is None else _numbers(entries, np.uint64, 0, LARGEST_ENTRY, "entry")
    if hashes is not None and type is None:
        raise BadInput("Say of which type the hashes are that are to be withdrawn.")
    if hashes is None and wanted is None:
        raise BadInput("Say which entries or which hashes are to be withdrawn.")
    index = index or Index.open(folder)
    with appending(folder) as journal:
        if hashes is None:
            assert wanted is not None
            gone = list(index.known_as(bank, wanted, type))
        else:
            assert type is not None
            gone = [(type, *_equal(index, type, bank, hashes, wanted))]
        journal.append(
            block
            for kind, given, numbers in gone
            for block in _blocks(WITHDRAW, kind, bank, given, numbers, np.full(len(numbers), -1, np.int8))
        )
    return sum(len(numbers) for _, _, numbers in gone)


def _equal(index: Index, type: str, bank: str, hashes: bytes, entries: Array | None) -> tuple[Array, Array]:
    """What stands in the bank under these hashes, each once; where entries are given, as the entry beside it."""
    given = _hashes(type_named(type), hashes)
    if entries is not None and len(entries) != len(given):
        raise BadInput(f"{len(given)} hashes and {len(entries)} entries; give one for each hash.")
    asked = different(given)
    found = index.search(type, asked.tobytes(), radius=0)
    there = found.banks == (index.banks.index(bank) if bank in index.banks else len(index.banks))
    hashes_found, entries_found = asked[found.queries[there]], found.entries[there]
    if entries is None:
        return hashes_found, entries_found
    wanted = known(given, _records(entries)).has(hashes_found, _records(entries_found))
    return hashes_found[wanted], entries_found[wanted]


def _blocks(kind: int, type: str, bank: str, hashes: Array, entries: Array, qualities: Array) -> Iterator[Block]:
    for begin in range(0, len(entries), BLOCK_ROWS):
        part = slice(begin, begin + BLOCK_ROWS)
        yield Block(kind, type, bank, hashes[part], entries[part], qualities[part])


def _hashes(type: HashType, hashes: bytes) -> Array:
    if len(hashes) % type.size:
        raise BadHash(f"{type.name} hashes end to end have a multiple of {type.size} bytes, not {len(hashes)}.")
    return np.frombuffer(hashes, np.uint8).reshape(-1, type.size)


def _records(entries: Array) -> Array:
    found = np.zeros(len(entries), RECORD)
    found["entry"] = entries
    return found


def _numbers(given: Numbers, kind: Any, least: int, most: int, what: str) -> Array:
    """These numbers as an array. Raises BadInput for what is no whole number from `least` to `most`."""
    found = np.asarray(given)
    if not len(found):
        return np.empty(0, kind)
    if found.dtype.kind not in "iu" or int(found.min()) < least or int(found.max()) > most:
        raise BadInput(f"A hash's {what} is a whole number from {least} to {most}.")
    return found.astype(kind)
