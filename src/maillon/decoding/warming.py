"""Every decoder is used once before the process gives up files: what loads at first use has been loaded by then."""

import io
import warnings
from collections.abc import Callable
from typing import Any

import av
import numpy as np
from PIL import AvifImagePlugin, Image

from maillon.decoding.frames import Frame
from maillon.decoding.hashing import pdq
from maillon.decoding.limits import PIXELS
from maillon.decoding.shapes import Step
from maillon.matching.pdq import SMALLEST

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")


def warm_up(answer: Callable[[Frame], Frame]) -> None:
    """Set the libraries for a process of their own, then ask for a grey square in every format, at every step.

    Kernels are compiled here, once, and kept on disk: nothing that runs can be made afterwards.
    """
    warnings.simplefilter("ignore")  # of a hostile file there is nobody to warn
    av.logging.set_level(None)  # at any other level a decoder's thread waits for Python's lock in order to say nothing
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # Pillow refuses at twice its limit; so do frames and pages too
    Image.init()
    questions: list[dict[str, Any]] = [{"do": "read"}, *({"do": "derive", "step": step, "index": 0} for step in Step)]
    pdq(np.zeros((SMALLEST, SMALLEST, 3), np.uint8))  # so even that its points are summed both ways
    for body in (*_images(), _video(), b"nothing known"):
        for question in questions:
            answer(Frame({"kind": "", "seconds": 10.0, **question}, (body,)))


def _images() -> list[bytes]:
    found = []
    for name in FORMATS:
        out = io.BytesIO()
        Image.new("RGB", (64, 64), "grey").save(out, name)
        found += [out.getvalue(), out.getvalue()[: out.tell() // 2]]
    return found


def _video() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=2)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(4):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 128, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()
