"""The process that reads one archive: it is given the open file, gives up everything else, and tells member by member.

Memory is bounded by the process's own limit, whatever a header promises: a dictionary, a name, a list of members.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from maillon.decoding.archives import PIECE, Form, Why
from maillon.decoding.confinement import confine
from maillon.decoding.frames import Frame
from maillon.decoding.serving import Answer, serve, single

MEMORY = 1 << 30  # bytes of addresses
CPU_SECONDS = 24 * 3600  # a large one takes hours
READERS: dict[str, Callable[[BinaryIO], Any]] = {
    Form.GZIP: lambda file: gzip.GzipFile(fileobj=file),
    Form.BZIP2: bz2.BZ2File,
    Form.XZ: lzma.LZMAFile,
}
BLOCK = tarfile.BLOCKSIZE


class Found(NamedTuple):
    """A member; `open` gives its bytes."""

    name: str
    size: int
    refused: Why | None
    open: Callable[[], Any] = io.BytesIO


def main() -> None:
    serve(prepare)


def prepare(told: Frame) -> Answer:
    file = open(told.header["file"], "rb", closefd=False)  # noqa: SIM115 (it is the process that ends)
    file.seek(0)
    "warm".encode("cp437")  # names in a zip; a codec is a module, and none can be loaded later
    confine(memory=MEMORY, cpu=CPU_SECONDS)
    return single(Reading(found_in(file, Form(told.header["form"]))).answer)


class Reading:
    """The conversation: `next` asks for a member, `read` for the next piece of its bytes, none after the last."""

    def __init__(self, members: Iterator[Found]) -> None:
        self._members = members
        self._open: Callable[[], Any] = io.BytesIO
        self._file: Any = None

    def answer(self, asked: Frame) -> Frame:
        try:
            return self._next() if asked.header["do"] == "next" else self._read()
        except Exception as error:
            return Frame({"refused": reason(error)})

    def _next(self) -> Frame:
        self._file = None
        member = next(self._members, None)
        if member is None:
            return Frame({"end": True})
        self._open = member.open
        return Frame({"name": member.name, "size": member.size, "refused": member.refused})

    def _read(self) -> Frame:
        if self._file is None:
            self._file = self._open()
        return Frame({}, (self._file.read(PIECE),))


def reason(error: Exception) -> Why:
    """What an error of the libraries means."""
    if isinstance(error, MemoryError):
        return Why.TOO_LARGE
    if isinstance(error, NotImplementedError):
        return Why.UNSUPPORTED
    said = str(error).lower()
    if isinstance(error, EOFError) or "unexpected end" in said or "end-of-stream" in said or "truncated" in said:
        return Why.TRUNCATED
    if isinstance(error, RuntimeError) and "encrypted" in said:
        return Why.ENCRYPTED
    return Why.CORRUPT


def found_in(file: BinaryIO, form: Form) -> Iterator[Found]:
    """The files in it, in their order; folders, links and devices are passed over."""
    if form is Form.ZIP:
        yield from _zip(file)
        return
    stream = Forward(READERS[form](file) if form in READERS else file)
    tar = _opened_tar(stream, form)
    if tar is not None:
        yield from _tar(tar, stream)
        return
    file.seek(0)
    alone = READERS[form](file)
    yield Found("", 0, None, lambda: alone)


def _opened_tar(stream: "Forward", form: Form) -> Any:
    """A TarFile (of which not all is typed); None where a compressed file holds no tar, or one without members."""
    try:
        tar: Any = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115 (nothing of it is to be closed)
    except tarfile.ReadError:
        if form is Form.TAR:
            raise
        return None
    return tar if form is Form.TAR or tar.firstmember is not None else None


def _zip(file: BinaryIO) -> Iterator[Found]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            refused = Why.ENCRYPTED if info.flag_bits & 1 else None
            yield Found(info.filename, info.file_size, refused, partial(archive.open, info))


def _tar(tar: Any, stream: "Forward") -> Iterator[Found]:
    while (info := tar.next()) is not None:
        tar.members.clear()  # it would keep them all
        if info.isreg():
            yield Found(info.name, info.size, None, partial(tar.extractfile, info))
    if len(stream.last) < BLOCK:
        raise EOFError  # the library takes this for the end, and the next, too; the end is a block of zeros
    if stream.last.strip(b"\0"):
        raise tarfile.ReadError("no header where one must be")


class Forward(io.RawIOBase):
    """A stream that is read onwards only, as a tar is: going back in a compressed file would mean unpacking it anew.

    `last`: what was last read.
    """

    def __init__(self, file: Any) -> None:
        self._file, self._at, self.last = file, 0, b""

    def read(self, size: int = -1) -> bytes:
        self.last = self._file.read(size)
        self._at += len(self.last)
        return self.last

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or offset < self._at:
            raise io.UnsupportedOperation("a tar is read onwards")
        self._at = self._file.seek(offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
