"""The built file `hashes.index`: arrays that every process maps, with a sum of each.

A start of 64 bytes, then the arrays, each on a page of its own (large ones on a boundary of 2 MiB), at the end some
JSON that names them. A file is only ever made beside the one in use and renamed over it, once it is whole and on disk:
never changed and never shortened in place. So whoever has mapped one keeps it for as long as they need it. Whoever
shortens it by other means kills the processes that read it: a mapping behind a file's end is a SIGBUS.
"""

import json
import mmap
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from struct import Struct, error
from typing import Any, NamedTuple

import numpy as np
from xxhash import xxh3_64_intdigest, xxh3_128_hexdigest

from maillon.matching.errors import IndexDamaged, NoRoom

FILE = "hashes.index"
MAGIC, VERSION = b"maillon index\n\0\0", 1
START = Struct("=16s4sIQQQQ")
"""Magic, byte order, version, the file's length, where the page of names stands, its length and sum; then a sum."""
ORDER = sys.byteorder[:4].encode()
START_BYTES = 64
PAGE, LARGE = 4096, 2 << 20
Array = np.ndarray[Any, Any]
Progress = Callable[[str, int, int], None]
"""What is done now, how much of it is done, and of how much."""


def quietly(what: str, done: int, of: int) -> None:
    """Tell nobody."""


class File(NamedTuple):
    """A built file, mapped."""

    arrays: Mapping[str, Array]
    about: Mapping[str, Any]
    """What was kept beside the arrays."""
    bytes: int
    seen: os.stat_result
    """Which file it is."""


class Draft:
    """A file in the making; its arrays are made in it. `close` when done, or when not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._end = PAGE
        self._places: dict[int, int] = {}

    def room(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """An array in the file, of zeros. Raises NoRoom."""
        length = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        if not length:
            return np.empty(shape, dtype)
        unit = LARGE if length >= LARGE else PAGE
        at = -(-self._end // unit) * unit
        with _room(self.path):
            os.posix_fallocate(self._file, at, length)  # a mapping without room on disk would be a SIGBUS
        found: Array = np.frombuffer(mmap.mmap(self._file, length, offset=at), dtype).reshape(shape)
        self._end = at + length
        self._places[found.ctypes.data] = at
        return found

    def finish(self, arrays: Mapping[str, Array], about: Mapping[str, Any], progress: Progress = quietly) -> int:
        """Name the arrays (those not made here are copied), and bring all to disk. Returns the file's length."""
        listed = []
        for n, (name, array) in enumerate(arrays.items()):
            progress("summing up", n, len(arrays))
            if array.size and array.ctypes.data not in self._places:
                copy = self.room(array.shape, array.dtype)
                copy[...] = array
                array = copy
            at = self._places.get(array.ctypes.data, PAGE)
            listed.append([name, array.dtype.str, array.shape, at, xxh3_128_hexdigest(raw(array))])
        page = json.dumps({"arrays": listed, "about": about}).encode()
        length = self._end + len(page)
        start = START.pack(MAGIC, ORDER, VERSION, length, self._end, len(page), xxh3_64_intdigest(page))
        with _room(self.path):
            os.pwrite(self._file, page, self._end)
            os.ftruncate(self._file, length)
            os.pwrite(self._file, start + xxh3_64_intdigest(start).to_bytes(8, "little"), 0)
            progress("writing", 0, 1)
            os.fsync(self._file)
        return length

    def close(self) -> None:
        os.close(self._file)


def mapped(path: Path) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], os.stat_result]:
    """The bytes of a file, shared with every process that reads it, and which file it is."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        seen = os.fstat(file)
        if not seen.st_size:
            raise damaged(path)
        whole = mmap.mmap(file, seen.st_size, access=mmap.ACCESS_READ)
        with suppress(OSError):  # a system without large pages
            whole.madvise(mmap.MADV_HUGEPAGE)
        return np.frombuffer(whole, np.uint8), seen
    finally:
        os.close(file)


def forget_pages(path: Path) -> None:
    """Leave nothing of the file in memory that nobody has mapped, so that the next to map it reads it in large pages.

    Looking hashes up reads lines from anywhere: in pages of 4 KiB each takes a third longer.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)


def opened(path: Path) -> File | None:
    """The file, its names checked and its arrays not yet; None where there is none. Raises IndexDamaged."""
    try:
        given, seen = mapped(path)
    except FileNotFoundError:
        return None
    page = json.loads(_page(given, path))
    arrays = {}
    for name, dtype, shape, at, _ in page["arrays"]:
        kind = np.dtype(dtype)
        length = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
        arrays[name] = given[at : at + length].view(kind).reshape(shape)
    about = {**page["about"], "sums": {name: summed for name, *_, summed in page["arrays"]}}
    return File(arrays, about, len(given), seen)


def changed(file: File | None, path: Path) -> bool:
    """Whether the name is another file's by now, or nobody's."""
    try:
        seen = os.stat(path)
    except FileNotFoundError:
        return file is not None
    return file is None or not os.path.samestat(file.seen, seen)


def check(file: File, path: Path, *, threads: int, progress: Progress = quietly) -> None:
    """Read every array and compare its sum, the larger ones first. Raises IndexDamaged."""
    names = sorted(file.arrays, key=lambda name: -file.arrays[name].nbytes)
    with ThreadPoolExecutor(threads) as pool:
        sums = pool.map(lambda name: xxh3_128_hexdigest(raw(file.arrays[name])), names)
        for n, (name, summed) in enumerate(zip(names, sums, strict=True), start=1):
            if summed != file.about["sums"][name]:
                raise damaged(path)
            progress("checking", n, len(names))


def raw(array: Array) -> memoryview:
    """The bytes of an array, without a copy."""
    return array.reshape(-1).view(np.uint8).data


def damaged(path: Path, why: str = "is damaged or no index") -> IndexDamaged:
    return IndexDamaged(f"{path} {why}; `maillon index build` makes it anew from the journal.")


def _page(given: np.ndarray[Any, np.dtype[np.uint8]], path: Path) -> bytes:
    """The page of names, once the start says that this is a whole file of this version and machine."""
    start = given[:START_BYTES].tobytes()
    try:
        magic, order, version, length, at, size, summed = START.unpack(start[: START.size])
    except error:
        raise damaged(path) from None
    if magic != MAGIC:
        raise damaged(path)
    if order != ORDER:
        raise damaged(path, "was made by a machine of another byte order")
    if version != VERSION:
        raise damaged(path, f"is of version {version}, and version {VERSION} is what this program reads")
    page = given[at : at + size].tobytes()
    whole = int.from_bytes(start[START.size :], "little") == xxh3_64_intdigest(start[: START.size])
    if not whole or length != len(given) or len(page) != size or summed != xxh3_64_intdigest(page):
        raise damaged(path)
    return page


class _room:
    """Says by name that the disk is full, or that this user may fill no more of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, raised: BaseException | None, trace: object) -> None:
        if isinstance(raised, OSError) and raised.errno in (ENOSPC, EDQUOT, EFBIG):
            raise NoRoom(f"There is no room on the disk of {self._path}; make some and build again.") from raised
