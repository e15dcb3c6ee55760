"""The fetching workers, as the rest of the program uses them."""

import contextlib
import fcntl
import json
import os
import pickle
import queue
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from maillon.decoding.frames import Ended, Frame, Garbage, Late, receive, send
from maillon.decoding.starting import BOOT
from maillon.kernel.errors import MaillonError
from maillon.observation.fetching.egress import MIB, Egress, Limits
from maillon.observation.fetching.fetched import Fetched, Part
from maillon.observation.fetching.pieces import Summary
from maillon.observation.fetching.refusals import Refusal, outcome
from maillon.observation.fetching.telling import GRACE, Told, told_by
from maillon.observation.resolve import Endpoint

START_SECONDS = 60.0
"""Imports and warming up, on a machine that has much else to do."""
LIFE = 500
"""Addresses of one worker: however it was spoilt by one of them, it does not go on for ever."""
_PIPE_BYTES = MIB
"""A part of the usual size passes in one go."""


class FetchersFailed(MaillonError):
    """No worker that may read hostile pages could be started; the sentence says why."""


class Fetchers:
    """`size` workers, each with one address at a time; safe to share between threads.

    A call waits for a worker that is free. A worker that dies, hangs or answers what it should not is replaced, and
    the result says so. Start them with `with`, or close them.
    """

    def __init__(
        self, *, egress: Egress, limits: Limits | None = None, size: int = 4, resolver: Endpoint | None = None
    ) -> None:
        self.size, self.limits = size, limits or Limits()
        self._starter = _Starter(
            Told(egress=egress, limits=self.limits, resolver=(resolver[0], resolver[1]) if resolver else None)
        )
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(size):
            self._idle.put(None)  # started when it is needed

    def fetch(self, url: str, referrer: str = "") -> Fetched:
        """What `url` brings within the limits; `referrer` is sent as given, "" sends none.

        Whatever is wrong with the address or its server is said in the result. Raises FetchersFailed.
        """
        with self._borrowed() as worker:
            return worker.fetch(url, referrer, self.limits)

    def probe(self, asked: dict[str, Any]) -> dict[str, str]:
        """What a worker can do that it must not be able to: see `probing.probe`."""
        with self._borrowed() as worker:
            return worker.probe(asked)

    def landlock(self) -> int:
        """The version of Landlock that holds the workers; 0: this kernel has none. Raises FetchersFailed."""
        with self._borrowed() as worker:
            return worker.landlock

    def pids(self) -> list[int]:
        """The worker processes that there are now."""
        with self._lock:
            return [worker.pid for worker in self._all]

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        with self._lock:
            self._closed = True
            for worker in self._all:
                worker.kill()
        with contextlib.suppress(queue.Empty):
            while True:
                self._drop(self._idle.get_nowait())  # those that are busy are put away by whom they work for
        for _ in range(self.size):
            self._idle.put(None)
        self._starter.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator["_Worker"]:
        worker = self._idle.get()
        sound = False
        try:
            if worker is None or worker.gone:
                self._drop(worker)
                worker = None
                worker = self._start()
            yield worker
            sound = not worker.spent and not self._closed
        finally:
            if not sound:
                self._drop(worker)
            self._idle.put(worker if sound else None)

    def _start(self) -> "_Worker":
        worker = self._starter.start()
        with self._lock:
            if not self._closed:
                self._all.add(worker)
                return worker
        worker.end()
        raise FetchersFailed("The fetching workers have been closed.")

    def _drop(self, worker: "_Worker | None") -> None:
        if worker is None:
            return
        with self._lock:
            self._all.discard(worker)
        worker.end()


