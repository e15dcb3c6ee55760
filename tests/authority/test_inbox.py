"""The authority's inbox: what a hotline sends waits there once, as a copy, until somebody takes note of it."""

from uuid import UUID

import pytest

from maillon.authority.inbox.policy import urgency
from maillon.authority.inbox.services import acknowledge
from maillon.kernel.errors import ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.partners.receive import receive
from tests.factories.chain import (
    a_case,
    a_referral,
    assessed,
    events,
    read,
    says,
    taken_note_of,
    waiting_arrivals,
)
from tests.factories.people import a_police_officer, an_operator
from tests.factories.world import World
from tests.partners.test_channel_contract import an_envelope


def test_an_arrival_is_a_copy_with_an_item_of_its_own(world: World) -> None:
    item = a_referral(world, in_state="sent")
    [copy] = read("SELECT id, origin, origin_ref, canonical, state FROM items_item", house="authority")
    assert copy["id"] != item
    assert (copy["origin"], copy["origin_ref"]) == ("hotline", str(item))
    assert (copy["canonical"], copy["state"]) == ("http://be.test/a", "open")
    [arrival] = waiting_arrivals()
    assert (arrival["item"], arrival["severity"], arrival["purpose"]) == (copy["id"], 3, "action")
    assert arrival["due_at"] > world.now


def test_a_message_received_twice_is_one_arrival(world: World) -> None:
    envelope = an_envelope(world)
    assert receive(envelope=envelope, house="authority", at=world.now)
    assert not receive(envelope=envelope, house="authority", at=world.now)
    world.hand_over("authority")
    assert (
        len(waiting_arrivals())
        == len(events("message_received", "authority"))
        == len(events("arrived", "authority"))
        == 1
    )


def test_two_referrals_of_one_item_are_one_item_at_the_authority(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A", flags=["imminent_danger"]))
    world.drain()
    assert len(waiting_arrivals()) == 2
    assert len(read("SELECT id FROM items_item", house="authority")) == 1


def test_imminent_danger_and_the_gravest_stand_on_top(world: World) -> None:
    for severity, flags in ((2, []), (5, []), (2, ["imminent_danger"]), (3, ["belgian_victim"])):
        item = a_case(world, in_state="waiting", text=f"http://kp.test/{severity}{len(flags)}")
        assessed(world, item, says("A", severity=severity, flags=flags))
        world.drain()
    found = [(row["severity"], row["flags"]) for row in waiting_arrivals()]
    assert found == [(2, ["imminent_danger"]), (5, []), (3, ["belgian_victim"]), (2, [])]
    assert found == sorted(found, key=lambda row: urgency(severity=row[0], flags=frozenset(row[1])))


def test_taking_note_twice_is_one_answer_and_the_first_persons(world: World) -> None:
    a_referral(world, in_state="sent")
    [arrival] = waiting_arrivals()
    for number in (1, 2):
        acknowledge(id=arrival["id"], by=a_police_officer(number), at=world.now)
    world.drain()
    [row] = read("SELECT acknowledged_by FROM inbox_arrival", house="authority")
    assert row["acknowledged_by"] == "officer-1"
    assert len(events("arrival_acknowledged", "authority")) == len(events("referral_acknowledged")) == 1


def test_what_was_called_back_cannot_be_taken_note_of(world: World) -> None:
    a_referral(world, in_state="recalled")
    [recalled] = read("SELECT id FROM inbox_arrival WHERE state = 'recalled'", house="authority")
    with pytest.raises(ForbiddenStep, match=r"^An arrival that is recalled cannot acknowledge"):
        acknowledge(id=recalled["id"], by=a_police_officer(), at=world.now)
    assert len(events("arrival_recalled", "authority")) == 1


def test_only_an_officer_of_the_house_takes_note(world: World) -> None:
    a_referral(world, in_state="sent")
    [arrival] = waiting_arrivals()
    with pytest.raises(NotAllowed):
        acknowledge(id=arrival["id"], by=an_operator("authority"), at=world.now)
    with pytest.raises(NotFound, match="There is no arrival"):
        acknowledge(id=uuid7(world.now), by=a_police_officer(), at=world.now)
    assert len(waiting_arrivals()) == 1


def test_the_hotline_sees_nothing_of_the_inbox_and_the_authority_nothing_of_the_reports(world: World) -> None:
    a_referral(world, in_state="acknowledged")
    assert read("SELECT * FROM inbox_arrival") == []
    for table in ("intake_report", "analysis_case", "analysis_assessment", "referral_referral"):
        assert read(f"SELECT * FROM {table}", house="authority") == []


def test_what_the_police_receive_names_the_reports_and_nothing_of_who_made_them(world: World) -> None:
    a_referral(world, in_state="sent")
    [row] = read("SELECT body FROM inbox_arrival", house="authority")
    assert set(row["body"]["reports"][0]) == {"reference", "received_at"}
    UUID(row["body"]["referral"])
    taken_note_of(world)
    assert waiting_arrivals() == []
