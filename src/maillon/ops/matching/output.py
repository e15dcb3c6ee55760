"""Where the lines go, and how a run that was cut off goes on: beside FILE stands FILE.resume until the run is complete.

FILE.resume notes again and again how long FILE was and what it answered by then: pieces by their keys, a list by its
last line. A run that goes on cuts FILE to the last length that was noted; what stood behind it is asked again.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from maillon.kernel.errors import BadInput, MaillonError
from maillon.ops.matching.pieces import File, Key
from maillon.ops.matching.tally import Tally

EVERY = 1.0  # seconds between two notes: so much is asked again at most
VERSION = 1
KEY_BYTES = 16
Asked = dict[str, Any]
"""What a run was asked: paths and options, as JSON. One that goes on must have been asked the same."""


class Unwritable(MaillonError):
    """What was found cannot be written."""


class Output:
    """Lines to a stream. Nothing is known of a run before."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.tally = Tally()

    @property
    def begun(self) -> bool:
        """Whether lines of a run before stand there."""
        return False

    def write(self, lines: Iterable[str]) -> None:
        """Raises BrokenPipeError where nobody reads any more, Unwritable."""
        with _written():
            self._stream.write("".join(lines).encode("utf-8", "backslashreplace"))
            self._stream.flush()

    def known(self, key: Key) -> bool:
        """Whether the run before answered this piece."""
        return False

    def last_line(self, of: File) -> int:
        """The last line of this list that the run before answered. Raises BadInput where the list has changed."""
        return 0

    def done(self, keys: Iterable[Key] = (), *, of: File | None = None, line: int = 0) -> None:
        """What was written answers these pieces, or that list up to that line."""

    def complete(self) -> None:
        """Everything was answered."""

    def close(self) -> None:
        """No more is written, whether everything was answered or not."""


class Resumable(Output):
    """Lines to a file of its own, which only its owner may read."""

    def __init__(self, path: Path, asked: Asked, *, resume: bool) -> None:
        """Raises BadInput where the file is there and is not to be gone on with, or cannot be."""
        self._notes_path = path.with_name(path.name + ".resume")
        begun = resume and self._notes_path.exists()
        if not begun:
            _refuse_present(path, self._notes_path, resume=resume)
        self._notes = _locked(_opened(self._notes_path), path)
        super().__init__(_opened(path))
        self._keys: list[Key] = []
        self._lists: dict[str, list[int]] = {}
        self._known: np.ndarray[Any, np.dtype[np.bytes_]] = np.empty(0, f"S{KEY_BYTES}")
        if begun:
            try:
                self._go_on(asked, path)
            except BadInput:
                self.close()
                raise
        if self._notes.tell() == 0:
            self._notes.write(_line({"maillon match": VERSION, "asked": asked}))
            self._notes.flush()
        self._noted = time.monotonic()

    @property
    def begun(self) -> bool:
        return self._stream.tell() > 0

    def known(self, key: Key) -> bool:
        at = int(np.searchsorted(self._known, key))  # such an array keeps no zeros at the end
        return at < len(self._known) and bool(self._known[at] == key.rstrip(b"\0"))

    def last_line(self, of: File) -> int:
        size, modified, line = self._lists.get(_name(of), (of.size, of.modified, 0))
        if (size, modified) != (of.size, of.modified):
            raise BadInput(f"{of.path} was changed since; match it anew, into another file.")
        return line

    def done(self, keys: Iterable[Key] = (), *, of: File | None = None, line: int = 0) -> None:
        self._keys += keys
        if of is not None:
            self._lists[_name(of)] = [of.size, of.modified, line]
        if time.monotonic() - self._noted >= EVERY:
            self._note()

    def complete(self) -> None:
        self._note()
        self._notes_path.unlink()

    def close(self) -> None:
        for file in (self._stream, self._notes):
            with suppress(OSError):  # what could not be written before cannot be now
                file.close()

    def _note(self) -> None:
        """First what is noted, then the note, so that no note says more than there is."""
        note = {"at": self._stream.tell(), "keys": b"".join(self._keys).hex(), "lists": self._lists}
        with _written():
            os.fdatasync(self._stream.fileno())
            self._notes.write(_line({**note, "tally": self.tally.plain()}))
            self._notes.flush()
        self._keys.clear()
        self._noted = time.monotonic()

    def _go_on(self, asked: Asked, path: Path) -> None:
        """Take in the notes up to the last that holds; one that is torn, or says more than there is, is cut off."""
        size, at, end, keys = os.fstat(self._stream.fileno()).st_size, 0, 0, bytearray()
        try:
            for line in self._notes:
                if not line.endswith(b"\n"):
                    break
                note = json.loads(line)
                if end == 0:
                    _refuse_other(note, asked, path)
                elif note["at"] > size:  # the machine stopped before the file was on disk
                    break
                else:
                    at, self._lists, self.tally = note["at"], note["lists"], Tally.of(note["tally"])
                    keys += bytes.fromhex(note["keys"])
                end += len(line)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadInput(f"{self._notes_path} is not what a run left; give another --output.") from None
        self._known = np.sort(np.frombuffer(bytes(keys), f"S{KEY_BYTES}"))
        for file, length in ((self._notes, end), (self._stream, at)):
            file.seek(length)
            file.truncate()


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritable(
            f"What was found cannot be written ({error.strerror}); make room. An --output is gone on with by --resume."
        ) from None


def _refuse_other(note: dict[str, Any], asked: Asked, path: Path) -> None:
    if note["maillon match"] != VERSION:
        raise ValueError
    before = note["asked"]
    if names := [name for name in {**before, **asked} if before.get(name) != asked.get(name)]:
        raise BadInput(f"{path} was begun with other {', '.join(names)}; ask the same, or give another --output.")


def _refuse_present(path: Path, notes: Path, *, resume: bool) -> None:
    if resume and path.exists():
        raise BadInput(f"{path} is complete, or no run wrote it; there is nothing to go on with.")
    if notes.exists():
        raise BadInput(f"{path} was cut off; go on with --resume, or delete it and {notes.name}.")
    if path.exists():
        raise BadInput(f"{path} is there already; give another --output.")


def _opened(path: Path) -> BinaryIO:
    try:
        return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def _locked(file: BinaryIO, path: Path) -> BinaryIO:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BadInput(f"Another run writes {path}; wait until it has ended.") from None
    return file


def _line(note: dict[str, Any]) -> bytes:
    return json.dumps(note).encode() + b"\n"


def _name(of: File) -> str:
    return os.path.abspath(of.path)
