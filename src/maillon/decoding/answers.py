"""What a decoding process answered, checked part by part: it may have been taken over by what it decoded."""

from typing import Any

from maillon.decoding.frames import Frame
from maillon.decoding.limits import FRAME_PIXELS, LARGE, PIXELS, SAMPLES
from maillon.decoding.shapes import Decoded, Derivative, Kind, Reason, Undecodable

JPEG = b"\xff\xd8\xff"
SIDE = 1 << 16


def decoded(frame: Frame) -> Decoded:
    """Raises Undecodable where it refused; ValueError, TypeError, LookupError where it is no answer at all."""
    _refused(frame)
    told = frame.header["decoded"]
    kind = Kind(told["kind"])
    pdq, vpdq = told["pdq"], told["vpdq"]
    width, height = _whole(told["width"], SIDE), _whole(told["height"], SIDE)
    _must(width * height <= max(PIXELS, FRAME_PIXELS) and len(vpdq) <= SAMPLES)
    return Decoded(
        kind=kind,
        mime=_word(told["mime"]),
        width=width,
        height=height,
        frames=_whole(told["frames"], 1 << 31),
        seconds=_seconds(told["seconds"]),
        codec=_word(told["codec"]),
        pdq=None if pdq is None else _hash(pdq),
        quality=None if told["quality"] is None else _whole(told["quality"], 100),
        vpdq=tuple((_seconds(second), _whole(quality, 100), _hash(found).hex()) for second, quality, found in vpdq),
    )


def derivative(frame: Frame) -> Derivative:
    """Raises as `decoded` does."""
    _refused(frame)
    (body,) = frame.blobs
    _must(body.startswith(JPEG))
    width, height = (_whole(frame.header[name], LARGE + SIDE // 64) for name in ("width", "height"))
    return Derivative(body, "image/jpeg", width, height, _whole(frame.header["sheets"], 1 << 20))


def _refused(frame: Frame) -> None:
    if "refused" in frame.header:
        raise Undecodable(Reason(frame.header["refused"]))


def _hash(text: Any) -> bytes:
    found = bytes.fromhex(text)
    _must(len(found) == 32)
    return found


def _whole(value: Any, most: int) -> int:
    _must(type(value) is int and 0 <= value <= most)
    return int(value)


def _seconds(value: Any) -> float:
    _must(type(value) in (int, float) and 0 <= value < 1e9)
    return float(value)


def _word(value: Any) -> str:
    _must(type(value) is str and len(value) <= 64 and value.isascii() and value.isprintable())
    return str(value)


def _must(holds: bool) -> None:
    if not holds:
        raise ValueError
