"""`kill -9` under load: of workers, of commands, of PostgreSQL. What was acknowledged is there, once."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from maillon.ops import embedded
from tests.crash.audit import wrong
from tests.crash.installation import Installation
from tests.crash.load import opinions, reports
from tests.crash.runner_client import Runner, World
from tests.crash.scenario import CLAIMS_OVER, DRAIN

SEED = int(os.environ.get("CRASH_SEED", "1"))
KILLS = int(os.environ.get("CRASH_KILLS", "12"))
ROWS, ASSESSED = 60, 15  # of each file
PATIENCE = 60.0  # seconds


@dataclass
class Killed:
    """Processes that do the same thing over and over, whatever ends them, until `stop`."""

    here: Installation
    life: Callable[["Killed"], None]
    stopping: threading.Event = field(default_factory=threading.Event)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._live)
        self.thread.start()

    def _live(self) -> None:
        while not self.stopping.is_set():
            self.life(self)

    def do(self, *words: str) -> bool:
        """Run a command to whatever end it comes to; whether it was a success."""
        self.process = self.here.start(*words)
        return self.process.wait() == 0

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Let it end as it would by itself; a worker is asked to."""
        self.stopping.set()
        if self.life is work and self.process is not None:
            self.process.terminate()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


def work(killed: Killed) -> None:
    killed.do("worker")


def drain(killed: Killed) -> None:
    killed.do(*DRAIN)


@dataclass
class Importer:
    """Brings in file after file. A command that ended with success is an acknowledgement."""

    chance: random.Random
    imported: dict[str, list[str]] = field(default_factory=dict)
    given_up: dict[str, list[str]] = field(default_factory=dict)
    assessed: list[str] = field(default_factory=list)

    def __call__(self, killed: Killed) -> None:
        name = f"F{len(self.imported) + len(self.given_up)}"
        path = killed.here.home / f"{name}.csv"
        references = reports(path, name, ROWS, self.chance)
        while not killed.do("import", str(path)):
            if self.chance.random() < 0.3:
                self.given_up[name] = references
                return
        self.imported[name] = references
        path = killed.here.home / f"{name}-opinions.csv"
        opinions(path, references[:ASSESSED], self.chance)
        if killed.do("assess", str(path)):
            self.assessed += references[:ASSESSED]


def events(here: Installation) -> int:
    """The last event's number; -1 while the database is away."""
    try:
        ((last,),) = here.query("SELECT coalesce(max(id), 0) FROM outbox_event")
    except psycopg.OperationalError:
        return -1
    return int(last)


def awaited(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "nothing happens any more"
        time.sleep(0.02)


def kill_server(here: Installation) -> None:
    pid = embedded.server_pid(here.home)
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def storm(here: Installation, chance: random.Random) -> Importer:
    """Kill one thing after another while all of them work, each time once the work has gone on."""
    importer = Importer(random.Random(chance.random()))
    lives = [Killed(here, life) for life in (work, work, importer, drain)]
    victims = [*(killed.kill for killed in lives), lambda: kill_server(here)]
    order = [victims[n % len(victims)] for n in range(KILLS)]
    chance.shuffle(order)
    try:
        for kill in order:
            before = events(here)
            awaited(lambda before=before: events(here) > max(before, 0))  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.3))  # the moment itself is drawn
            kill()
    finally:
        for killed in lives:
            killed.stopping.set()
        for killed in lives:
            killed.stop()
    return importer


def test_kill_9_of_anything_loses_nothing_acknowledged_and_does_nothing_twice(durable: World) -> None:
    here = durable.here
    importer = storm(here, random.Random(SEED))
    finish(durable.runner)
    stored = {name for (name,) in here.query("SELECT reference FROM intake_report")}
    assert importer.imported
    assert importer.assessed
    for name, references in importer.imported.items():
        assert stored.issuperset(references), f"{name} was acknowledged"
    for name, references in importer.given_up.items():
        assert stored.isdisjoint(references) or stored.issuperset(references), f"{name} is half there"
    said = here.query(
        "SELECT DISTINCT r.reference FROM analysis_assessment a JOIN intake_report r ON r.id = a.report_id"
    )
    assert {name for (name,) in said}.issuperset(importer.assessed)
    assert here.query("SELECT count(*) > 0 FROM inbox_arrival") == [(True,)]
    assert wrong(here, drained=True) == []


def finish(runner: Runner) -> None:
    """Drain, once now and once when the claims of the killed are over."""
    runner.finish(DRAIN)
    runner.finish(CLAIMS_OVER)


def test_two_workers_and_two_drains_on_one_backlog_do_nothing_twice(world: World) -> None:
    here, runner, chance = world.here, world.runner, random.Random(SEED)
    references = reports(here.home / "backlog.csv", "B", 80, chance)
    opinions(here.home / "opinions.csv", references[:30], chance)
    runner.finish(("import", str(here.home / "backlog.csv")))
    runner.finish(("assess", str(here.home / "opinions.csv")))
    here.forget_said()
    workers = [here.start("worker") for _ in range(2)]
    drains = [here.start(*DRAIN) for _ in range(2)]
    assert [process.wait() for process in drains] == [0, 0], here.said()
    awaited(lambda: here.query("SELECT count(*) FROM outbox_delivery") == [(0,)])
    for worker in workers:
        worker.terminate()
    assert [worker.wait() for worker in workers] == [0, 0], here.said()
    finish(runner)
    assert wrong(here, drained=True) == []
    assert "failed" not in here.said()


def test_opinions_given_while_workers_hand_over_are_all_taken(world: World) -> None:
    here, chance = world.here, random.Random(SEED)
    references = reports(here.home / "backlog.csv", "B", 150, chance)
    world.runner.finish(("import", str(here.home / "backlog.csv")))
    here.forget_said()
    workers = [here.start("worker") for _ in range(2)]
    givers = []
    for n in range(2):  # many speak of the same items, in another order
        chance.shuffle(references)
        opinions(here.home / f"opinions-{n}.csv", references[:100], chance, user=f"analyst-{'ab'[n]}")
        givers.append(here.start("assess", str(here.home / f"opinions-{n}.csv")))
    assert [giver.wait() for giver in givers] == [0, 0], here.said()
    for worker in workers:
        worker.terminate()
    assert [worker.wait() for worker in workers] == [0, 0], here.said()
    finish(world.runner)
    assert wrong(here, drained=True) == []
    assert "failed" not in here.said()


def test_imports_of_the_same_places_at_once_make_each_item_once(world: World) -> None:
    here, chance = world.here, random.Random(SEED)
    paths = [here.home / f"same-{n}.csv" for n in range(3)]
    references = [name for n, path in enumerate(paths) for name in reports(path, f"S{n}", 300, chance)]
    started = [here.start("import", str(path)) for path in paths]
    assert [process.wait() for process in started] == [0, 0, 0], here.said()
    assert here.query("SELECT count(*) FROM intake_report") == [(len(references),)]
    effects = "SELECT item, count(*) FROM outbox_event WHERE kind = 'reported' GROUP BY item HAVING count(*) <> 1"
    assert here.query(effects) == []
    assert wrong(here, drained=False) == []
