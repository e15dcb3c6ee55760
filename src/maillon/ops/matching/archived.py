"""Pieces out of files: what an archive holds comes before the archive itself, one level of archives in it included."""

import os
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from typing import NamedTuple, TypeAlias, TypedDict

from maillon.decoding import archives, signatures
from maillon.decoding.archives import Form, Left, Member, Unreadable, Why
from maillon.decoding.digests import digests
from maillon.decoding.limits import BODY_BYTES
from maillon.ops.matching.pieces import File, Key, Piece

HEAD = 512
LEVELS = 2
FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC  # a pipe in its place hangs nobody
Known = Callable[[Key], bool]
Limit = Callable[[int], Left]
Pieces: TypeAlias = Generator[Piece, None, str]


class Who(TypedDict):
    """What names a piece."""

    path: str
    key: Key
    members: tuple[str, ...]


def pieces(found: File | Piece, known: Known, limit: Limit = Left.of) -> Iterator[Piece]:
    """The pieces of what was found, those that are `known` left out; `limit` says what an archive may come to."""
    if isinstance(found, Piece):
        if not known(found.key):
            yield found
        return
    if known(found.key()):
        return
    try:
        file = os.open(found.path, FLAGS)
    except OSError as error:
        yield _whole(found, refused="gone" if isinstance(error, FileNotFoundError) else "unreadable")
        return
    try:
        form = archives.sniff(os.pread(file, HEAD, 0))
        if form is None:
            yield _whole(found)
            return
        why = yield from _Archive(found, known, limit(found.size)).pieces(file, form, Place((), ()))
        yield _whole(found, archive=True, refused=why)
    except OSError:
        yield _whole(found, refused="unreadable")
    finally:
        os.close(file)


def _whole(file: File, *, refused: str = "", archive: bool = False) -> Piece:
    return Piece(path=file.path, key=file.key(), size=file.size, refused=refused, archive=archive)


class Place(NamedTuple):
    """Where something stands in an archive: names and numbers, the outermost first."""

    names: tuple[str, ...]
    numbers: tuple[int, ...]


class _Archive:
    def __init__(self, file: File, known: Known, left: Left) -> None:
        self._file, self._known, self._left = file, known, left

    def pieces(self, file: int, form: Form, here: Place) -> Pieces:
        """What is in the archive open as `file`; returns why it was not read to its end, "" where it was."""
        try:
            for member in archives.members(file, form, self._left):
                name = member.name or self._bare(here)
                place = Place((*here.names, name), (*here.numbers, member.number))
                if not self._known(self._file.key(place.numbers)):
                    yield from self._member(member, place)
        except Unreadable as error:
            return error.why
        return ""

    def _bare(self, here: Place) -> str:
        """A compressed file's name without what its compression put behind it."""
        return os.path.splitext(os.path.basename((self._file.path, *here.names)[-1]))[0]

    def _member(self, member: Member, place: Place) -> Iterator[Piece]:
        try:
            piece = self._read(member, place)
        except Unreadable as error:
            if error.why is Why.BOMB:
                raise
            piece = Piece(**self._who(place), refused=error.why)
        form = archives.sniff(piece.body[:HEAD]) if piece.body else None
        if form is None or piece.body is None:
            yield piece
            return
        why = "too_deep"
        if len(place.numbers) < LEVELS:
            why = yield from self._nested(piece.body, form, place)
        yield Piece(**self._who(place), body=piece.body, size=piece.size, archive=True, refused=why)
        if why == Why.BOMB:
            raise Unreadable(Why.BOMB)

    def _nested(self, body: bytes, form: Form, place: Place) -> Pieces:
        """What is in an archive that is in memory, and stays there."""
        file = os.memfd_create("archive", os.MFD_CLOEXEC)
        try:
            with open(file, "wb", closefd=False) as memory:
                memory.write(body)
            return (yield from self.pieces(file, form, place))
        finally:
            os.close(file)

    def _read(self, member: Member, place: Place) -> Piece:
        if member.refused:
            raise Unreadable(member.refused)
        held, size, more = list[bytes](), 0, member.pieces()
        for part in more:
            held.append(part)
            size += len(part)
            if size > BODY_BYTES:
                legible = signatures.sniff(held[0]) or archives.sniff(held[0])
                found = digests(chain(held, more))
                return Piece(**self._who(place), digests=found, refused="too_large" if legible else "")
        return Piece(**self._who(place), body=b"".join(held), size=size)

    def _who(self, place: Place) -> Who:
        return {"path": self._file.path, "key": self._file.key(place.numbers), "members": place.names}
