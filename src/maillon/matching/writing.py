"""How the journal is written: by one process at a time, and so that it counts only once it is on disk."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

from maillon.kernel.crash import point
from maillon.matching.errors import Busy
from maillon.matching.journal import LOG, MARK_AT, Block, Journal, Mark, damaged, head, packed, packed_mark

WRITE_LOCK, BUILD_LOCK = "write.lock", "build.lock"
IDENTITY_BYTES = 16
FRESH = "hashes.log.fresh"


@contextmanager
def locked(folder: Path, name: str, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock of this folder, which is made if need be; it ends with the process. Raises Busy where not to wait."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    except BlockingIOError:
        raise Busy(f"Another build of {folder} is running; wait for it to end.") from None
    finally:
        os.close(file)


@contextmanager
def appending(folder: Path) -> Iterator["Appending"]:
    """The journal of the folder, made if need be, for this process alone. Raises JournalDamaged."""
    with locked(folder, WRITE_LOCK):
        if not (folder / LOG).exists():
            _begin(folder)
        writer = Appending(Journal(folder / LOG))
        try:
            yield writer
        finally:
            writer.close()


class Appending:
    """A journal that is written to by nobody else meanwhile."""

    def __init__(self, journal: Journal) -> None:
        self.journal, self.mark = journal, journal.mark()
        self._file = os.open(journal.path, os.O_RDWR | os.O_CLOEXEC)
        length = os.fstat(self._file).st_size
        if length < self.mark.length:
            raise damaged(journal.path)
        if length > self.mark.length:
            os.ftruncate(self._file, self.mark.length)  # of somebody who was killed before it counted

    def append(self, blocks: Iterable[Block]) -> None:
        """Write these blocks; all of them count at once, when they are on disk."""
        point("journal: begun")
        place = self.mark.place
        for block in blocks:
            whole, after = packed(block, place)
            written(self._file, whole, place.length)
            place = after
            point("journal: block written")
        os.fdatasync(self._file)
        point("journal: on disk")
        self.count(Mark(place.length, place.chain, self.mark.swaps + self.mark.swaps % 2, place.rows))
        point("journal: counted")

    def count(self, mark: Mark) -> None:
        """Move the mark."""
        written(self._file, packed_mark(self.journal.identity, mark), MARK_AT)
        os.fdatasync(self._file)
        self.mark = mark

    def close(self) -> None:
        os.close(self._file)


def written(file: int, whole: bytes, at: int) -> None:
    """Write all of it there."""
    rest = memoryview(whole)
    while rest:
        length = os.pwrite(file, rest, at)
        rest, at = rest[length:], at + length


def on_disk(folder: Path) -> None:
    """Bring a folder's names to disk."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def fresh_journal(path: Path) -> None:
    """A journal without blocks, on disk."""
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        written(file, head(token_bytes(IDENTITY_BYTES)), 0)
        os.fsync(file)
    finally:
        os.close(file)


def _begin(folder: Path) -> None:
    fresh_journal(folder / FRESH)
    point("journal: drafted")
    (folder / FRESH).rename(folder / LOG)
    on_disk(folder)
