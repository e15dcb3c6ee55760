"""One of two installations: its home, its database, what runs there, and what is asked of the one that runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from maillon.ops import embedded
from maillon.ops.serve import answers, free_address
from maillon.settings import DATABASE, OWNER_ROLE, Address, socket_url
from tests.crash.installation import environ
from tests.factories.exchange import a_certificate

ROOT = Path(__file__).parents[2]
PATIENCE = 150.0  # seconds for what must come, on a machine that does much else
LOOK = 0.02  # seconds between two looks
FAST = ("fsync=off",)
"""A process that is killed loses nothing that it wrote without; only a machine that falls would."""
WORKING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename IS NOT NULL"
MESSAGES = "SELECT number, epoch, kind, state, attempts, due_at - now(), error FROM partners_message ORDER BY 1"
PEERS = "SELECT peer, epoch, due_at - now(), failures, error FROM partners_peer"


@dataclass
class House:
    """An installation that runs the house it is named for, served at `listen`; a runner runs what is done there."""

    home: Path
    listen: Address
    runner: subprocess.Popen[str]
    running: list[int] = field(default_factory=list)
    _connection: psycopg.Connection[Any] | None = None

    def query(self, statement: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows as the owner sees them, by a connection that is kept."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(socket_url(self.home, OWNER_ROLE), autocommit=True)
            return self._connection.execute(statement, params).fetchall()
        except psycopg.OperationalError:
            self.leave()
            raise

    def count(self, statement: str) -> int:
        return int(self.query(statement)[0][0])

    def leave(self) -> None:
        """Close that connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, **request: object) -> dict[str, Any]:
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        print(json.dumps(request), file=self.runner.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.runner.stdout.readline())
        return answer

    def says(self, *words: str) -> Any:
        """The JSON that a command prints."""
        return json.loads(self.run(*words, "--json"))

    def run(self, *words: str) -> str:
        """Run a maillon command, which must succeed; what it prints."""
        done = self._ask(words=words)
        assert done["code"] == 0, (words, done["said"], self.said())
        return str(done["said"])

    def does(self, *words: str) -> None:
        """Somebody does something here (see `apart`)."""
        self.run("act", *words)

    def refuses(self, *words: str) -> str:
        """Run a maillon command that must not succeed; what it says."""
        before = len(self.said())
        assert self._ask(words=words)["code"] == 1, words
        return self.said()[before:]

    def serve(self) -> None:
        """`maillon serve`."""
        self._start("serve")

    def serve_here(self) -> None:
        """The site and a worker without the processes that `maillon serve` makes of them."""
        self._start("act", "site")
        self._start("worker")

    def _start(self, *words: str) -> None:
        self.running.append(self._ask(words=words, stays=True)["pid"])

    def wait_served(self) -> None:
        awaited(lambda: answers(self.listen), self)

    def kill(self) -> None:
        """Cut the power: the site, its workers and the database are gone at once."""
        self._end(signal.SIGKILL)
        server = embedded.server_pid(self.home)
        assert server is not None
        os.kill(server, signal.SIGKILL)
        awaited(lambda: embedded.server_pid(self.home) is None, self)

    def stop(self) -> None:
        """Stop what serves; the database answers on."""
        self._end(signal.SIGTERM)
        self.leave()
        embedded.ensure_running(self.home, FAST)
        awaited(self._is_left, self)

    def _end(self, how: signal.Signals) -> None:
        for pid in self.running:
            os.kill(pid, how)
        while self.running:
            self._ask(pid=self.running.pop())
        awaited(lambda: not answers(self.listen), self)

    def _is_left(self) -> bool:
        with psycopg.connect(socket_url(self.home, OWNER_ROLE, "postgres")) as connection:
            return connection.execute(WORKING, [DATABASE]).fetchone() == (0,)

    def said(self) -> str:
        """What was complained of."""
        return (self.home / "said").read_text(errors="replace")

    def state(self) -> str:
        """What is known of messages here, and what was said last."""
        lines = [f"{self.home.name}:", *map(str, self.query(MESSAGES)), *map(str, self.query(PEERS))]
        return "\n".join([*lines, self.said()[-5000:]])


def awaited(condition: Callable[[], object], *houses: House) -> None:
    """Wait until `condition` holds; where it does not, tell what `houses` said."""
    until = time.monotonic() + PATIENCE
    while not holds(condition):
        assert time.monotonic() < until, "\n\n".join(each.state() for each in houses)
        time.sleep(LOOK)


def holds(condition: Callable[[], object]) -> bool:
    """Whether it does by now; not yet while the database is away."""
    try:
        return bool(condition())
    except psycopg.OperationalError:
        return False


@contextmanager
def installed(folder: Path, house: str) -> Iterator[House]:
    """A new installation of `house` alone, without a database."""
    home, certificate = folder / house, a_certificate(folder / f"tls-{house}")
    home.mkdir(mode=0o700)
    listen = free_address("127.0.0.1")
    given = {
        **environ(home, "127.0.0.1:9"),
        "MAILLON_HOUSES": house,
        "MAILLON_LISTEN": str(listen),
        "MAILLON_WORKERS": "1",
        "MAILLON_TLS_CERTIFICATE": str(certificate.chain),
        "MAILLON_TLS_KEY": str(certificate.key),
    }
    given["PYTHONPATH"] = os.pathsep.join((given["PYTHONPATH"], str(ROOT)))
    with (home / "said").open("ab") as said:
        runner = subprocess.Popen(
            (sys.executable, "-m", "tests.journeys.house_runner"), env=given, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=said, text=True,
        )  # fmt: skip
    here = House(home, listen, runner)
    try:
        yield here
    finally:
        here.leave()
        runner.communicate()
        embedded.stop(home)


def pin(here: House, there: House) -> None:
    """Pin the other installation by command, with the key that it prints."""
    key = there.says("peer", "key")["key"]
    house, other = here.home.name, there.home.name
    trusted = there.home.parent / f"tls-{other}" / "authority.pem"
    here.run(
        "peer", "pin", other, "--address", f"https://{there.listen}", "--key", key, "--authority", str(trusted),
        "--house", house,
    )  # fmt: skip
