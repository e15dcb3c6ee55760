"""Two houses apart: two installations, two databases, HTTPS between them. One is cut off, restarted, and restored."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from maillon.demo import overlay
from maillon.ops import embedded
from maillon.ops.serve import answers, free_address
from maillon.settings import Address
from tests.crash.installation import Installation, environ
from tests.factories.exchange import a_certificate

ROOT = Path(__file__).parents[2]
PATIENCE = 150.0  # seconds for what must come, on a machine that does much else
LOOK = 0.1  # seconds between two looks
ACT = """
import sys
from maillon.ops.installation import current, load_django, prepare
load_django()
prepare(current())
from tests.journeys.apart import ACTS
ACTS[sys.argv[1]](*sys.argv[2:])
"""
NOWHERE = Address("", 0)


def holds(condition: Callable[[], object]) -> bool:
    """Whether it does by now; not yet while the database is away."""
    try:
        return bool(condition())
    except psycopg.OperationalError:
        return False


def awaited(condition: Callable[[], object], *houses: "House") -> None:
    """Wait until `condition` holds; where it does not, tell what `houses` said."""
    until = time.monotonic() + PATIENCE
    while not holds(condition):
        assert time.monotonic() < until, "\n\n".join(each.state() for each in houses)
        time.sleep(LOOK)


@dataclass
class House(Installation):
    """One installation that runs one house and is served at `listen`."""

    listen: Address = NOWHERE
    site: subprocess.Popen[bytes] | None = None

    def says(self, *words: str) -> Any:
        """The JSON that a command prints."""
        done = subprocess.run(
            (sys.executable, "-m", "maillon.ops.cli", *words, "--json"), env=self.environ, capture_output=True,
            check=True, timeout=PATIENCE,
        )  # fmt: skip
        return json.loads(done.stdout)

    def act(self, *words: str) -> subprocess.Popen[bytes]:
        """Start what somebody does here (see `apart`)."""
        with (self.home / "said").open("ab") as said:
            return subprocess.Popen(
                (sys.executable, "-c", ACT, *words), env=self.environ, cwd=ROOT, stderr=said,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def does(self, *words: str) -> None:
        """Do it, to its end."""
        assert self.act(*words).wait(PATIENCE) == 0, (words, self.said())

    def serve(self) -> None:
        awaited(lambda: not answers(self.listen), self)
        self.site = self.start("serve")

    def wait_served(self) -> None:
        awaited(lambda: answers(self.listen), self)

    def kill(self) -> None:
        """Cut the power: the site, its workers and the database are gone at once."""
        assert self.site is not None
        self.site.kill()
        self.site.wait()
        server = embedded.server_pid(self.home)
        assert server is not None
        os.kill(server, signal.SIGKILL)

    def stop(self) -> None:
        assert self.site is not None
        self.site.terminate()
        self.site.wait(PATIENCE)

    def state(self) -> str:
        """What is known of messages here, and what was said."""
        lines = [f"{self.home.name}:", *map(str, self.query(MESSAGES)), *map(str, self.query(PEERS)), self.said()]
        return "\n".join(lines)

    def count(self, statement: str, *params: object) -> int:
        return int(self.query(statement, params)[0][0])


@contextmanager
def installed(folder: Path, house: str, houses: list[House]) -> Iterator[House]:
    """A new installation of `house` alone, not yet made."""
    home, certificate = folder / house, a_certificate(folder / f"tls-{house}")
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
    here = House(home, given, listen=listen)
    houses.append(here)
    try:
        yield here
    finally:
        with suppress(AssertionError):
            here.stop()
        for process in here.started:
            process.kill()
            process.wait()
        embedded.stop(home)


@pytest.fixture
def both() -> Iterator[tuple[House, House]]:
    """A hotline and an authority, each in its own database, that have pinned each other and are served."""
    folder, made = Path(tempfile.mkdtemp(prefix="maillon-two-")), []  # type: ignore[var-annotated]
    try:
        with installed(folder, "hotline", made) as hotline, installed(folder, "authority", made) as authority:
            make_homes(hotline, authority)
            hotline.query("UPDATE outbox_installation SET demo = true RETURNING 1")
            overlay.write(hotline.home / "demo" / "overlay.mmdb")
            people = [each.act("people") for each in made]
            pins = [pin(hotline, authority), pin(authority, hotline)]
            assert [p.wait(PATIENCE) for p in (*people, *pins)] == [0] * 4, hotline.said() + authority.said()
            for each in made:
                each.serve()
            for each in made:
                each.wait_served()
            yield hotline, authority
    finally:
        shutil.rmtree(folder)


def make_homes(first: House, second: House) -> None:
    """Two databases, migrated once: the second is made as a copy of the first, before either has a key."""
    first.home.mkdir(mode=0o700)
    first.environ["MAILLON_HOUSES"] = "hotline,authority"
    first.run("migrate")
    embedded.stop(first.home)
    first.environ["MAILLON_HOUSES"] = "hotline"
    shutil.rmtree(first.home / "keys")
    subprocess.run(("cp", "-a", str(first.home), str(second.home)), check=True)
    for each in (first, second):
        (each.home / "socket-folder").unlink(missing_ok=True)
        embedded.ensure_running(each.home)
    (first.home / "demo").mkdir()


def pin(here: House, there: House) -> subprocess.Popen[bytes]:
    """Pin the other installation by command, with the key that it prints."""
    key = there.says("peer", "key")["key"]
    house, other = here.home.name, there.home.name
    trusted = there.home.parent / f"tls-{other}" / "authority.pem"
    return here.start(
        "peer", "pin", other, "--address", f"https://{there.listen}", "--key", key, "--authority", str(trusted),
        "--house", house,
    )  # fmt: skip


MESSAGES = "SELECT number, epoch, kind, state, attempts, due_at - now(), error FROM partners_message ORDER BY 1"
PEERS = "SELECT peer, epoch, due_at - now(), failures, error FROM partners_peer"
ARRIVED = "SELECT count(*) FROM inbox_arrival"
HEARD = "SELECT count(*) FROM partners_received"
REFERRED = "SELECT count(*) FROM partners_received WHERE kind = 'referral'"
TAKEN_NOTE = "SELECT count(*) FROM referral_referral WHERE state = 'acknowledged'"
WAITING = "SELECT count(*) FROM partners_message WHERE state <> 'sent'"
LOST = "SELECT kind, number FROM partners_received WHERE lost_at IS NOT NULL ORDER BY number"
DOUBLED = """
SELECT b.body FROM (SELECT convert_from(body, 'UTF8')::jsonb AS body FROM outbox_event e
  JOIN outbox_eventbody USING (house) WHERE e.id = event_id AND kind = 'message_received') b
