"""After a restore: what one side lost the other sends again, in order; what it no longer knows it sent is listed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections

from maillon.hotline.referral.services import queue_due
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import Params, run
from maillon.partners.channels import Partner, Peer
from maillon.partners.envelope import Envelope
from maillon.partners.exchange import numbers
from maillon.partners.exchange.greeting import EVERY, FIRST_PAUSE, FRESH, greet, greet_due, take_greeting
from maillon.partners.exchange.keys import own_key, public_text
from maillon.partners.exchange.peers import count_lost, lost_messages, settle_lost
from maillon.partners.exchange.signed import sign
from maillon.partners.receive import receive
from maillon.partners.services import send_due
from tests.factories.chain import a_case, assessed, events, read, says
from tests.factories.exchange import elsewhere, pin, the_channel, the_desk
from tests.factories.people import an_analyst, an_operator
from tests.factories.world import World

CLOCK = system_actor("hotline", "clock")


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Iterator[Partner]:
    with elsewhere(tmp_path / "tls", world.clock) as found:
        yield found


def keys() -> Path:
    found: Path = settings.MAILLON.keys
    return found


def the_peer(world: World) -> Peer:
    found = the_desk(world.now).peer
    assert found is not None
    return found


def queued(world: World, *texts: str) -> None:
    """Referrals of these places on their way over the channel `maillon`, the grace skipped."""
    for text in texts:
        assessed(world, a_case(world, in_state="waiting", text=text), says("A"))
    world.hand_over()
    queue_due(by=CLOCK, at=world.now, skip_grace=True)
    with acting(CLOCK):
        run("UPDATE partners_message SET channel = 'maillon'")


def sent(world: World, *texts: str) -> None:
    queued(world, *texts)
    go(world)


def go(world: World) -> None:
    """Send until nothing is due at the moment."""
    while send_due(house="hotline", channels={"maillon": the_channel(world.folder)}, clock=world.clock):
        pass


def forgotten(statement: str, params: Params = ()) -> None:
    """The tables are what they were before; both houses of this database are in a new epoch."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, params)
        cursor.execute("UPDATE outbox_installation SET epoch = epoch + 1")


def arrived() -> list[int]:
    """The numbers of what the authority stored, in the order in which it did."""
    found = read("SELECT (convert_from(body, 'UTF8')::jsonb ->> 'number')::int AS n FROM outbox_event e "
                 "JOIN outbox_eventbody b ON b.event_id = e.id WHERE e.kind = 'message_received' ORDER BY e.id",
                 house="authority")  # fmt: skip
    return [row["n"] for row in found]


def stored() -> list[int]:
    return [row["number"] for row in read("SELECT number FROM partners_received ORDER BY 1", house="authority")]


def test_runs_of_numbers_say_what_is_known(desk: Partner, world: World) -> None:
    sent(world, *(f"http://be.test/{n}" for n in range(5)))
    forgotten("DELETE FROM partners_received WHERE house = 'authority' AND number IN (2, 3)")
    with acting(CLOCK):
        assert numbers.sent_to("authority") == {desk.id: {"1": [[1, 5]]}}
    with acting(system_actor("authority", "clock")):
        assert numbers.received_from("hotline") == {desk.id: {"1": [[1, 1], [4, 5]]}}


def test_what_the_peer_lost_is_sent_again_under_its_numbers_before_anything_new(desk: Partner, world: World) -> None:
    sent(world, *(f"http://be.test/{n}" for n in range(4)))
    forgotten("DELETE FROM partners_received WHERE house = 'authority' AND number > 2")
    queued(world, "http://be.test/new")
    go(world)
    assert stored() == [1, 2, 3, 4]
    world.wait(seconds=5)
    go(world)
    assert stored() == [1, 2, 3, 4, 5]
    assert arrived() == [1, 2, 3, 4, 3, 4, 5]
    [noted] = events("peer_restored")
    assert noted["body"] == {"peer": "authority", "epoch": 2, "before": 1, "again": 2, "lost": 0}


