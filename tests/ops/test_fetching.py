"""A worker fetches with processes of its own: started by the first fetch that is due, ended with it."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from warcio.archiveiterator import ArchiveIterator

from maillon.demo import dns, hosts
from maillon.evidence.opening import open_vault
from maillon.evidence.services import open_object
from maillon.items.captures import captures_of, media_of
from maillon.kernel.clock import SystemClock
from maillon.looking.showing import text
from maillon.observation.fetches import request_fetch
from maillon.observation.fetching.egress import Egress
from maillon.ops.fetching import Fetching
from maillon.outbox.acting import acting
from maillon.settings import Address
from tests.factories.captures import a_vault
from tests.factories.chain import reported
from tests.factories.people import an_analyst
from tests.factories.world import World


@pytest.fixture
def fetching(world: World, tmp_path: Path) -> Iterator[Fetching]:
    with hosts.serve(tmp_path, at=SystemClock().now()) as internet, dns.serve() as resolver:
        found = Fetching(settings.MAILLON, egress=lambda: Egress(synthetic=internet), resolver=Address(*resolver))
        yield found
        found.close()


def test_nothing_is_started_until_something_is_due(world: World, fetching: Fetching) -> None:
    assert fetching.step("hotline", world.clock) == 0
    assert fetching._fetchers is None
    assert fetching._decoders is None


def test_what_is_due_goes_from_its_server_into_the_vault_and_is_opened_again(world: World, fetching: Fetching) -> None:
    a_vault(world.now)
    item, who = reported(world, "http://moved-house.test/a"), an_analyst()
    request_fetch(item_id=item, purpose="assess", by=who, at=world.now)
    assert fetching.step("hotline", world.clock) == 1
    with acting(who):
        [capture] = captures_of(item_ids=[item])
        media = media_of(capture_ids=[capture["id"]])[capture["id"]]
    assert (capture["outcome"], capture["reason"]) == ("ok", "")
    assert [hop["status"] for hop in capture["hops"]] == [301, 302, 307, 200]
    assert {hop["tls"] for hop in capture["hops"]} == {"", "ok"}
    assert {one["outcome"] for one in media} == {"ok"}
    assert {len(bytes(one["pdq"])) for one in media} == {32}
    archived = open_object(
        object_id=media[0]["object_id"], vault=open_vault(settings.MAILLON), by=who, at=world.now
    )  # fmt: skip
    assert archived.startswith(b"WARC/1.1")
    page = open_object(object_id=capture["object_id"], vault=open_vault(settings.MAILLON), by=who, at=world.now)
    assert [record.rec_type for record in ArchiveIterator(BytesIO(page))][-1] == "conversion"
    assert len(text(page)) == capture["text_length"] > 0


def test_a_server_that_asks_where_one_comes_from_is_told_so(world: World, fetching: Fetching) -> None:
    a_vault(world.now)
    who, found = an_analyst(), []
    for path, referrer in (("a", ""), ("b", "http://user@open-forum.test/thread/7#last")):
        item = reported(world, f"http://side-door.test/{path}")
        request_fetch(item_id=item, purpose="assess", referrer=referrer, by=who, at=world.now)
        assert fetching.step("hotline", world.clock) == 1
        with acting(who):
            [capture] = captures_of(item_ids=[item])
        found.append((capture["hops"][0]["referrer"], capture["named"] > 0))
    assert found == [("", False), ("http://open-forum.test/thread/7", True)]
