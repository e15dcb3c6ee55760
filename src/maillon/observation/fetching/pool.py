"""The fetching workers, as the rest of the program uses them."""

import pickle
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from maillon.decoding.frames import Frame, Garbage
from maillon.decoding.helpers import Helper, Helpers, Loss, Lost
from maillon.observation.fetching.egress import MIB, Egress, Limits
from maillon.observation.fetching.fetched import Fetched, Part
from maillon.observation.fetching.pieces import Summary
from maillon.observation.fetching.refusals import Refusal, outcome
from maillon.observation.fetching.telling import GRACE, Told, told_by
from maillon.observation.resolve import Endpoint

WORKER = "maillon.observation.fetching.worker"
SECONDS = 60.0
"""For a question that is no address."""
LOST = {Loss.DIED: Refusal.WORKER_DIED, Loss.LATE: Refusal.TOO_LONG, Loss.GARBAGE: Refusal.WORKER_GARBLED}


class Fetchers:
    """`size` workers, each with one address at a time; safe to share between threads.

    A call waits for a worker that is free. A worker that dies, hangs or answers what it should not is replaced, and
    the result says so. Start them with `with`, or close them.
    """

    def __init__(
        self, *, egress: Egress, limits: Limits | None = None, size: int = 4, resolver: Endpoint | None = None
    ) -> None:
        self.size, self.limits = size, limits or Limits()
        told = Told(egress=egress, limits=self.limits, resolver=(resolver[0], resolver[1]) if resolver else None)
        self._helpers = Helpers(
            program=WORKER, told=Frame({}, (pickle.dumps(told),)), size=size, asked_bytes=0, answer_bytes=0
        )

    def fetch(self, url: str, referrer: str = "") -> Fetched:
        """What `url` brings within the limits; `referrer` is sent as given, "" sends none.

        Whatever is wrong with the address or its server is said in the result. Raises HelperFailed.
        """
        with self._helpers.borrowed() as worker:
            return fetched_by(worker, url, referrer, self.limits)

    def probe(self, asked: dict[str, Any]) -> dict[str, str]:
        """What a worker can do that it must not be able to: see `probing.probe`. It is ended afterwards."""
        with self._helpers.borrowed() as worker:
            said = worker.ask(Frame({"probe": asked}), SECONDS, 0).header["probed"]
            worker.spoilt = True
            return dict(said)

    def landlock(self) -> int:
        """The version of Landlock that holds the workers; 0: this kernel has none. Raises HelperFailed."""
        return self._helpers.ask({"landlock": True}, seconds=SECONDS, take=lambda said: int(said.header["landlock"]))

    def pids(self) -> list[int]:
        """The worker processes that there are now."""
        return self._helpers.pids()

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._helpers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def fetched_by(worker: Helper, url: str, referrer: str, limits: Limits) -> Fetched:
    """What this worker brings; where it did not end as it should, what it told until then, and why."""
    parts: list[Part] = []
    summary, reason = Summary(), ""
    order = Frame({"url": url, "referrer": referrer})
    try:
        with worker.conversation(order, limits.seconds + GRACE) as hear:
            for told in _told(hear, limits):
                if isinstance(told, Summary):
                    summary = told
                elif isinstance(told, Part):
                    parts.append(told)
                else:
                    reason = told
            if not reason and not parts:
                raise Garbage
    except Lost as lost:
        reason = LOST[lost.loss]
    worker.spoilt = worker.spoilt or bool(reason)
    page = parts[0] if parts else lost_page(url, reason)
    return Fetched(page, tuple(parts[1:]), summary.needs_scripts, summary.text, summary.named, reason)


def _told(hear: Callable[[int], Frame], limits: Limits) -> Iterable[Part | Summary | Refusal]:
    """What the worker says, to the summary that ends it; no more than a worker within its limits could say."""
    left = 2 * limits.total_bytes + 64 * MIB
    for _ in range(limits.media + 3):
        frame = hear(left)
        left -= sum(len(blob) for blob in frame.blobs)
        told = told_by(frame)
        yield told
        if not isinstance(told, Part):
            return
    raise Garbage


def lost_page(url: str, reason: str) -> Part:
    """The page of a fetch of which nothing came."""
    return Part("page", url, outcome(reason), reason, (), None, "", b"", b"")
