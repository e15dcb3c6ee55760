"""A pool of processes that may die: each answers one question at a time and is replaced when it ends, hangs or lies."""

import contextlib
import fcntl
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from maillon.decoding.frames import Ended, Frame, Garbage, Late, receive, send
from maillon.kernel.errors import MaillonError

CLOSED = "The helper processes were ended; nothing is read any more."
T = TypeVar("T")
START_SECONDS = 60.0  # imports and warm-up on a machine that has much else to do
PIPE_BYTES = 1 << 20  # a larger pipe is fewer turns for a body of megabytes
LIFE = 2_000  # questions: however it was spoilt by one, a helper does not go on for ever
LIFE_SECONDS = 900.0  # at work, well within what its own limit of processor time should be
BOOT = "import importlib, json, sys; sys.path[:] = json.loads(sys.argv[2]); importlib.import_module(sys.argv[1]).main()"


class Loss(StrEnum):
    DIED = "died"
    LATE = "late"
    GARBAGE = "garbage"


class Lost(Exception):
    """The helper gave no answer, and another one has taken its place; `loss` says how it was lost."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.value)
        self.loss = loss


class HelperFailed(MaillonError):
    """A helper process could not be started at all; the sentence is its own."""


class Helpers:
    """`size` processes of the module `program`, whose `main()` calls serving.serve(); safe to share between threads.

    They start with an empty environment, pipes for standard input and output, and `told`, which must be JSON. What
    they take and answer is bounded in bytes. They start when the pool does, each in its own time.
    """

    def __init__(
        self, *, program: str, told: Mapping[str, Any], size: int, asked_bytes: int, answer_bytes: int
    ) -> None:
        self._program, self._told = program, {**told, "asked_bytes": asked_bytes}
        self._answer_bytes = answer_bytes
        self._all: set[Helper] = set()
        self._idle: queue.LifoQueue[Helper] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(size):
            self._idle.put(self._start())

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
            if self._closed:
                raise HelperFailed(CLOSED)
            if helper.ended():  # while nobody asked anything of it
                helper = self._replace(helper)
            frame = helper.ask(Frame({**header, "seconds": seconds}, tuple(blobs)), seconds, self._answer_bytes)
            try:
                sound = True
                return take(frame)
            except (ValueError, TypeError, LookupError):
                sound = False
                raise Lost(Loss.GARBAGE) from None
        finally:
            try:
                if not sound or helper.spent():
                    helper = self._replace(helper)
            finally:
                self._idle.put(helper)

    def pids(self) -> list[int]:
        """The processes that there are now."""
        with self._lock:
            return [helper.pid for helper in self._all]

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        with self._lock:
            self._closed = True
            helpers, self._all = self._all, set()
        for helper in helpers:
            helper.kill()  # whoever waits for its answer reads that it ended, and closes its pipes
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().end()
        for helper in helpers:
            self._idle.put(helper)  # whoever waits for one, or asks yet, is told

    def _start(self) -> "Helper":
        with self._lock:
            if self._closed:
                raise HelperFailed(CLOSED)
            helper = Helper(self._program, self._told)
            self._all.add(helper)
        return helper

    def _replace(self, helper: "Helper") -> "Helper":
        with self._lock:
            self._all.discard(helper)
        helper.end()
        return self._start()


class Helper:
    """One process, started at once and awaited at its first question; `files`: open ones that it has besides."""

    def __init__(self, program: str, told: Mapping[str, Any], files: Sequence[int] = ()) -> None:
        self._asked, self._worked = 0, 0.0
        self._ready = False
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", BOOT, program, json.dumps([os.path.abspath(path) for path in sys.path])],
            env={},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=files,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._to, self._from):
            os.set_blocking(pipe, False)
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        with contextlib.suppress(Ended):
            send(self._to, Frame(dict(told)), time.monotonic() + START_SECONDS)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, frame: Frame, seconds: float, limit: int) -> Frame:
        self._await_ready()
        begun = time.monotonic()
        until = begun + seconds
        try:
            send(self._to, frame, until)
            answer = receive(self._from, limit=limit, until=until)
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

    def ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Kill it and close its pipes; a question asked of it yet fails."""
        self._process.kill()
        self._to = self._from = -1
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()

    def _await_ready(self) -> None:
        if self._ready:
            return
        try:
            said = receive(self._from, limit=0, until=time.monotonic() + START_SECONDS).header
        except (Ended, Late, Garbage) as error:
            raise HelperFailed(f"A helper process did not start ({type(error).__name__}).") from None
        if "failed" in said:
            raise HelperFailed(str(said["failed"]))
        self._ready = True
