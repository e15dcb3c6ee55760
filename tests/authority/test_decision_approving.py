"""Approval by telephone: who may note, confirm and disown it, in which words, and when it lapses by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from maillon.authority.decision.services import (
    confirm_approval,
    disown_approval,
    lapse_due,
    note_approval,
    order_in_writing,
    refuse,
    request_decision,
    withdraw_request,
)
from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import BadInput, ForbiddenStep, MaillonError, NotAllowed, NotFound
from maillon.outbox.acting import Actor, system_actor
from tests.factories.chain import events
from tests.factories.decisions import (
    OFFICE,
    a_magistrate,
    a_measure,
    a_request,
    an_approval,
    an_order,
    an_organisation,
    another_item,
    row_of,
    state_of,
)
from tests.factories.people import a_person, a_police_officer
from tests.factories.world import World

CLOCK = system_actor("authority", "clock")
HOUR = timedelta(hours=1)


def brussels(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


def noted(world: World, **given: object) -> str:
    """Try to note an approval; the error's name, or "" where it was noted."""
    said = {
        "request_id": a_request(world, another_item(world)),
        "magistrate": a_magistrate().name,
        "words": "Yes.",
        "given_at": world.now,
        "until": world.now + timedelta(days=3),
        "by": a_police_officer(),
        "at": world.now,
        **given,
    }
    try:
        note_approval(**said)  # type: ignore[arg-type]
    except MaillonError as refusal:
        return type(refusal).__name__
    return ""


def test_the_words_are_kept_as_they_were_said(world: World) -> None:
    words = "  « Oui, jusqu’à vendredi »,\n a-t-il dit.  "
    order = note_approval(
        request_id=a_request(world, another_item(world)), magistrate=a_magistrate().name, words=words,
        given_at=world.now, until=world.now + timedelta(days=2), by=a_police_officer(), at=world.now,
    )  # fmt: skip
    assert row_of("order", order)["words"] == words
    assert events("approval_noted", "authority")[0]["body"]["words"] == words


def test_what_is_noted_is_bounded(world: World) -> None:
    late, far = world.now - 12 * HOUR, world.now + timedelta(days=7)
    assert noted(world) == noted(world, given_at=late) == noted(world, until=far) == ""
    assert noted(world, given_at=world.now + timedelta(seconds=1)) == "BadInput"
    assert noted(world, given_at=late - timedelta(seconds=1)) == "BadInput"
    assert noted(world, until=far + timedelta(seconds=1)) == "BadInput"
    assert noted(world, until=world.now) == "BadInput"
    assert noted(world, words=" \n") == "BadInput"


def test_a_magistrate_of_the_requests_office_approves_and_nobody_else(world: World) -> None:
    elsewhere = a_magistrate(office="ghent-prosecutor")
    clerk = a_person("clerk-1", "prosecutor_clerk", an_organisation(OFFICE), "authority")
    assert noted(world, magistrate=elsewhere.name) == "BadInput"
    assert noted(world, magistrate=clerk.name) == noted(world, magistrate="nobody") == "BadInput"
    assert noted(world, magistrate=a_police_officer().name) == "NotAllowed"
    assert noted(world, by=a_magistrate()) == "NotAllowed"


def test_whoever_noted_it_is_never_the_magistrate_though_they_hold_both_roles(world: World) -> None:
    both = a_magistrate()
    both = Actor(both.house, both.name, both.organisation, both.roles | {"police_officer"}, sees=both.sees)
    assert noted(world, by=both, magistrate=both.name) == "NotAllowed"


def test_only_the_magistrate_named_confirms_or_disowns_it(world: World) -> None:
    order = an_approval(world, a_request(world, another_item(world)))
    for act in (confirm_approval, disown_approval):
        with pytest.raises(NotAllowed):
            act(order_id=order, words="I did not", by=a_magistrate(2), at=world.now)
        with pytest.raises(NotAllowed):
            act(order_id=order, words="I did not", by=a_police_officer(), at=world.now)
    confirm_approval(order_id=order, words="I did", by=a_magistrate(), at=world.now)
    assert row_of("order", order)["confirmed_at"] == world.now


def test_another_magistrate_of_the_office_may_decide_otherwise(world: World) -> None:
    request = a_request(world, another_item(world))
    order = an_approval(world, request)
    refuse(request_id=request, words="not founded", by=a_magistrate(2), at=world.now)
    assert (state_of("order", order), state_of("request", request)) == ("lifted", "refused")


@pytest.mark.parametrize("office", ["ghent-prosecutor", "federal-prosecutor"])
def test_for_a_magistrate_of_another_office_it_is_not_there(world: World, office: str) -> None:
    request, other = a_request(world, another_item(world)), a_magistrate(office=office)
    order, until = an_approval(world, request), world.now + timedelta(days=1)
    with pytest.raises(NotFound) as missing:
        order_in_writing(request_id=request, words="yes", until=until, by=other, at=world.now)
    assert str(missing.value) == f"There is no request {request}; `maillon requests` lists them."
    with pytest.raises(NotFound):
        confirm_approval(order_id=order, words="", by=other, at=world.now)
    with pytest.raises(NotFound):
        refuse(request_id=request, words="no", by=other, at=world.now)


