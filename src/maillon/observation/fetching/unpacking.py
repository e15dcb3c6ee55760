"""Content codings undone step by step, within bounds: a bomb is noticed long before it is unpacked."""

import zlib
from collections.abc import Callable, Iterator

import brotli  # type: ignore[import-untyped]

from maillon.observation.fetching.egress import MIB
from maillon.observation.fetching.refusals import Refusal, Stop

MOST_CODINGS = 2
STEP = 256 * 1024
"""Bytes unpacked at a time."""
HARMLESS = 16 * MIB
MOST_RATIO = 50
"""Unpacked to packed: what exceeds it beyond `HARMLESS` bytes is a bomb, whatever the limit."""

Undo = Callable[[bytes], Iterator[bytes]]


class Unpacker:
    """The body of one answer, fed as it comes. `codings` as the answer names them, the last applied last."""

    def __init__(self, codings: str, most: int) -> None:
        names = [name for part in codings.lower().split(",") if (name := part.strip()) not in ("", "identity")]
        if len(names) > MOST_CODINGS or not set(names) <= set(_CODINGS):
            raise Stop(Refusal.UNKNOWN_CODING, codings[:200])
        self._stages = [_CODINGS[name]() for name in reversed(names)]
        self._most, self._packed, self._unpacked = most, 0, 0

    @property
    def idle(self) -> bool:
        """Whether nothing is to be undone."""
        return not self._stages

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` unpacks to. Raises Stop."""
        self._packed += len(data)
        try:
            yield from self._through(0, data)
        except (zlib.error, brotli.error) as error:
            raise Stop(Refusal.BROKEN_ANSWER, f"content coding: {error}") from None

    def end(self) -> None:
        """Nothing follows. Raises Stop where a coding was cut off."""
        if self._packed and not all(stage.done for stage in self._stages):
            raise Stop(Refusal.CUT_OFF, "content coding ends early")

    def _through(self, index: int, data: bytes) -> Iterator[bytes]:
        if index == len(self._stages):
            yield data
            return
        for piece in self._stages[index].undo(data):
            self._unpacked += len(piece)
            if self._unpacked > self._most * (1 + index) or self._unpacked > max(HARMLESS, MOST_RATIO * self._packed):
                raise Stop(Refusal.DECOMPRESSION_BOMB, f"{self._packed} bytes gave {self._unpacked} and more")
            yield from self._through(index + 1, piece)


class _Zlib:
    """gzip (with several members) and deflate (with or without zlib's wrapper, as browsers take both)."""

    def __init__(self, window: int | None) -> None:
        self._window = window
        self._inner = zlib.decompressobj(window) if window else None
        self.done = False

    def undo(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self.done:
                data = data.lstrip(b"\0") if self._window else b""  # padding, and nothing follows in deflate
                if not data:
                    return
            if self._inner is None:
                self._inner = zlib.decompressobj(self._window or _deflate_window(data))
            self.done = False
            piece = self._inner.decompress(data, STEP)
            data = self._inner.unconsumed_tail
            if self._inner.eof:
                data, self.done, self._inner = self._inner.unused_data, True, None
            if piece:
                yield piece


def _deflate_window(data: bytes) -> int:
    wrapped = data[0] & 0x0F == 8 and (len(data) < 2 or int.from_bytes(data[:2], "big") % 31 == 0)
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    @property
    def done(self) -> bool:
        return bool(self._inner.is_finished())

    def undo(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._inner.process(data, output_buffer_limit=STEP)
            data = b""
            if piece:
                yield piece
            if self._inner.is_finished() or self._inner.can_accept_more_data():
                return


_CODINGS: dict[str, Callable[[], _Zlib | _Brotli]] = {
    "gzip": lambda: _Zlib(16 + zlib.MAX_WBITS),
    "x-gzip": lambda: _Zlib(16 + zlib.MAX_WBITS),
    "deflate": lambda: _Zlib(None),
    "br": _Brotli,
}
