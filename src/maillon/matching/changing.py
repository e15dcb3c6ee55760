"""Hashes added and withdrawn: from the next query of every process on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from maillon.matching.hashes import type_named
from maillon.matching.index import LOG, Index

Numbers = Sequence[int] | np.ndarray[Any, Any]


def add(
    folder: Path, *, type: str, bank: str, hashes: bytes, entries: Numbers, qualities: Numbers | None = None
) -> int:
    """Add hashes, end to end, to a bank: each with the entry (0…2**63 - 1) that the bank knows it as, and its quality.

    A quality is 0…100, or -1 where it is unknown. What is there already is there once; its quality is the last one.
    Returns how many were written. They count from the next query of every process on, and are on disk on return.
    """
    size = type_named(type).size
    known = [-1] * len(entries) if qualities is None else qualities
    with (folder / LOG).open("a") as log:
        for n, (entry, quality) in enumerate(zip(entries, known, strict=True)):
            hash = hashes[n * size : (n + 1) * size].hex()
            log.write(json.dumps(["add", type, bank, hash, int(entry), int(quality)]) + "\n")
    return len(entries)


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

    They match no more from the next query of every process on; the next build forgets them. Returns how many there
    were. An open `index` of the folder spares opening it.
    """
    index = index or Index.open(folder)
    index.stats()
    given = None
    if hashes is not None:
        size = type_named(type or "").size
        given = [hashes[at : at + size] for at in range(0, len(hashes), size)]
    pairs = set(zip(given, entries, strict=True)) if given is not None and entries is not None else None
    gone = 0
    with (folder / LOG).open("a") as log:
        for kind, hash, number, entry, quality in index._rows:
            wanted = index.banks[number] == bank and type in (None, kind)
            if pairs is not None:
                wanted = wanted and (hash, entry) in pairs
            else:
                wanted = wanted and (given is None or hash in given) and (entries is None or entry in entries)
            if wanted:
                gone += 1
                log.write(json.dumps(["withdraw", kind, bank, hash.hex(), entry, quality]) + "\n")
    return gone