class _Starter:
    """The process that starts workers; itself started when the first is needed, and again if it is gone."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._folder = ""

    def start(self) -> "_Worker":
        """A worker that said it is confined. Raises FetchersFailed."""
        with self._lock:
            for _ in range(2):
                if self._process is None or self._process.poll() is not None:
                    self._begin()
                try:
                    orders, answers, handle, pid = self._ask()
                    break
                except (OSError, ValueError):
                    self._stop()
            else:
                raise FetchersFailed("The process that starts fetching workers ends as soon as it is started.")
        worker = _Worker(orders, answers, handle, pid)
        worker.await_ready()
        return worker

    def end(self) -> None:
        with self._lock:
            self._stop()

    def _begin(self) -> None:
        self._stop()
        self._folder = tempfile.mkdtemp(prefix="maillon-fetching-")
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", BOOT, "maillon.observation.fetching.worker", json.dumps(sys.path)],
                env={},
                cwd=self._folder,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = ours
        try:
            until = time.monotonic() + START_SECONDS
            send(ours.fileno(), Frame({}, (pickle.dumps(self._told),)), until)
            said = receive(ours.fileno(), limit=0, until=until).header
        except (Ended, Late, Garbage, OSError) as error:
            self._stop()
            raise FetchersFailed(f"Fetching workers cannot be started ({type(error).__name__}).") from None
        if "failed" in said:
            self._stop()
            raise FetchersFailed(f"Fetching workers cannot be started: {said['failed']}.")

    def _ask(self) -> tuple[int, int, int, int]:
        assert self._control is not None
        orders_out, orders = os.pipe()
        answers, answers_in = os.pipe()
        try:
            self._control.settimeout(START_SECONDS)
            socket.send_fds(self._control, [b"w"], [orders_out, answers_in])
            said, handles, _, _ = socket.recv_fds(self._control, 32, 1)
            return orders, answers, handles[0], int(said)
        except (OSError, ValueError, IndexError) as error:
            os.close(orders)
            os.close(answers)
            raise OSError(str(error)) from None
        finally:
            os.close(orders_out)
            os.close(answers_in)

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._control, self._process, self._folder = None, None, ""


class _Worker:
    """One process, known by a handle (pidfd) that never means another one, and two pipes."""

    def __init__(self, orders: int, answers: int, handle: int, pid: int) -> None:
        self.pid, self.landlock = pid, 0
        self.spent = False
        self._orders, self._answers, self._handle = orders, answers, handle
        self._asked = 0
        with contextlib.suppress(OSError):  # a user may have so many of them only
            fcntl.fcntl(answers, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(orders, False)
        os.set_blocking(answers, False)

    def await_ready(self) -> None:
        try:
            said = receive(self._answers, limit=0, until=time.monotonic() + START_SECONDS).header
        except (Ended, Late, Garbage) as error:
            self.end()
            raise FetchersFailed(f"A fetching worker did not start ({type(error).__name__}).") from None
        if "failed" in said:
            self.end()
            raise FetchersFailed(str(said["failed"]))
        self.landlock = int(said["landlock"])

    def fetch(self, url: str, referrer: str, limits: Limits) -> Fetched:
        self._asked += 1
        self.spent = self._asked >= LIFE
        parts: list[Part] = []
        until = time.monotonic() + limits.seconds + GRACE
        summary, reason = Summary(), ""
        try:
            send(self._orders, Frame({"url": url, "referrer": referrer}), until)
            for told in self._told(limits, until):
                if isinstance(told, Summary):
                    summary = told
                elif isinstance(told, Part):
                    parts.append(told)
                else:
                    reason = told
            if not reason and not parts:
                raise Garbage
        except (Ended, OSError):
            reason = Refusal.WORKER_DIED
        except Late:
            reason = Refusal.TOO_LONG
        except Garbage:
            reason = Refusal.WORKER_GARBLED
        self.spent = self.spent or bool(reason)
        page = parts[0] if parts else lost(url, reason)
        return Fetched(page, tuple(parts[1:]), summary.needs_scripts, summary.text, summary.named, reason)

    def _told(self, limits: Limits, until: float) -> Iterable[Part | Summary | Refusal]:
        """What the worker says, to the summary that ends it; no more than a worker within its limits could say."""
        left = 2 * limits.total_bytes + 64 * MIB
        for _ in range(limits.media + 3):
            frame = receive(self._answers, limit=left, until=until)
            left -= sum(len(blob) for blob in frame.blobs)
            told = told_by(frame)
            yield told
            if not isinstance(told, Part):
                return
        raise Garbage

    def probe(self, asked: dict[str, Any]) -> dict[str, str]:
        self.spent = True
        until = time.monotonic() + START_SECONDS
        send(self._orders, Frame({"probe": asked}), until)
        return dict(receive(self._answers, limit=0, until=until).header["probed"])

    @property
    def gone(self) -> bool:
        """Whether the process has ended while nobody asked it anything."""
        ready = select.poll()
        ready.register(self._handle, select.POLLIN)
        return bool(ready.poll(0))

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def end(self) -> None:
        """End it and close the pipes; once."""
        self.kill()
        for descriptor in (self._orders, self._answers, self._handle):
            os.close(descriptor)


def lost(url: str, reason: str) -> Part:
    """The page of a fetch of which nothing came."""
    return Part("page", url, outcome(reason), reason, (), None, "", b"", b"")
