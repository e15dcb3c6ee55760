"""The decoding processes, as the rest of the program uses them."""

from types import TracebackType
from typing import Self

from maillon.decoding.shapes import Decoded, Derivative, Kind, Step


class Decoders:
    """`size` processes that decode hostile bytes, each one body at a time; safe to share between threads.

    They have no network, no files and no secrets, and may die: a process that does is replaced and the body that it
    died of is refused. Start them with `with`, or close them.
    """

    def __init__(self, *, size: int = 1) -> None:
        raise NotImplementedError

    def read(self, body: bytes, kind: Kind | None = None) -> Decoded:
        """What this medium is and its perceptual hashes. Raises Undecodable.

        `kind` is what the page took it for: it only chooses the name of a refusal.
        """
        raise NotImplementedError

    def derive(self, body: bytes, kind: Kind | None, step: Step, index: int = 0) -> Derivative:
        """What may be shown of it at `step`. Raises Undecodable.

        An image is one sheet. Of a video, and of an animated image, sheet 0 shows frames over its whole length and
        each further one the frames of a stretch of it.
        """
        raise NotImplementedError

    def close(self) -> None:
        """End the processes."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
