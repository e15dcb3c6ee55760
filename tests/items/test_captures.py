"""Captures are written down many at once and forgotten with what they hold, except for what the rule keeps."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillon.items.captures import NewCapture, NewMedium, capture, captures_of, forget, keep_captures, media_of, medium
from maillon.items.services import lock_items
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.chain import reported
from tests.factories.people import a_police_officer, an_analyst
from tests.factories.world import World

FETCHER = system_actor("hotline", "fetcher")
HOP = {"url": "http://be.test/\0", "referrer": "", "address": "192.0.2.1", "status": 200, "location": "", "tls": ""}


def a_new(world: World, item: UUID, *, kept: bool = True, later: int = 0) -> NewCapture:
    at = world.now + timedelta(seconds=later)
    one = NewMedium(
        id=uuid7(at), kind="image", url="http://be.test/1.png", outcome="ok", hops=[HOP], md5=b"\1" * 16,
        sha256=b"\2" * 32, pdq=bytes(32), pdq_quality=80, vpdq=[[0.0, 90, "00"]], object_id=uuid7(at) if kept else None,
    )  # fmt: skip
    lacking = NewMedium(id=uuid7(at), kind="image", url="http://be.test/2.png", outcome="failed", reason="cut_off")
    return NewCapture(
        id=uuid7(at), item_id=item, purpose="assess", asked_by="analyst-1", began_at=at, ended_at=at,
        outcome="ok" if kept else "failed", hops=[HOP], sha256=b"\3" * 32, text_length=7, named=2,
        object_id=uuid7(at) if kept else None, media=(one, lacking) if kept else (),
    )  # fmt: skip


def keep(*captures: NewCapture) -> None:
    with acting(FETCHER):
        lock_items(item_ids=[one.item_id for one in captures])
        keep_captures(captures=captures, by=FETCHER)


def read_back(id: UUID) -> tuple[Row, list[Row]]:
    with acting(FETCHER):
        found = capture(id=id)
        assert found is not None
        return found, media_of(capture_ids=[id])[id]


def test_what_is_written_is_read_back_in_order_without_what_no_text_may_hold(world: World) -> None:
    made = a_new(world, reported(world))
    keep(made)
    found, media = read_back(made.id)
    assert (found["outcome"], found["named"], bytes(found["sha256"])) == ("ok", 2, b"\3" * 32)
    assert found["hops"][0]["url"] == "http://be.test/\N{REPLACEMENT CHARACTER}"
    assert [one["url"][-5:] for one in media] == ["1.png", "2.png"]
    assert (bytes(media[0]["pdq"]), media[0]["vpdq"], media[1]["sha256"]) == (bytes(32), [[0.0, 90, "00"]], None)
    with acting(FETCHER):
        assert medium(id=media[1]["id"]) == media[1]


@pytest.mark.parametrize("many", [1, 20])
def test_any_number_is_two_statements(world: World, many: int) -> None:
    item = reported(world)
    made = [a_new(world, item, later=n) for n in range(many)]
    with acting(FETCHER), CaptureQueriesContext(connection) as asked:
        keep_captures(captures=made, by=FETCHER)
    assert len(asked) == 2
    with acting(FETCHER):
        assert [row["id"] for row in captures_of(item_ids=[item])] == [one.id for one in reversed(made)]


def test_another_house_has_none_of_it(world: World) -> None:
    item = reported(world)
    keep(a_new(world, item))
    with acting(an_analyst()):
        assert len(captures_of(item_ids=[item])) == 1
    with acting(a_police_officer()):
        assert captures_of(item_ids=[item]) == []


@pytest.mark.parametrize("keeps", [True, False])
def test_what_is_purged_is_forgotten_with_or_without_its_hashes(world: World, keeps: bool) -> None:
    item, other = reported(world), reported(world, "http://be.test/other")
    failed, made = a_new(world, item, kept=False), a_new(world, item, later=5)
    newer, apart = a_new(world, item, later=9), a_new(world, other)
    keep(failed, made, newer, apart)
    objects = [made.object_id, made.media[0].object_id]
    with acting(FETCHER):
        gone = [id for id in objects if id]
        assert forget(object_ids=gone, without_hashes=() if keeps else gone, at=world.now) == 4
    for one in (failed, made):
        found, media = read_back(one.id)
        assert (found["hops"], found["text_length"], found["object_id"]) == ([], 0, None)
        assert found["purged_at"] == world.now
        assert all((m["url"], m["hops"], m["object_id"]) == ("", [], None) for m in media)
    found, media = read_back(made.id)
    assert (found["outcome"], media[1]["reason"], media[0]["size"]) == ("ok", "cut_off", 0)
    assert [one is not None for one in (found["sha256"], media[0]["md5"], media[0]["pdq"])] == [keeps] * 3
    assert media[0]["vpdq"] == ([[0.0, 90, "00"]] if keeps else [])
    for one in (newer, apart):
        found, media = read_back(one.id)
        assert (found["purged_at"], media[0]["url"]) == (None, "http://be.test/1.png")