LAPSES = [
    # urgent, given at, lapses at (Brussels)
    (True, "2026-03-28T18:00", "2026-03-29T19:00"),  # 24 hours that pass, over the night that lacks one
    (True, "2026-10-24T18:00", "2026-10-25T17:00"),  # and over the one that has one more
    (False, "2026-03-03T11:00", "2026-03-05T11:00"),
    (False, "2026-03-27T16:00", "2026-03-31T16:00"),  # two working days, over the weekend of the change
    (False, "2026-04-03T10:00", "2026-04-08T10:00"),  # Good Friday is none, Easter Monday is a holiday
    (False, "2026-12-24T15:00", "2026-12-29T15:00"),  # Christmas, then a weekend
]


@pytest.mark.parametrize(("urgent", "given", "lapses"), LAPSES, ids=[given for _, given, _ in LAPSES])
def test_what_nobody_confirmed_lapses_to_the_second(world: World, urgent: bool, given: str, lapses: str) -> None:
    world.clock.at = brussels(given)
    request = a_request(world, another_item(world), urgent=urgent)
    order = an_approval(world, request, days=6)
    measure = a_measure(world, order)
    assert row_of("order", order)["confirm_by"] == brussels(lapses)
    world.clock.at = brussels(lapses) - timedelta(seconds=1)
    lapse_due(by=CLOCK, at=world.now)
    assert (state_of("order", order), state_of("measure", measure)) == ("provisional", "asked")
    world.wait(seconds=1)
    lapse_due(by=CLOCK, at=world.now)
    assert (state_of("order", order), state_of("request", request)) == ("lapsed", "requested")
    assert state_of("measure", measure) == "ending"
    lapse_due(by=CLOCK, at=world.now)
    assert len(events("approval_lapsed", "authority")) == len(events("measure_ending", "authority")) == 1


def test_it_never_outlasts_its_own_end(world: World) -> None:
    order = an_approval(world, a_request(world, another_item(world)), days=0.5)
    assert row_of("order", order)["confirm_by"] == row_of("order", order)["until"]


def test_nobody_acts_on_what_lapsed_though_the_clock_has_not_been_by(world: World) -> None:
    request = a_request(world, another_item(world))
    order = an_approval(world, request)
    world.wait(days=3)
    with pytest.raises(ForbiddenStep):
        confirm_approval(order_id=order, words="", by=a_magistrate(), at=world.now)
    with pytest.raises(ForbiddenStep):
        a_measure(world, order)
    an_order(world, request)
    assert (state_of("order", order), state_of("request", request)) == ("lapsed", "ordered")
    [lapse] = events("approval_lapsed", "authority")
    assert lapse["actor"] == "clock"


def test_a_request_says_what_it_asks_and_is_asked_once(world: World) -> None:
    item = another_item(world, severity=4, flags=["imminent_danger"])
    request = a_request(world, item)
    row = row_of("request", request)
    assert (row["severity"], row["urgent"], row["state"]) == (4, True, "requested")
    assert row["due_at"] == world.now + 4 * HOUR
    with pytest.raises(BadInput, match=str(request)):
        a_request(world, item)
    a_request(world, item, kind="blocking")
    withdraw_request(id=request, reason="a mistake", by=a_police_officer(), at=world.now)
    a_request(world, item)


@pytest.mark.parametrize(
    "wrong", [{"kind": "arrest"}, {"office": "federal-police"}, {"office": "?"}, {"language": "de"}, {"reasons": " "}]
)
def test_a_request_that_cannot_be_decided_is_refused(world: World, wrong: dict[str, str]) -> None:
    an_organisation(OFFICE)
    given = {"kind": "removal", "office": OFFICE, "language": "fr", "reasons": "as assessed", **wrong}
    with pytest.raises(BadInput):
        request_decision(item_id=another_item(world), by=a_police_officer(), at=world.now, **given)
    assert events("decision_requested", "authority") == []


def test_an_undecided_request_is_escalated_step_by_step(world: World) -> None:
    request = a_request(world, another_item(world))
    for passed, steps in ((47, 0), (1, 1), (4, 2), (24, 3), (200, 3)):
        world.wait(hours=passed)
        lapse_due(by=CLOCK, at=world.now)
        lapse_due(by=CLOCK, at=world.now)
        assert row_of("request", request)["steps"] == steps
    assert [event["body"]["to"] for event in events("request_late", "authority")] == [
        "magistrate", "police_coordinator", "police_coordinator",
    ]  # fmt: skip
    an_order(world, request)
    assert row_of("request", request)["due_at"] is None


@pytest.mark.parametrize("ended", ["disowned", "lapsed"])
def test_an_approval_that_nobody_stood_by_is_not_noted_again(world: World, ended: str) -> None:
    request = a_request(world, another_item(world))
    order = an_approval(world, request)
    if ended == "disowned":
        disown_approval(order_id=order, words="never", by=a_magistrate(), at=world.now)
    else:
        world.wait(days=5)
        lapse_due(by=CLOCK, at=world.now)
    with pytest.raises(BadInput, match="orders in writing"):
        an_approval(world, request)
    assert state_of("order", an_order(world, request)) == "in_force"
