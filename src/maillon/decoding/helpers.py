"""A pool of processes that may die: each answers one question at a time and is replaced when it ends, hangs or lies."""

import contextlib
import fcntl
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from maillon.decoding.frames import Ended, Frame, Garbage, Late, receive, send
from maillon.decoding.starting import START_SECONDS, HelperFailed, Started, Starter

CLOSED = "The helper processes were ended; nothing is read any more."
NOTHING = Frame({})
T = TypeVar("T")
PIPE_BYTES = 1 << 20  # a larger pipe is fewer turns for a body of megabytes
LIFE = 500  # questions: however it was spoilt by one, a helper does not go on for ever
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

    They have an empty environment and pipes for standard input and output; `told` is what they are prepared with. What
    they take and answer is bounded in bytes. What starts them is started when the pool is; each of them when it is
    needed.
    """

    def __init__(self, *, program: str, size: int, asked_bytes: int, answer_bytes: int, told: Frame = NOTHING) -> None:
        self._starter = Starter(program, Frame({**told.header, "asked_bytes": asked_bytes}, told.blobs))
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
        with self.borrowed() as helper:
            frame = helper.ask(Frame(dict(header), tuple(blobs)), seconds, self._answer_bytes)
            try:
                return take(frame)
            except (ValueError, TypeError, LookupError):
                helper.spoilt = True
                raise Lost(Loss.GARBAGE) from None

    @contextlib.contextmanager
    def borrowed(self) -> Iterator["Helper"]:
        """A helper that is free, waiting for one, for conversations; one that is spoilt is ended afterwards.

        Raises HelperFailed where none can be started.
        """
        helper = self._idle.get()
        try:
            if helper is None or helper.ended():  # while nobody asked anything of it
                self._drop(helper)
                helper = None
                helper = self._start()
            yield helper
        finally:
            if helper is None or helper.spoilt or helper.spent() or self._closed:
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
        self.spoilt = False
        """It was left in the middle of a conversation, or said what it should not: it is asked nothing more."""
        self._asked, self._worked = 0, 0.0
        self._ready = False
        self._process = process
        self.pid, self.ended, self.kill, self.end = process.pid, process.ended, process.kill, process.end
        for pipe in (process.asking, process.answering):
            os.set_blocking(pipe, False)
            with contextlib.suppress(OSError):  # a user may have so many large ones only
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def tell(self, told: Frame) -> None:
        """How it is to prepare: what a process that was spawned is told first."""
        with contextlib.suppress(Ended):
            send(self._process.asking, told, time.monotonic() + START_SECONDS)

    def ask(self, frame: Frame, seconds: float, limit: int) -> Frame:
        """Its answer, of at most `limit` bytes. Raises Lost, HelperFailed."""
        with self.conversation(frame, seconds) as hear:
            return hear(limit)

    @contextlib.contextmanager
    def conversation(self, frame: Frame, seconds: float) -> Iterator[Callable[[int], Frame]]:
        """Ask it, and listen: the block calls what it is given, with the bytes that it takes, for each frame.

        `seconds`: as long as all of it may take. Raises Lost, also where the block raises Garbage; HelperFailed.
        """
        self.spoilt = True
        self._await_ready()
        begun = time.monotonic()
        until = begun + seconds
        try:
            send(self._process.asking, Frame({**frame.header, "seconds": seconds}, frame.blobs), until)
            yield lambda limit: receive(self._process.answering, limit=limit, until=until)
        except Ended:
            raise Lost(Loss.DIED) from None
        except Late:
            raise Lost(Loss.LATE) from None
        except Garbage:
            raise Lost(Loss.GARBAGE) from None
        self._asked, self._worked = self._asked + 1, self._worked + time.monotonic() - begun
        self.spoilt = False

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
