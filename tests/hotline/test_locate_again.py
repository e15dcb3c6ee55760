"""An item is located again right before anything is sent; moved, it is routed anew; a silent resolver stops nothing."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillon.flow.handovers import HANDOVERS
from maillon.hotline.referral.relocating import REROUTE
from maillon.hotline.referral.services import ask_where_due, queue_due
from maillon.observation.conclude import Answer
from maillon.observation.finding import Resolve
from maillon.observation.services import PAUSES, locate_due
from maillon.outbox.acting import system_actor
from maillon.rules.table import load
from tests.factories.chain import a_case, assessed, events, located_elsewhere, read, referrals_of, reported, says
from tests.factories.world import NOW, World, look, resolved

CLOCK = system_actor("hotline", "clock")


def silent(names: Sequence[str]) -> dict[str, Answer]:
    """A resolver that answers nobody."""
    return {name: Answer("no_answer") for name in names}


def moved(names: Sequence[str]) -> dict[str, Answer]:
    """Whatever stood in Belgium stands in the Netherlands."""
    there = {name: name.replace("be.test", "nl.test") for name in names}
    found = resolved(list(there.values()))
    return {name: found[other] for name, other in there.items()}


def round_(world: World, resolve: Resolve = resolved) -> int:
    """One round of work, with the resolver given; what was queued."""
    ask_where_due(by=CLOCK, at=world.now)
    locate_due(house="hotline", resolve=resolve, look=look, clock=world.clock)
    world.hand_over()
    return queue_due(by=CLOCK, at=world.now)


def states(item: UUID) -> dict[str, str]:
    return {row["partner"]: row["state"] for row in referrals_of(item) if row["recalls"] is None}


def lookups(item: UUID) -> list[tuple[str, str, int]]:
    found = read("SELECT why, state, attempts FROM observation_lookup WHERE item_id = %s ORDER BY id", [item])
    return [(row["why"], row["state"], row["attempts"]) for row in found]


@pytest.fixture
def drafted(world: World) -> UUID:
    """A draft whose item was located an hour ago, the grace just over."""
    item = reported(world, "http://be.test/a")
    world.drain()
    world.wait(hours=1)
    assessed(world, item, says("A"))
    world.hand_over()
    world.wait(seconds=31)
    return item


def test_the_handler_waited_for_is_the_one_that_routes_anew() -> None:
    assert REROUTE in {row.handler for row in HANDOVERS if row.kind.name == "located"}


def test_a_draft_waits_for_a_lookup_as_young_as_the_rule_says(world: World, drafted: UUID) -> None:
    assert queue_due(by=CLOCK, at=world.now) == 0
    assert round_(world) == 1
    assert lookups(drafted) == [("", "done", 1), ("before_sending", "done", 1)]
    assert states(drafted) == {"federal-police": "queued"}


def test_what_was_located_a_moment_ago_is_not_located_again(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.wait(seconds=31)
    assert ask_where_due(by=CLOCK, at=world.now) == 0
    assert queue_due(by=CLOCK, at=world.now) == 1
    assert len(lookups(item)) == 1


def test_the_age_is_the_rules() -> None:
    for danger in ("yes", "no"):
        row = load("locate_again").row(on=NOW.date(), danger=danger)
        assert row.basis == "assumed"
        assert row.fields["minutes"] == 15
        assert 1 <= row.fields["attempts"] <= len(PAUSES) + 1


def test_found_elsewhere_it_is_routed_anew_and_everybody_sees_from_where_to_where(world: World, drafted: UUID) -> None:
    assert round_(world, moved) == 0
    assert states(drafted) == {"federal-police": "drafted", "inhope-nl": "drafted"}
    closed = [row for row in referrals_of(drafted) if row["state"] == "withdrawn"]
    assert [(row["country"], row["reason"]) for row in closed] == [("BE", "located elsewhere")]
    [event] = events("referral_rerouted")
    said = event["body"]
    assert (said["country_before"], said["country"], said["reason"]) == ("BE", "NL", "agreed")
    world.wait(seconds=31)
    assert round_(world, moved) == 2
    assert set(states(drafted).values()) >= {"queued"}
    assert len(events("referral_rerouted")) == 1


def test_what_was_found_is_routed_before_anything_goes_out(world: World, drafted: UUID) -> None:
    ask_where_due(by=CLOCK, at=world.now)
    locate_due(house="hotline", resolve=moved, look=look, clock=world.clock)
    assert queue_due(by=CLOCK, at=world.now) == 0
    assert read("SELECT id FROM partners_message") == []


def test_a_silent_resolver_is_asked_again_and_then_what_was_known_holds(world: World, drafted: UUID) -> None:
    for pause in PAUSES:
        assert round_(world, silent) == 0
        assert ask_where_due(by=CLOCK, at=world.now) == 0
        world.wait(seconds=pause.total_seconds())
    assert round_(world, silent) == 1
    assert states(drafted) == {"federal-police": "queued"}
    assert lookups(drafted)[-1] == ("before_sending", "done", len(PAUSES) + 1)
    [event] = events("location_kept")
    assert event["body"] == {"country": "BE", "attempts": len(PAUSES) + 1}
    [item] = read("SELECT country FROM items_item WHERE id = %s", [drafted])
    assert item["country"] == "BE"
    assert len(read("SELECT id FROM observation_location")) == 1


def test_imminent_danger_waits_for_one_attempt_only(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.drain()
    world.wait(hours=1)
    assessed(world, item, says("A", severity=4, flags=["imminent_danger"]))
    world.hand_over()
    world.wait(seconds=31)
    assert round_(world, silent) >= 1
    assert states(item)["federal-police"] == "queued"


def test_one_that_waits_for_the_resolver_keeps_nobody_waiting(world: World, drafted: UUID) -> None:
    round_(world, silent)
    ask_where_due(by=CLOCK, at=world.now)
    [row] = read("SELECT send_at FROM referral_referral WHERE state = 'drafted'")
    [open_] = read("SELECT due_at FROM observation_lookup WHERE state = 'waiting'")
    assert row["send_at"] == open_["due_at"] > world.now


def test_work_ends_while_the_resolver_is_silent(world: World, drafted: UUID) -> None:
    for _ in range(5):
        if not round_(world, silent):
            assert ask_where_due(by=CLOCK, at=world.now) == 0


def test_what_a_person_stated_is_not_asked_of_the_network(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.drain()
    located_elsewhere(world, item, "BE")
    world.hand_over()
    world.wait(hours=1)
    assessed(world, item, says("A"))
    world.hand_over()
    world.wait(seconds=31)
    assert ask_where_due(by=CLOCK, at=world.now) == 0
    assert queue_due(by=CLOCK, at=world.now) == 1


def test_a_copy_for_the_police_and_the_hotline_abroad_wait_alike(world: World) -> None:
    item = reported(world, "http://nl.test/a")
    world.drain()
    world.wait(hours=1)
    assessed(world, item, says("A"))
    world.hand_over()
    world.wait(seconds=31)
    assert queue_due(by=CLOCK, at=world.now) == 0
    assert round_(world) == 2
    assert set(states(item).values()) == {"queued"}


def test_a_call_back_goes_out_whatever_the_network_says(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.drain()
    world.wait(hours=1)
    assessed(world, item, says("N"))
    world.hand_over()
    assert queue_due(by=CLOCK, at=world.now) == 1
    assert len(lookups(item)) == 1


def test_whole_rounds_of_work_send_it_in_the_end(world: World, drafted: UUID) -> None:
    world.drain(grace=True)
    assert states(drafted) == {"federal-police": "sent"}


def test_as_many_statements_ask_for_many_drafts_as_for_one(world: World) -> None:
    def asked(count: int, name: str) -> int:
        items = [reported(world, f"http://{name}{number}.be.test/a") for number in range(count)]
        world.drain()
        world.wait(hours=1)
        for item in items:
            assessed(world, item, says("A"))
        world.hand_over()
        world.wait(seconds=31)
        with CaptureQueriesContext(connection) as statements:
            assert ask_where_due(by=CLOCK, at=world.now) == count
        world.drain()
        return len(statements)

    assert asked(1, "one") == asked(4, "many")