def test_of_one_item_what_is_sent_again_keeps_its_order(desk: Partner, world: World) -> None:
    item = a_case(world, in_state="waiting", text="http://be.test/1")
    for severity in (3, 5):
        assessed(world, item, says("A", severity=severity))
        world.hand_over()
        queue_due(by=CLOCK, at=world.now, skip_grace=True)
        with acting(CLOCK):
            run("UPDATE partners_message SET channel = 'maillon'")
        go(world)
    assert stored() == [1, 2, 3]
    forgotten("DELETE FROM partners_received WHERE house = 'authority' AND number > 1")
    greet(house="hotline", peer=the_peer(world), keys=keys(), clock=world.clock)
    go(world)
    assert arrived() == [1, 2, 3, 2, 3]


def test_what_the_sender_no_longer_knows_is_listed_for_a_person_and_settled_with_a_reason(
    desk: Partner, world: World
) -> None:
    sent(world, "http://be.test/1", "http://be.test/2", "http://be.test/3")
    forgotten("DELETE FROM partners_message WHERE number > 1")
    greet(house="hotline", peer=the_peer(world), keys=keys(), clock=world.clock)
    operator = an_operator("authority")
    with acting(operator):
        found = lost_messages()
        assert [(row["sender"], row["kind"], row["number"]) for row in found] == [
            ("hotline", "referral", n) for n in (2, 3)
        ]
        assert count_lost() == 2
    id = UUID(str(found[0]["id"]))
    with pytest.raises(NotAllowed):
        settle_lost(id=id, why="known", by=an_analyst(), at=world.now)
    with pytest.raises(BadInput):
        settle_lost(id=id, why=" ", by=operator, at=world.now)
    with pytest.raises(NotFound):
        settle_lost(id=uuid7(world.now), why="known", by=operator, at=world.now)
    for _ in range(2):
        settle_lost(id=id, why="It was referred anew.", by=operator, at=world.now)
    with acting(operator):
        assert count_lost() == 1
        assert [row["settled_why"] for row in lost_messages(settled=True)] == ["", "It was referred anew."]
    assert [row["body"]["why"] for row in events("lost_settled", "authority")] == ["It was referred anew."]


def test_what_is_found_again_in_a_newer_backup_is_no_longer_lost(desk: Partner, world: World) -> None:
    sent(world, "http://be.test/1")
    forgotten("UPDATE partners_message SET epoch = 99")
    greet(house="hotline", peer=the_peer(world), keys=keys(), clock=world.clock)
    with acting(system_actor("authority", "reader")):
        assert count_lost() == 1
    forgotten("UPDATE partners_message SET epoch = 1")
    greet(house="hotline", peer=the_peer(world), keys=keys(), clock=world.clock)
    with acting(system_actor("authority", "reader")):
        assert count_lost() == 0


def test_a_message_of_the_present_epoch_is_never_taken_for_lost(desk: Partner, world: World) -> None:
    """It may be newer than the greeting that does not name it."""
    sent(world, "http://be.test/1")
    with acting(system_actor("authority", "greeter")):
        assert numbers.note_lost(peer="hotline", sent={}, epoch=1, at=world.now) == 0
        assert numbers.note_lost(peer="hotline", sent={}, epoch=2, at=world.now) == 1


def test_greeting_again_changes_nothing(desk: Partner, world: World) -> None:
    sent(world, "http://be.test/1", "http://be.test/2")
    for _ in range(2):
        greet(house="hotline", peer=the_peer(world), keys=keys(), clock=world.clock)
        go(world)
    assert arrived() == [1, 2]
    assert events("peer_restored") == []


