"""How helper processes are started: one by itself, or many by a process that has imported and warmed up once.

Such a starter reads nothing but orders of its parent; each helper is a copy of it, there in milliseconds, whose memory
they share, and which gives up everything before it reads anything else (`serving.start`).
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from maillon.decoding.frames import Ended, Frame, Garbage, Late, receive, send
from maillon.kernel.errors import MaillonError

START_SECONDS = 60.0  # imports and warm-up on a machine that has much else to do
BOOT = "import importlib, json, sys; sys.path[:] = json.loads(sys.argv[2]); importlib.import_module(sys.argv[1]).main()"
TOLD = ("NUMBA_CACHE_DIR",)  # of the environment, where it is set: where compiled kernels are kept is no secret


class HelperFailed(MaillonError):
    """A helper process could not be started at all; the sentence is its own."""


class Started:
    """A process, known by a handle (pidfd) that never means another one, and two pipes."""

    def __init__(self, pid: int, handle: int, asking: int, answering: int) -> None:
        self.pid, self.asking, self.answering = pid, asking, answering
        self._handle = handle

    def ended(self) -> bool:
        return self._handle < 0 or self._gone(0)

    def kill(self) -> None:
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def end(self) -> None:
        """Kill it, wait for its end and close its pipes; once more does nothing."""
        if self._handle < 0:
            return
        self.kill()
        self._gone(None)
        with contextlib.suppress(ChildProcessError):  # where it is the child of a starter, which leaves none behind
            os.waitid(os.P_PIDFD, self._handle, os.WEXITED)
        for descriptor in (self.asking, self.answering, self._handle):
            os.close(descriptor)
        self.asking = self.answering = self._handle = -1

    def _gone(self, milliseconds: int | None) -> bool:
        ready = select.poll()
        ready.register(self._handle, select.POLLIN)
        return bool(ready.poll(milliseconds))


def spawn(program: str, files: Sequence[int] = ()) -> Started:
    """A process of the module `program`, whose `main()` calls serving.serve(); `files`: open ones that it has besides.

    It starts with an empty environment and pipes for standard input and output.
    """
    asked, asking = os.pipe()
    answering, answers = os.pipe()
    try:
        process = _popen(program, asked, answers, files)
    finally:
        os.close(asked)
        os.close(answers)
    process.returncode = 0  # nobody but `end` waits for it
    return Started(process.pid, os.pidfd_open(process.pid), asking, answering)


def _popen(program: str, stdin: int, stdout: int, files: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", BOOT, program, json.dumps([os.path.abspath(path) for path in sys.path])],
        env={name: os.environ[name] for name in TOLD if name in os.environ},
        cwd="/",
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=files,
    )


class Starter:
    """A process of the module `program`, whose `main()` calls serving.start(): it starts others. Safe among threads.

    It is started with this object, and again where it is gone; `told` is what it is prepared with.
    """

    def __init__(self, program: str, told: Frame) -> None:
        self._program, self._told = program, told
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._begin()

    def start(self) -> Started:
        """One more process. Raises HelperFailed."""
        with self._lock:
            for _ in range(2):
                try:
                    self._await_ready()
                    return self._ask()
                except (OSError, ValueError, IndexError):
                    self._stop()
                    self._begin()
        raise HelperFailed("The process that starts helper processes ends as soon as it is started.")

    def end(self) -> None:
        """End it, and with it all that it started."""
        with self._lock:
            self._stop()

    def _begin(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = _popen(self._program, theirs.fileno(), subprocess.DEVNULL)
        self._ready = False
        with contextlib.suppress(Ended):
            send(self._control.fileno(), self._told, time.monotonic() + START_SECONDS)

    def _await_ready(self) -> None:
        if self._control is None:
            self._begin()
        if self._ready or self._control is None:
            return
        try:
            said = receive(self._control.fileno(), limit=0, until=time.monotonic() + START_SECONDS).header
        except (Ended, Late, Garbage) as error:
            self._stop()
            raise HelperFailed(f"A helper process did not start ({type(error).__name__}).") from None
        if "failed" in said:
            self._stop()
            raise HelperFailed(str(said["failed"]))
        self._control.settimeout(START_SECONDS)
        self._ready = True

    def _ask(self) -> Started:
        assert self._control is not None
        asked, asking = os.pipe()
        answering, answers = os.pipe()
        try:
            socket.send_fds(self._control, [b"+"], [asked, answers])
            pid, handles, _, _ = socket.recv_fds(self._control, 32, 1)
            return Started(int(pid), handles[0], asking, answering)
        except (OSError, ValueError, IndexError):
            os.close(asking)
            os.close(answering)
            raise
        finally:
            os.close(asked)
            os.close(answers)

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None
