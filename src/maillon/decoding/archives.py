"""Archives, member after member, as the rest of the program uses them: never unpacked to disk, never all in memory.

A process of its own reads each one (`unpacking.py`): it has that file, open for reading, and nothing else. What it
says is bounded here, since it may have been taken over by what it reads.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from maillon.decoding.frames import Frame
from maillon.decoding.helpers import Helper, Loss, Lost
from maillon.decoding.starting import spawn
from maillon.kernel.errors import MaillonError

PROGRAM = "maillon.decoding.unpacking"
PIECE = 1 << 20  # bytes that are asked for at once
SECONDS = 600.0  # for one answer: what is passed over in a tar is unpacked all the same
LONGEST_NAME = 1 << 16
MEMBERS = 1_000_000
UNPACKED, RATIO = 1 << 30, 100  # bytes that any archive may come to, and beyond them how many times its own size
T = TypeVar("T")


class Form(StrEnum):
    """What an archive begins as. The last: one that none of ours reads."""

    ZIP = "zip"
    TAR = "tar"
    GZIP = "gz"
    BZIP2 = "bz2"
    XZ = "xz"
    FOREIGN = "foreign"


class Why(StrEnum):
    """Why an archive, or one of its members, gives no more. The words are codes."""

    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"  # a form or a compression that is not on the list
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TOO_LARGE = "too_large"  # for the memory of the process that reads it
    TOO_LONG = "too_long"
    BOMB = "bomb"  # more members, or more bytes for its size, than is believed
    DIED = "reader_died"  # the process ended over it, or answered garbage


class Unreadable(MaillonError):
    """This archive gives no more members; `why` says for what reason. Those already given count."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"The archive could not be read to its end ({why}); unpack it elsewhere and give its folder.")
        self.why = why


@dataclass(slots=True)
class Left:
    """What an archive, with the archives in it, may still come to."""

    bytes: int
    members: int = MEMBERS

    @classmethod
    def of(cls, size: int) -> "Left":
        """For an archive of so many bytes."""
        return cls(max(UNPACKED, RATIO * size))


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its place, from 0 on, its name as it stands there, the bytes it is said to have.

    `refused`: why it cannot be read at all. `pieces` gives its bytes, once, before the next member is asked for.
    """

    number: int
    name: str
    size: int
    refused: Why | None
    pieces: Callable[[], Iterator[bytes]]


STARTS = {
    b"PK\x03\x04": Form.ZIP,
    b"PK\x05\x06": Form.ZIP,
    b"\x1f\x8b\x08": Form.GZIP,
    b"BZh": Form.BZIP2,
    b"\xfd7zXZ\0": Form.XZ,
    b"7z\xbc\xaf\x27\x1c": Form.FOREIGN,
    b"Rar!\x1a\x07": Form.FOREIGN,
    b"\x28\xb5\x2f\xfd": Form.FOREIGN,  # Zstandard
    b"\x04\x22\x4d\x18": Form.FOREIGN,  # LZ4
    b"\x1f\x9d": Form.FOREIGN,  # compress
    b"MSCF": Form.FOREIGN,  # cabinet
}


def sniff(head: bytes) -> Form | None:
    """What a file with these first 512 bytes is an archive as; None: as none."""
    if head[257:262] == b"ustar":
        return Form.TAR
    return next((form for start, form in STARTS.items() if head.startswith(start)), None)


def members(file: int, form: Form, left: Left) -> Iterator[Member]:
    """The files in the archive open for reading as `file`, whose place in it is lost, in their own order.

    A compressed file that holds no tar is one member without a name. Raises Unreadable, MaillonError where no process
    can be started.
    """
    if form is Form.FOREIGN:
        raise Unreadable(Why.UNSUPPORTED)
    helper = Helper(spawn(PROGRAM, [file]))
    helper.tell(Frame({"file": file, "form": form, "asked_bytes": 0}))

    def ask(words: dict[str, Any], take: Callable[[Frame], T]) -> T:
        try:
            frame = helper.ask(Frame(words), SECONDS, PIECE)
            if "refused" in frame.header and "name" not in frame.header:
                raise Unreadable(Why(frame.header["refused"]))
            return take(frame)
        except Lost as lost:
            raise Unreadable(Why.TOO_LONG if lost.loss is Loss.LATE else Why.DIED) from None
        except (ValueError, TypeError, LookupError):
            raise Unreadable(Why.DIED) from None

    def pieces() -> Iterator[bytes]:
        while piece := ask({"do": "read"}, _piece):
            left.bytes -= len(piece)
            if left.bytes < 0:
                raise Unreadable(Why.BOMB)
            yield piece

    with contextlib.closing(_Ending(helper)):
        number = 0
        while found := ask({"do": "next"}, _named):
            left.members -= 1
            if left.members < 0:
                raise Unreadable(Why.BOMB)
            yield Member(number, *found, pieces)
            number += 1


class _Ending:
    def __init__(self, helper: Helper) -> None:
        self.close = helper.end


def _named(frame: Frame) -> tuple[str, int, Why | None] | None:
    if "end" in frame.header:
        return None
    name, size, refused = (frame.header[part] for part in ("name", "size", "refused"))
    if type(name) is not str or len(name) > LONGEST_NAME or type(size) is not int or size < 0:
        raise ValueError
    return name, size, Why(refused) if refused else None


def _piece(frame: Frame) -> bytes:
    (piece,) = frame.blobs
    return piece
