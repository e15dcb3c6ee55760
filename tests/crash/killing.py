"""`kill -9` of the site, its workers and PostgreSQL in turn, while reporters report; and falls between statements."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from maillon.ops import embedded
from maillon.settings import Address, load
from tests.crash.installation import Installation

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds for work to go on after a kill
Grown = Callable[[], int]


@dataclass
class Kept:
    """A process that is started again whenever it ends, until `stop`."""

    words: tuple[str, ...]
    environ: dict[str, str]
    said: Path
    stopping: threading.Event = field(default_factory=threading.Event)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._live)
        self.thread.start()

    def _live(self) -> None:
        with self.said.open("ab") as said:
            while not self.stopping.is_set():
                self.process = subprocess.Popen(
                    self.words, env=self.environ, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                    start_new_session=True,
                )  # fmt: skip
                self.process.wait()
                self.kill()  # what it started goes with it, as the supervisor sees to
                self.stopping.wait(0.05)

    def kill(self) -> None:
        """The process and all that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        self.stopping.set()
        if self.process is not None:
            self.process.terminate()
        self.thread.join(PATIENCE)
        if self.thread.is_alive():
            self.kill()
            self.thread.join(PATIENCE)


@dataclass
class Storm:
    """The site, two workers and the database, all of which are killed in turn."""

    here: Installation
    listen: Address
    within: int
    kills: dict[str, int] = field(default_factory=lambda: {"site": 0, "worker": 0, "database": 0})

    def __post_init__(self) -> None:
        self.falls = self.here.home / "falls"
        self.falls.touch()
        environ = {
            **self.here.environ,
            "PYTHONPATH": os.pathsep.join((self.here.environ["PYTHONPATH"], str(ROOT))),
            "MAILLON_LISTEN": str(self.listen),
            "MAILLON_PROXIES": "127.0.0.0/8",
            "FALLS": str(self.falls),
        }
        said = self.here.home / "said"
        (self.here.home / "static").mkdir(exist_ok=True)
        from maillon.ops.serve import site

        *served, _application = site(load({**environ, "MAILLON_WEB_WORKERS": "2"}))
        self.site = Kept((*served, "tests.crash.falling:application"), falling(environ, 40 * self.within), said)
        worker = (sys.executable, "-m", "tests.crash.falling", "worker")
        self.workers = [Kept(worker, falling(environ, 10 * self.within), said) for _ in range(2)]

    @property
    def fallen(self) -> int:
        """How many processes killed themselves between two statements."""
        return self.falls.stat().st_size

    @property
    def all(self) -> int:
        return sum(self.kills.values()) + self.fallen

    def strike(self, victim: str, chance: random.Random) -> None:
        """Kill one; a database that was killed is started again, as its supervisor does."""
        self.kills[victim] += 1
        if victim == "database":
            pid = embedded.server_pid(self.here.home)
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                # On a busy machine it dies a little later, and would be taken for one that runs.
                while embedded.server_pid(self.here.home) == pid:
                    time.sleep(0.005)
            embedded.ensure_running(self.here.home)
        elif victim == "worker":
            chance.choice(self.workers).kill()
        else:
            self._strike_site(chance)

    def _strike_site(self, chance: random.Random) -> None:
        """A process that serves, or the one that keeps them, with all of them."""
        children = served_by(self.site.process)
        if children and chance.random() < 0.7:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
        else:
            self.site.kill()

    def go_on(self, chance: random.Random, grown: Grown, until: Callable[[], bool], steps: int) -> None:
        """Strike in turn, each time once `steps` more receipts were shown."""
        victims = ["site", "worker", "database"]
        while not until():
            for victim in victims:
                before, deadline = grown(), time.monotonic() + PATIENCE
                while grown() < before + steps and not until():
                    assert time.monotonic() < deadline, f"nothing goes on any more: {self.here.said()}"
                    time.sleep(0.01)
                if until():
                    return
                time.sleep(chance.uniform(0, 0.1))  # the moment itself is drawn
                self.strike(victim, chance)

    def calm(self) -> None:
        """From now on nothing falls by itself: everything starts anew."""
        for kept in (self.site, *self.workers):
            kept.environ["FALL_WITHIN"] = "0"
            kept.kill()
        embedded.ensure_running(self.here.home)

    def stop(self) -> None:
        for kept in (*self.workers, self.site):
            kept.stop()


def falling(environ: dict[str, str], within: int) -> dict[str, str]:
    return {**environ, "FALL_WITHIN": str(within)}


def served_by(process: subprocess.Popen[bytes] | None) -> list[int]:
    """The processes that a web server keeps."""
    if process is None:
        return []
    try:
        told = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    except OSError:
        return []
    return [int(pid) for pid in told.split()]
