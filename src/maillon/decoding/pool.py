"""The decoding processes, as the rest of the program uses them."""

import atexit
from collections.abc import Callable, Mapping
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

from maillon.decoding.answers import decoded, derivative
from maillon.decoding.frames import Frame
from maillon.decoding.helpers import Helpers, Loss, Lost
from maillon.decoding.limits import ANSWER_BYTES, BODY_BYTES, IMAGE_SECONDS, VIDEO_SECONDS
from maillon.decoding.shapes import Decoded, Derivative, Kind, Reason, Step, Undecodable
from maillon.decoding.signatures import sniff

PROGRAM = "maillon.decoding.process"
T = TypeVar("T")


class Decoders:
    """`size` processes that decode hostile bytes, each one body at a time; safe to share between threads.

    They have no network, no files and no secrets, and may die: a process that does is replaced and the body that it
    died of is refused. Use them in a `with`, or close them. `program` and `seconds`, a limit for every body, are
    for tests.
    """

    def __init__(self, *, size: int = 1, program: str = PROGRAM, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._helpers = Helpers(program=program, size=size, asked_bytes=BODY_BYTES, answer_bytes=ANSWER_BYTES)

    def read(self, body: bytes, kind: Kind | None = None) -> Decoded:
        """What this medium is and its perceptual hashes. Raises Undecodable.

        `kind` is what the page took it for: it only chooses the name of a refusal.
        """
        return self._ask({"do": "read", "kind": kind or ""}, body, decoded)

    def derive(self, body: bytes, kind: Kind | None, step: Step, index: int = 0) -> Derivative:
        """What may be shown of it at `step`. Raises Undecodable.

        An image is one sheet; of an animated one it shows frames over its whole length. So does sheet 0 of a video,
        and each further one the seconds of a stretch of it.
        """
        return self._ask({"do": "derive", "kind": kind or "", "step": step, "index": index}, body, derivative)

    def pids(self) -> list[int]:
        """The processes that there are now."""
        return self._helpers.pids()

    def close(self) -> None:
        """End the processes; what is being asked of them is refused."""
        self._helpers.close()

    def _ask(self, header: Mapping[str, Any], body: bytes, take: Callable[[Frame], T]) -> T:
        if len(body) > BODY_BYTES:
            raise Undecodable(Reason.TOO_LARGE)
        seconds = self._seconds or (
            VIDEO_SECONDS if (found := sniff(body)) and found.kind is Kind.VIDEO else IMAGE_SECONDS
        )
        try:
            return self._helpers.ask(header, [body], seconds=seconds, take=take)
        except Lost as lost:
            raise Undecodable(Reason.TOO_LONG if lost.loss is Loss.LATE else Reason.DECODER_DIED) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class OneAProcess:
    """Decoders of their own for one purpose in each process: started when first asked for, ended with it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._decoders: Decoders | None = None

    def __call__(self) -> Decoders:
        with self._lock:
            if self._decoders is None:
                self._decoders = Decoders(size=1)
                atexit.register(self._decoders.close)
            return self._decoders