GROUP BY b.body ->> 'message', b.body HAVING count(*) > 1
"""
OUT_OF_ORDER = """
SELECT later.id FROM partners_received later JOIN partners_received earlier USING (house, sender, recipient, item_id)
WHERE (earlier.epoch, earlier.number) < (later.epoch, later.number) AND earlier.received_at > later.received_at
"""
UNPROVEN = "SELECT count(*) FROM partners_message WHERE state = 'sent' AND coalesce(length(receipt), 0) < 200"


def whole(*houses: House) -> None:
    """Nothing came twice or out of order, and every message that was sent has its receipt."""
    for each in houses:
        assert each.query(DOUBLED) == []
        assert each.query(OUT_OF_ORDER) == []
        assert each.count(UNPROVEN) == 0


def test_what_one_of_two_installations_lost_is_sent_again_or_listed(both: tuple[House, House]) -> None:
    hotline, authority = both
    old, older = hotline.home.parent / "hotline.backup", authority.home.parent / "authority.backup"

    # A referral goes over, is acknowledged, and the acknowledgement comes back.
    hotline.does("refer", "1", "2")
    awaited(lambda: authority.count(ARRIVED) == 2, *both)
    authority.does("acknowledge", "1")
    awaited(lambda: hotline.count(TAKEN_NOTE) == 1, *both)
    assert hotline.query("SELECT DISTINCT channel FROM partners_message") == [("maillon",)]
    for process in (hotline.start("backup", str(old)), authority.start("backup", str(older))):
        assert process.wait(PATIENCE) == 0

    # The authority is cut off; what is referred meanwhile arrives once it is back.
    authority.kill()
    hotline.does("refer", "3", "4")
    assert hotline.count(WAITING) == 2
    authority.serve()
    awaited(lambda: authority.count(ARRIVED) == 4, *both)
    assert hotline.count(HEARD) == 1
    authority.does("acknowledge", "3")
    awaited(lambda: hotline.count(TAKEN_NOTE) == 2, *both)
    whole(hotline, authority)

    # The authority is restored: it gets again what it lost, and what it said meanwhile is listed at the hotline.
    authority.stop()
    embedded.ensure_running(authority.home)
    authority.run("restore", "--yes", str(older))
    assert authority.query("SELECT epoch FROM outbox_installation") == [(2,)]
    assert authority.count(REFERRED) == 2
    authority.serve()
    awaited(lambda: authority.count(ARRIVED) == 4, *both)
    awaited(lambda: hotline.query(LOST) == [("acknowledgement", 2)], *both)
    [lost] = hotline.says("peer", "lost")
    hotline.run("peer", "lost", "--settle", lost["id"], "--reason", "The police looks at it again.")
    authority.does("acknowledge", "3")
    awaited(lambda: hotline.count(HEARD) == 3, *both)
    assert hotline.count(TAKEN_NOTE) == 2
    whole(hotline, authority)

    # While it runs nothing is put back.
    assert hotline.start("restore", "--yes", str(old)).wait(PATIENCE) == 1
    assert "stop it first" in hotline.said()

    # The hotline is restored: it hears again what it was told, and the authority lists what it no longer knows it sent.
    hotline.stop()
    hotline.run("restore", "--yes", str(old))
    hotline.serve()
    awaited(lambda: authority.query(LOST) == [("referral", 3), ("referral", 4)], *both)
    awaited(lambda: hotline.count("SELECT count(*) FROM partners_received WHERE epoch = 2") == 1, *both)
    hotline.does("refer", "5")
    awaited(lambda: authority.count(REFERRED) == 5, *both)
    assert authority.query("SELECT max(number) FROM partners_received WHERE epoch = 2") == [(3,)]
    assert hotline.count("SELECT count(*) FROM outbox_delivery WHERE state = 'stuck'") == 0
    whole(hotline, authority)
