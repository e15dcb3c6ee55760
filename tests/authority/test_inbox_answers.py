"""Answers: the sender learns what became of what it sent; what nobody answers in time is told of, step by step."""

from datetime import timedelta

import pytest

from maillon.authority.inbox.services import acknowledge, acknowledge_matter, escalate_late_arrivals, refuse_arrival
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed
from maillon.outbox.acting import system_actor
from maillon.rules.terms import escalation
from tests.factories.chain import a_referral, events, read, waiting_arrivals
from tests.factories.inbox import arrived, matter_with, row_of
from tests.factories.people import a_police_officer, an_operator
from tests.factories.world import World

CLOCK = system_actor("authority", "clock")
REASON = "it is not for us"


def test_a_refusal_is_told_to_the_sender_with_its_reason(world: World) -> None:
    item = a_referral(world, in_state="sent")
    [arrival] = waiting_arrivals()
    refuse_arrival(id=arrival["id"], reason=f" {REASON} ", by=a_police_officer(), at=world.now)
    refuse_arrival(id=arrival["id"], reason=REASON, by=a_police_officer(), at=world.now)  # once more changes nothing
    row = row_of(arrival["id"])
    assert (row["state"], row["refused_by"], row["reason"], row["due_at"]) == ("refused", "officer-1", REASON, None)
    assert len(events("arrival_refused", "authority")) == 1
    world.drain()
    [referral] = read("SELECT state, refusal FROM referral_referral WHERE item_id = %s", [item])
    assert referral == {"state": "refused", "refusal": REASON}
    [message] = read("SELECT channel, kind, partner FROM partners_message", house="authority")
    assert message == {"channel": "local", "kind": "refusal", "partner": "child-focus"}


def test_what_is_refused_weighs_no_more_and_is_refused_once(world: World) -> None:
    grave, mild = arrived(world, severity=5), arrived(world, severity=2)
    refuse_arrival(id=grave, reason=REASON, by=a_police_officer(), at=world.now)
    assert matter_with(mild)["severity"] == 2
    for act in (
        lambda: refuse_arrival(id=grave, reason=REASON, by=a_police_officer(2), at=world.now),
        lambda: acknowledge(id=grave, by=a_police_officer(), at=world.now),
    ):
        with pytest.raises(ForbiddenStep, match=r"^An arrival that is refused cannot"):
            act()
    assert row_of(grave)["refused_by"] == "officer-1"


def test_a_refusal_takes_a_reason_and_a_person_who_may(world: World) -> None:
    id = arrived(world)
    for reason, what in (("  ", "Say why"), ("x" * 501, "longer than 500")):
        with pytest.raises(BadInput, match=what):
            refuse_arrival(id=id, reason=reason, by=a_police_officer(), at=world.now)
    with pytest.raises(NotAllowed):
        refuse_arrival(id=id, reason=REASON, by=an_operator("authority"), at=world.now)
    assert row_of(id)["state"] == "waiting"


def test_a_call_back_is_acknowledged_and_never_refused(world: World) -> None:
    first = arrived(world)
    callback = arrived(world, recalls=first)
    assert (row_of(first)["state"], row_of(first)["reason"]) == ("recalled", "settled otherwise")
    with pytest.raises(BadInput, match="A call-back cannot be refused"):
        refuse_arrival(id=callback, reason=REASON, by=a_police_officer(), at=world.now)
    acknowledge(id=callback, by=a_police_officer(), at=world.now)
    assert matter_with(callback)["due_at"] is None


def test_all_that_waits_in_a_matter_is_acknowledged_at_once_and_each_sender_told(world: World) -> None:
    first, second = arrived(world), arrived(world)
    refused = arrived(world)
    refuse_arrival(id=refused, reason=REASON, by=a_police_officer(), at=world.now)
    matter = matter_with(first)["id"]
    assert acknowledge_matter(id=matter, by=a_police_officer(), at=world.now) == 2
    assert acknowledge_matter(id=matter, by=a_police_officer(), at=world.now) == 0
    world.hand_over("authority")
    told = read("SELECT about, kind FROM partners_message ORDER BY number", house="authority")
    assert sorted((row["about"], row["kind"]) for row in told) == sorted(
        [(first, "acknowledgement"), (second, "acknowledgement"), (refused, "refusal")]
    )


@pytest.mark.parametrize(("flags", "danger"), [((), False), (("imminent_danger",), True)])
def test_what_is_late_is_escalated_step_by_step_until_it_is_answered(
    world: World, flags: tuple[str, ...], danger: bool
) -> None:
    id = arrived(world, flags=flags, term=timedelta(hours=2))
    assert escalate_late_arrivals(by=CLOCK, at=world.now) == 0
    due = row_of(id)["due_at"]
    world.clock.at = due
    assert escalate_late_arrivals(by=CLOCK, at=world.now) == 1
    assert escalate_late_arrivals(by=CLOCK, at=world.now) == 0
    second = escalation("arrival", 2, due, danger=danger)
    assert second is not None
    assert (row_of(id)["steps"], row_of(id)["escalate_at"]) == (1, second.at)
    world.clock.at = second.at
    world.drain()
    told = events("arrival_late", "authority")
    assert [(event["body"]["step"], event["body"]["to"]) for event in told] == [
        (1, "police_coordinator"), (2, "police_coordinator"),
    ]  # fmt: skip
    acknowledge(id=id, by=a_police_officer(), at=world.now)
    world.wait(days=30)
    assert escalate_late_arrivals(by=CLOCK, at=world.now) == 0
    assert row_of(id)["steps"] == 2
