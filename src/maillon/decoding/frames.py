"""How a process and its helper talk over pipes: a header in JSON and raw bytes, each with its length before it.

Nothing here builds an object from what the other side says but JSON's own, so a helper that was taken over can lie
but not run anything.
"""

import json
import os
import select
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HEAD = struct.Struct("!I")
HEADER_BYTES = 4 << 20
BLOBS = 10_000


class Ended(Exception):
    """The other side has closed its end."""


class Late(Exception):
    """The time was up."""


class Garbage(Exception):
    """What came is no frame, or a larger one than is allowed."""


@dataclass(frozen=True, slots=True)
class Frame:
    header: dict[str, Any]
    blobs: tuple[bytes, ...] = ()


def send(pipe: int, frame: Frame, until: float | None = None) -> None:
    """Write it whole. `until`: a moment of time.monotonic(), for a pipe that does not block. Raises Ended, Late."""
    head = json.dumps([frame.header, [len(blob) for blob in frame.blobs]]).encode()
    for piece in (HEAD.pack(len(head)) + head, *frame.blobs):
        view = memoryview(piece)
        while view:
            _wait(pipe, select.POLLOUT, until)
            try:
                view = view[os.write(pipe, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise Ended from None


def receive(pipe: int, *, limit: int, until: float | None = None) -> Frame:
    """Read one whole whose blobs are at most `limit` bytes together. Raises Ended, Late, Garbage."""
    (size,) = HEAD.unpack(_read(pipe, HEAD.size, until))
    if size > HEADER_BYTES:
        raise Garbage
    header, sizes = _header(_read(pipe, size, until))
    if sum(sizes) > limit:
        raise Garbage
    return Frame(header, tuple(_read(pipe, each, until) for each in sizes))


def _header(text: bytes) -> tuple[dict[str, Any], Sequence[int]]:
    try:
        header, sizes = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise Garbage from None
    sound = isinstance(header, dict) and isinstance(sizes, list) and len(sizes) <= BLOBS
    if not sound or not all(type(size) is int and size >= 0 for size in sizes):
        raise Garbage
    return header, sizes


def _read(pipe: int, size: int, until: float | None) -> bytes:
    found = bytearray(size)
    view = memoryview(found)
    while view:
        _wait(pipe, select.POLLIN, until)
        try:
            many = os.readv(pipe, [view])
        except BlockingIOError:
            continue
        if many == 0:
            raise Ended
        view = view[many:]
    return bytes(found)


def _wait(pipe: int, event: int, until: float | None) -> None:
    if until is None:
        return
    ready = select.poll()
    ready.register(pipe, event)
    left = until - time.monotonic()
    if left <= 0 or not ready.poll(left * 1000):
        raise Late
