"""An item's own state: settled, in doubt again, offline; and the trace of every list that is taken out."""

import pytest

from maillon.items.services import lock_item, note_listing, note_offline, settle_item, unsettle_item
from maillon.items.states import Item
from maillon.items.timeline import item as item_of
from maillon.items.timeline import latest_events, timeline
from maillon.kernel.errors import ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import acting, system_actor
from tests.factories.chain import an_item, events, read
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.world import World

CLOCK = system_actor("hotline", "clock")


def state_and_verdict() -> tuple[str, str]:
    [row] = read("SELECT state, verdict FROM items_item")
    return row["state"], row["verdict"]


@pytest.mark.parametrize("state", Item)
@pytest.mark.parametrize("verdict", ["illegal", "not_illegal"])
def test_what_is_settled_becomes_the_state_unless_the_item_is_offline(world: World, state: Item, verdict: str) -> None:
    item = an_item(world, in_state=state)
    with acting(CLOCK):
        settle_item(item=lock_item(item_id=item), verdict=verdict, at=world.now)
    assert state_and_verdict() == (Item.OFFLINE if state == Item.OFFLINE else verdict, verdict)


@pytest.mark.parametrize("state", Item)
def test_what_is_in_doubt_again_is_open_and_keeps_its_last_verdict(world: World, state: Item) -> None:
    item = an_item(world, in_state=state)
    _, verdict = state_and_verdict()
    with acting(CLOCK):
        unsettle_item(item=lock_item(item_id=item))
    assert state_and_verdict() == (Item.OFFLINE if state == Item.OFFLINE else Item.OPEN, verdict)


def test_an_item_that_somebody_saw_offline_says_so_once(world: World) -> None:
    item = an_item(world, in_state="offline")
    assert [row["body"]["statement"] for row in events("went_offline")] == ["nothing answers"]
    with pytest.raises(ForbiddenStep):
        note_offline(item_id=item, statement="again", by=an_analyst(), at=world.now)


def test_only_who_looks_may_note_that_it_is_offline(world: World) -> None:
    item = an_item(world, in_state="open")
    for by in (an_operator(), a_manager()):
        with pytest.raises(NotAllowed):
            note_offline(item_id=item, statement="nothing answers", by=by, at=world.now)
    assert state_and_verdict()[0] == Item.OPEN


def test_an_item_that_does_not_exist_is_named(world: World) -> None:
    unknown = uuid7(world.now)
    with pytest.raises(NotFound, match=str(unknown)):
        note_offline(item_id=unknown, statement="x", by=an_analyst(), at=world.now)


def test_an_item_of_another_house_does_not_exist(world: World) -> None:
    item = an_item(world, in_state="illegal")
    for house in ("authority", "care"):
        with acting(system_actor(house, "clock")), pytest.raises(NotFound):
            lock_item(item_id=item)
        with acting(system_actor(house, "clock")):
            assert item_of(id=item) is None
            assert timeline(item_id=item) == []


def test_a_list_taken_out_leaves_who_why_and_how_much(world: World) -> None:
    note_listing(what="items", reason="a question of the board", count=7, recipient="", by=a_manager(), at=world.now)
    [event] = events("listed")
    assert event["actor"] == "manager-1"
    assert event["body"] == {"what": "items", "reason": "a question of the board", "count": 7, "recipient": ""}


def test_the_timeline_tells_newest_first_what_happened_to_one_item(world: World) -> None:
    other = an_item(world, in_state="illegal", text="http://nl.test/other")
    item = an_item(world, in_state="illegal")
    with acting(CLOCK):
        told = timeline(item_id=item)
        kind = told[0]["kind"]
        rest = timeline(item_id=item, without=kind, limit=1)
        assert [event["id"] for event in rest] == [event["id"] for event in told if event["kind"] != kind][:1]
        older = timeline(item_id=item, before=told[1]["id"])
        latest = latest_events(limit=3)
    assert [row["kind"] for row in told] == [
        "referral_drafted", "settled", "assessed", *[row["kind"] for row in told[3:5]], "reported",
    ]  # fmt: skip
    assert {row["kind"] for row in told[3:5]} == {"located", "case_opened"}
    assert older == told[2:]
    assert [row["id"] for row in latest] == sorted((row["id"] for row in latest), reverse=True)
    assert latest[0]["id"] == told[0]["id"]
    assert {row["item"] for row in told} == {item} != {other}
