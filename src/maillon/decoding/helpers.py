"""A pool of processes that may die: each answers one question at a time and is replaced when it ends, hangs or lies."""

import contextlib
import fcntl
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from maillon.decoding.frames import Ended, Frame, Garbage, Late, receive, send
from maillon.decoding.starting import START_SECONDS, HelperFailed, Started, Starter

CLOSED = "The helper processes were ended; nothing is read any more."
T = TypeVar("T")
PIPE_BYTES = 1 << 20  # a larger pipe is fewer turns for a body of megabytes
LIFE = 2_000  # questions: however it was spoilt by one, a helper does not go on for ever
LIFE_SECONDS = 900.0  # at work, well within what its own limit of processor time should be


class Loss(StrEnum):
    DIED = "died"
    LATE = "late"
    GARBAGE = "garbage"


class Lost(Exception):
    """The helper gave no answer, and another one has taken its place; `loss` says how it was lost."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.value)
        self.loss = loss


class Helpers:
    """`size` processes of the module `program`, whose `main()` calls serving.start(); safe to share between threads.

    They have an empty environment and pipes for standard input and output; `told`, which must be JSON, is what they
    are prepared with. What they take and answer is bounded in bytes. What starts them is started when the pool is;
    each of them when it is needed.
    """

    def __init__(
        self, *, program: str, told: Mapping[str, Any], size: int, asked_bytes: int, answer_bytes: int
    ) -> None:
        self._starter = Starter(program, {**told, "asked_bytes": asked_bytes})
        self._answer_bytes = answer_bytes
        self._all: set[Helper] = set()
        self._idle: queue.LifoQueue[Helper | None] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(size):
            self._idle.put(None)

    def ask(
        self, header: Mapping[str, Any], blobs: Sequence[bytes] = (), *, seconds: float, take: Callable[[Frame], T]
    ) -> T:
        """What `take` makes of the answer of a helper that is free, waiting for one.

        `seconds`: as long as it may take over this question. `take` checks every part: an answer for which it raises
        ValueError, TypeError or LookupError is garbage; any other is an answer. Raises Lost; HelperFailed where no
        helper can be started.
        """
        helper, sound = self._idle.get(), False
        try:
            if helper is None or helper.ended():  # while nobody asked anything of it
                self._drop(helper)
                helper = None
                helper = self._start()
            frame = helper.ask(Frame({**header, "seconds": seconds}, tuple(blobs)), seconds, self._answer_bytes)
            try:
                found = take(frame)
            except (ValueError, TypeError, LookupError):
                raise Lost(Loss.GARBAGE) from None
            except BaseException:
                sound = True
                raise
            sound = True
            return found
        finally:
            if not sound or self._closed or helper is None or helper.spent():
                self._drop(helper)
                helper = None
            self._idle.put(helper)

    def pids(self) -> list[int]:
        """The processes that there are now, without the one that starts them."""
        with self._lock:
            return [helper.pid for helper in self._all]

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        with self._lock:
            self._closed = True
            for helper in self._all:
                helper.kill()  # whoever waits for its answer reads that it ended, and drops it
        many = 0
        with contextlib.suppress(queue.Empty):
            while True:
                self._drop(self._idle.get_nowait())
                many += 1
        for _ in range(many):
            self._idle.put(None)  # whoever waits for one, or asks yet, is told
        self._starter.end()

    def _start(self) -> "Helper":
        if self._closed:
            raise HelperFailed(CLOSED)
        helper = Helper(self._starter.start())
        with self._lock:
            if not self._closed:
                self._all.add(helper)
                return helper
        helper.end()
        raise HelperFailed(CLOSED)

    def _drop(self, helper: "Helper | None") -> None:
        if helper is not None:
            with self._lock:
                self._all.discard(helper)
            helper.end()


class Helper:
    """One process and the conversation with it, awaited at its first question."""

    def __init__(self, process: Started) -> None:
        self._asked, self._worked = 0, 0.0
        self._ready = False
        self._process = process
        self.pid, self.ended, self.kill, self.end = process.pid, process.ended, process.kill, process.end
        for pipe in (process.asking, process.answering):
            os.set_blocking(pipe, False)
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def tell(self, told: Mapping[str, Any]) -> None:
        """How it is to prepare: what a process that was spawned is told first."""
        with contextlib.suppress(Ended):
            send(self._process.asking, Frame(dict(told)), time.monotonic() + START_SECONDS)

    def ask(self, frame: Frame, seconds: float, limit: int) -> Frame:
        """Raises Lost, HelperFailed."""
        self._await_ready()
        begun = time.monotonic()
        until = begun + seconds
        try:
            send(self._process.asking, frame, until)
            answer = receive(self._process.answering, limit=limit, until=until)
        except Ended:
            raise Lost(Loss.DIED) from None
        except Late:
            raise Lost(Loss.LATE) from None
        except Garbage:
            raise Lost(Loss.GARBAGE) from None
        self._asked, self._worked = self._asked + 1, self._worked + time.monotonic() - begun
        return answer

    def spent(self) -> bool:
        return self._asked >= LIFE or self._worked >= LIFE_SECONDS

    def _await_ready(self) -> None:
        if self._ready:
            return
        try:
            said = receive(self._process.answering, limit=0, until=time.monotonic() + START_SECONDS).header
        except (Ended, Late, Garbage) as error:
            raise HelperFailed(f"A helper process did not start ({type(error).__name__}).") from None
        if "failed" in said:
            raise HelperFailed(str(said["failed"]))
        self._ready = True