def test_a_peer_is_greeted_when_due_and_later_again_after_growing_pauses(desk: Partner, world: World) -> None:
    assert greet_due(house="hotline", keys=keys(), clock=world.clock) == 0
    world.clock.at += EVERY
    assert greet_due(house="hotline", keys=keys(), clock=world.clock) == 1
    assert greet_due(house="hotline", keys=keys(), clock=world.clock) == 0
    key = public_text(own_key(keys()))
    pin(house="hotline", peer="authority", address="https://127.0.0.1:9", authority="", key=key, at=world.now)
    for failures in range(1, 4):
        assert greet_due(house="hotline", keys=keys(), clock=world.clock) == 1
        [row] = read("SELECT failures, error, due_at FROM partners_peer")
        assert (row["failures"], row["due_at"]) == (failures, world.now + FIRST_PAUSE * 2 ** (failures - 1))
        assert "does not answer" in row["error"]
        world.clock.at = row["due_at"]


def greeting(world: World, **change: object) -> bytes:
    """A greeting of the hotline that knows no message, changed."""
    said = {"from": "hotline", "to": "authority", "epoch": 1, "at": stamp(world.now), "sent": {}, "received": {}}
    return sign({**said, **change}, "greeting", own_key(keys()))


def test_an_old_greeting_or_one_of_an_earlier_epoch_is_refused(desk: Partner, world: World) -> None:
    text = greeting(world)
    for at in (world.now - FRESH - timedelta(seconds=1), world.now + FRESH + timedelta(seconds=1)):
        with pytest.raises(BadInput, match="set both clocks right"):
            take_greeting(text=text, house="authority", sender="hotline", keys=keys(), at=at)
    with pytest.raises(BadInput, match="another house"):
        take_greeting(text=greeting(world, to="care"), house="authority", sender="hotline", keys=keys(), at=world.now)
    forgotten("UPDATE partners_peer SET epoch = 5 WHERE house = 'authority'")
    with pytest.raises(BadInput, match="restore it with --epoch 6"):
        take_greeting(text=greeting(world, epoch=4), house="authority", sender="hotline", keys=keys(), at=world.now)


def test_what_waited_for_a_peer_is_due_once_it_is_heard(desk: Partner, world: World) -> None:
    queued(world, "http://be.test/1")
    with acting(CLOCK):
        run("UPDATE partners_message SET due_at = %s", [world.now + timedelta(hours=6)])
    greet(house="hotline", peer=the_peer(world), keys=keys(), clock=world.clock)
    go(world)
    assert stored() == [1]


def test_a_receipt_of_another_key_is_not_accepted(desk: Partner, world: World, tmp_path: Path) -> None:
    other = public_text(own_key(tmp_path / "other" / "keys"))
    with acting(CLOCK):
        run("UPDATE partners_peer SET key = %s", [other])
    queued(world, "http://be.test/1")
    go(world)
    [row] = read("SELECT state, error FROM partners_message")
    assert row["state"] == "queued"
    assert "not signed by the key" in row["error"]
    with pytest.raises(NotAllowed):
        greet(house="hotline", peer=replace(the_peer(world), key=other), keys=keys(), clock=world.clock)


def test_what_speaks_of_an_item_that_the_restored_house_lost_is_stored_all_the_same(world: World) -> None:
    item = {"owner": "hotline", "ref": str(uuid7(world.now)), "kind": "url", "given": "http://be.test/lost",
            "canonical": "http://be.test/lost"}  # fmt: skip
    body = {"message": str(uuid7(world.now)), "referral": str(uuid7(world.now)), "item": item,
            "acknowledged_by": "authority", "acknowledged_at": stamp(world.now)}  # fmt: skip
    envelope = Envelope(
        id=uuid7(world.now), sender="authority", recipient="child-focus", epoch=1, number=1, kind="acknowledgement",
        version=1, issued_at=stamp(world.now), body=body,
    )  # fmt: skip
    assert receive(envelope=envelope, house="hotline", at=world.now)
    assert not receive(envelope=envelope, house="hotline", at=world.now)
    world.hand_over()
    [made] = read("SELECT canonical, origin, origin_ref FROM items_item")
    assert (made["canonical"], made["origin"], str(made["origin_ref"])) == (item["canonical"], "authority", item["ref"])
