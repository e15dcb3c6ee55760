"""Processes kept alive together: started, restarted with a growing pause when they end, stopped as one."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_EVERY = 0.2  # seconds
FIRST_PAUSE = 0.5  # seconds; doubled each time
LONGEST_PAUSE = 60.0  # seconds between two starts of a process that keeps ending
STEADY = 60.0  # seconds after which a process is taken to work, and its next pause is short again
GRACE = 10.0  # seconds from SIGTERM to SIGKILL

Say = Callable[[str], None]


@dataclass
class Child:
    """One process: what to run, and how it has fared. In a session of its own, out of reach of Ctrl-C."""

    name: str
    words: Sequence[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    since: float = field(default=0.0, init=False)
    pause: float = field(default=FIRST_PAUSE, init=False)
    due: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start it, so that the system ends it should this process be killed."""
        guard = ("setpriv", "--pdeathsig", "TERM", "--") if shutil.which("setpriv") else ()
        self.process = subprocess.Popen(
            (*guard, *self.words), env=dict(self.environ), stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.since = time.monotonic()

    def look(self, say: Say) -> None:
        """Notice that it ended; start it again once its pause is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal(signal.SIGKILL)
        if now - self.since > STEADY:
            self.pause = FIRST_PAUSE
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        say(f"{self.name} ended ({how}); it starts again in {self.pause:g} s.")
        self.process, self.due = None, now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to it and to what it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def stop(children: Sequence[Child]) -> None:
    """End every child: asked first, then killed; nothing it started is left."""
    for child in children:
        if child.process is not None:
            with suppress(ProcessLookupError):
                child.process.terminate()
    deadline = time.monotonic() + GRACE
    for child in children:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            child.signal(signal.SIGKILL)
            child.process.wait()
            child.process = None


def keep(children: Sequence[Child], stopping: threading.Event, say: Say, every_look: Callable[[], None]) -> None:
    """Keep the children alive until `stopping` is set; then end them, whatever happened meanwhile."""
    try:
        while not stopping.is_set():
            for child in children:
                child.look(say)
            every_look()
            stopping.wait(LOOK_EVERY)
    finally:
        stop(children)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and a closed terminal set, for the length of the block."""
    stopping = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
