"""The decoding processes: one warms up and is copied; each copy gives up everything, then decodes what comes."""

import ctypes
import os

from maillon.decoding.confinement import confine
from maillon.decoding.frames import Frame
from maillon.decoding.limits import CPU_SECONDS, MEMORY
from maillon.decoding.serving import Answer, Hold, single, start

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
LARGE_PIECE, KEPT = 32 << 20, 128 << 20  # bytes; of larger pieces none is kept


def main() -> None:
    start(warm)


def warm(told: Frame) -> Hold:
    """Load every library and use each once, since none can be loaded afterwards."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    keep_memory()
    from maillon.decoding.answering import answer
    from maillon.decoding.warming import warm_up

    warm_up(answer)

    def hold() -> Answer:
        """No file, no network from now on."""
        confine(memory=MEMORY, cpu=CPU_SECONDS)
        return single(answer)

    return hold


def keep_memory() -> None:
    """Have the C library keep what pixels were in for the next image: asking the kernel anew takes longer than PDQ."""
    adjust = getattr(ctypes.CDLL(None), "mallopt", None)  # the GNU C library has it
    if adjust is not None:
        adjust(_M_MMAP_THRESHOLD, LARGE_PIECE)
        adjust(_M_TRIM_THRESHOLD, KEPT)
