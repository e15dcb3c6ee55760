"""Two houses apart: two installations, two databases, HTTPS between them. One is cut off, restarted, and restored."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from maillon.demo import overlay
from maillon.kernel.clock import SystemClock
from maillon.ops import embedded
from tests.journeys.house import FAST, House, awaited, installed, pin


@pytest.fixture
def both() -> Iterator[tuple[House, House]]:
    """A hotline and an authority, each in its own database, that have pinned each other and are served."""
    folder = Path(tempfile.mkdtemp(prefix="maillon-two-"))
    try:
        with installed(folder, "hotline") as hotline, installed(folder, "authority") as authority:
            make_databases(hotline, authority)
            hotline.query("UPDATE outbox_installation SET demo = true RETURNING 1")
            (hotline.home / "demo").mkdir()
            overlay.write(hotline.home / "demo" / "overlay.mmdb")
            for here, there in ((hotline, authority), (authority, hotline)):
                here.does("people")
                pin(here, there)
                here.serve()
            for each in (hotline, authority):
                each.wait_served()
            yield hotline, authority
    finally:
        shutil.rmtree(folder)


def make_databases(first: House, second: House) -> None:
    """Two databases, migrated once: the second is a copy of the first, and founds its own house."""
    embedded.ensure_running(first.home, FAST)
    first.run("migrate")
    embedded.stop(first.home)
    copied = (embedded.data_of(each.home) for each in (first, second))
    subprocess.run(("cp", "-a", *copied), check=True)
    for each in (first, second):
        embedded.ensure_running(each.home, FAST)
    second.run("migrate")


THIS_YEAR = SystemClock().now().year
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
IN_EPOCH_2 = "SELECT number FROM partners_received WHERE epoch = 2 ORDER BY number"
STATED = "SELECT partner, figures FROM partners_statement"
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
    hotline.run("backup", str(old))
    authority.run("backup", str(older))

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
    authority.run("restore", "--yes", str(older))
    assert authority.query("SELECT epoch FROM outbox_installation") == [(2,)]
    assert authority.count(REFERRED) == 2
    authority.serve_here()
    awaited(lambda: authority.count(ARRIVED) == 4, *both)
    awaited(lambda: hotline.query(LOST) == [("acknowledgement", 2)], *both)
    [lost] = hotline.says("peer", "lost")
    hotline.run("peer", "lost", "--settle", lost["id"], "--reason", "The police looks at it again.")
    authority.does("acknowledge", "3")
    awaited(lambda: hotline.count(HEARD) == 3, *both)
    assert hotline.count(TAKEN_NOTE) == 2
    whole(hotline, authority)

    # What the magistrate orders and the figures of the year come the same way.
    authority.does("order", "1")
    stated = authority.says("state-figures", str(THIS_YEAR), "--as", "coordinator")
    awaited(lambda: became(hotline) == ["requested", "ordered"], *both)
    awaited(lambda: hotline.query(STATED) == [("authority", stated)], *both)
    whole(hotline, authority)

    # While it runs nothing is put back.
    hotline.leave()
    assert "stop it first" in hotline.refuses("restore", "--yes", str(old))

    # The hotline is restored: it hears again what it was told, and the authority lists what it no longer knows it sent.
    hotline.stop()
    hotline.run("restore", "--yes", str(old))
    assert (became(hotline), hotline.query(STATED)) == ([], [])
    hotline.serve_here()
    awaited(lambda: authority.query(LOST) == [("referral", 3), ("referral", 4)], *both)
    awaited(lambda: hotline.query(IN_EPOCH_2) == [(2,), (3,), (4,), (5,)], *both)
    awaited(lambda: became(hotline) == ["requested", "ordered"], *both)
    awaited(lambda: hotline.query(STATED) == [("authority", stated)], *both)
    hotline.does("refer", "5")
    awaited(lambda: authority.count(REFERRED) == 5, *both)
    assert authority.query("SELECT max(number) FROM partners_received WHERE epoch = 2") == [(3,)]
    assert hotline.count("SELECT count(*) FROM outbox_delivery WHERE state = 'stuck'") == 0
    whole(hotline, authority)


def became(hotline: House) -> list[str]:
    """What the hotline knows of the orders, in the order in which it heard it."""
    return [outcome for (outcome,) in hotline.query("SELECT outcome FROM referral_outcome ORDER BY taken_at")]
