"""Geometric images and films, made on the spot, whole and broken."""

import io
import struct
import zlib

import av
import numpy as np
from PIL import Image

Pixels = np.ndarray


def pattern(width: int, height: int, *, cells: int = 8, seed: int = 1) -> Image.Image:
    """A chequered pattern of so many random colours a side, in RGB."""
    colours = np.random.default_rng(seed).integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    return Image.fromarray(colours).resize((width, height), Image.Resampling.BICUBIC)


def stripes(width: int, height: int, *, period: int, upright: bool) -> Image.Image:
    """Black and white stripes of `period` pixels."""
    across = np.indices((height, width))[1 if upright else 0] % period < period // 2
    return Image.fromarray((across * 255).astype(np.uint8))


def encoded(image: Image.Image, name: str, **given: object) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **given)
    return out.getvalue()


def film(*, seconds: int = 3, rate: int = 5, size: int = 64, name: str = "mp4", codec: str = "mpeg4") -> bytes:
    """A film whose pattern changes every second; its first frames are key frames."""
    out = io.BytesIO()
    with av.open(out, "w", format=name) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(seconds * rate):
            image = pattern(size, size, seed=number // rate)
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode())
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))


def png(width: int, height: int, *parts: bytes) -> bytes:
    """A grey PNG that says it is of that size and holds these parts."""
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(parts) + chunk(b"IEND", b"")


def zeros(megabytes: int) -> bytes:
    """So many of them, packed."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
