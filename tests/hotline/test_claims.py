"""Claims: one person at a time, nothing lost, nobody waits, and what nobody gives back comes back by itself."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from maillon.hotline.analysis.claiming import (
    ClaimHeld,
    claim,
    claim_minutes,
    claim_next,
    claims_of,
    give_back,
    give_back_all,
    keep_claim,
)
from maillon.hotline.analysis.filters import Wanted
from maillon.hotline.analysis.states import Case
from maillon.items.services import lock_item
from maillon.kernel.errors import ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from tests.factories.chain import a_case, case_of, events, read
from tests.factories.people import a_manager, a_senior, an_analyst, an_operator
from tests.factories.queue import claimed, items, many_cases, next_claim, the_queue
from tests.factories.world import World
from tests.hotline.test_queue import demanding


def held() -> dict[UUID, str]:
    found = read("SELECT item_id, claimed_by FROM analysis_case WHERE claimed_by <> ''")
    return {row["item_id"]: row["claimed_by"] for row in found}


def test_two_people_never_get_the_same_case(world: World) -> None:
    many_cases(world, 2)
    first, second = next_claim(world, an_analyst(1)), next_claim(world, an_analyst(2))
    assert {first, second} == set(items(the_queue(world)))
    assert next_claim(world, an_analyst(3)) is None
    assert held() == {first: "analyst-1", second: "analyst-2"}


def test_the_next_case_is_the_first_of_the_queue_that_is_wanted(world: World) -> None:
    many_cases(world, 3)
    wanted = a_case(world, in_state="waiting", text="http://nl.test/a")
    assert next_claim(world, wanted=Wanted(country="NL")) == wanted
    first = next(item for item in items(the_queue(world)) if item != wanted)
    assert next_claim(world) == first


def test_a_claim_lasts_the_minutes_of_the_rule_and_leaves_a_trace(world: World) -> None:
    a_case(world, in_state="waiting")
    taken = claim_next(wanted=Wanted(), by=an_analyst(), at=world.now)
    assert taken is not None
    assert taken.until == world.now + claim_minutes(world.now) == world.now + timedelta(minutes=10)
    [event] = events("case_claimed")
    assert (event["actor"], event["item"], event["body"]["case"], event["body"]["before"]) == (
        "analyst-1", taken.item, str(taken.case), "",
    )  # fmt: skip


def test_a_claim_that_ran_out_is_taken_over_without_a_word_and_the_trace_says_from_whom(world: World) -> None:
    item = a_case(world, in_state="waiting")
    next_claim(world, an_analyst(1))
    world.wait(minutes=10, microseconds=-1)
    assert next_claim(world, an_analyst(2)) is None
    world.wait(microseconds=1)
    assert next_claim(world, an_analyst(2)) == item
    assert [event["body"]["before"] for event in events("case_claimed")] == ["", "analyst-1"]


def test_nobody_is_offered_a_case_that_they_gave_an_opinion_on(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assert next_claim(world, an_analyst(1)) is None
    assert next_claim(world, an_analyst(2)) == item


def test_a_dispute_is_offered_to_those_who_may_decide_it(world: World) -> None:
    item = a_case(world, in_state="disputed")
    assert next_claim(world, an_analyst(3)) is None
    assert next_claim(world, a_senior()) == item


def test_a_case_that_somebody_works_on_is_passed_over_and_nobody_waits(world: World) -> None:
    many_cases(world, 2)
    first, second = items(the_queue(world))
    with ThreadPoolExecutor(1) as other, acting(an_analyst(2)):
        lock_item(item_id=first)
        assert other.submit(in_thread, world, an_analyst(1)).result(timeout=30) == second
    assert next_claim(world, an_analyst(1)) == first


def test_what_demands_a_clearance_is_never_handed_to_whoever_lacks_it(world: World) -> None:
    item = a_case(world, in_state="waiting")
    demanding(item, "sealed")
    assert next_claim(world) is None
    case = read("SELECT id FROM analysis_case")[0]["id"]
    for missing in (case, uuid7(world.now)):
        with pytest.raises(NotFound, match=f"There is no case {missing}; the queue lists those that are open"):
            claim(case_id=missing, by=an_analyst(), at=world.now)
    cleared = Actor("hotline", "analyst-1", "child-focus", frozenset({"analyst"}), frozenset({"sealed"}))
    assert next_claim(world, cleared) == item


def test_one_case_is_claimed_by_name_kept_and_given_back(world: World) -> None:
    item = a_case(world, in_state="waiting")
    taken = claimed(world, item)
    world.wait(minutes=9)
    kept = keep_claim(case_id=taken.case, by=an_analyst(), at=world.now)
    assert kept.until == world.now + timedelta(minutes=10)
    with pytest.raises(ClaimHeld, match="analyst-1 is at this case; take another one"):
        claimed(world, item, an_analyst(2))
    with pytest.raises(ClaimHeld):
        give_back(case_id=taken.case, by=an_analyst(2), at=world.now)
    give_back(case_id=taken.case, by=an_analyst(), at=world.now)
    give_back(case_id=taken.case, by=an_analyst(), at=world.now)
    assert held() == {}
    assert len(events("case_given_back")) == 1
    assert claimed(world, item, an_analyst(2)).item == item


def test_a_claim_that_another_took_over_cannot_be_kept(world: World) -> None:
    taken = claimed(world, a_case(world, in_state="waiting"))
    world.wait(minutes=10)
    next_claim(world, an_analyst(2))
    with pytest.raises(ClaimHeld):
        keep_claim(case_id=taken.case, by=an_analyst(), at=world.now)


def test_on_leaving_all_ones_claims_are_given_back_and_nobody_elses(world: World) -> None:
    many_cases(world, 4)
    mine = [next_claim(world) for _ in range(3)]
    theirs = next_claim(world, an_analyst(2))
    with acting(an_analyst()):
        assert [row["item"] for row in claims_of(person="analyst-1", at=world.now)] == mine
    assert give_back_all(by=an_analyst(), at=world.now) == 3
    assert held() == {theirs: "analyst-2"}
    assert give_back_all(by=an_analyst(), at=world.now) == 0


def test_only_those_who_assess_claim_and_only_what_is_open(world: World) -> None:
    item = a_case(world, in_state=Case.SETTLED)
    for someone in (an_operator(), a_manager()):
        with pytest.raises(NotAllowed):
            claimed(world, item, someone)
        with pytest.raises(NotAllowed):
            next_claim(world, someone)
    with pytest.raises(ForbiddenStep, match="settled"):
        claimed(world, item)


def in_thread(world: World, by: Actor) -> UUID | None:
    try:
        return next_claim(world, by)
    finally:
        connection.close()


def claim_all(world: World, by: Actor, start: Barrier) -> list[UUID]:
    """Claim until nothing is left, as one of several at once; what is locked for a moment is tried again."""
    start.wait()
    taken: list[UUID] = []
    try:
        while len(held()) < 300:
            if item := next_claim(world, by):
                taken.append(item)
    finally:
        connection.close()
    return taken


def test_of_eight_people_at_once_none_gets_what_another_has_and_nothing_is_lost(world: World) -> None:
    many_cases(world, 300)
    people, start = [an_analyst(n) for n in range(1, 9)], Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        taken = [f.result() for f in [pool.submit(claim_all, world, by, start) for by in people]]
    all_items = read("SELECT id FROM items_item")
    assert Counter(item for found in taken for item in found) == Counter(row["id"] for row in all_items)
    assert held() == {item: by.name for by, found in zip(people, taken, strict=True) for item in found}
    assert len(events("case_claimed")) == 300


def test_what_somebody_left_behind_comes_back_by_itself(world: World) -> None:
    """Whoever is cut off gives nothing back: their claims run out."""
    many_cases(world, 5)
    gone = {next_claim(world, an_analyst(1)) for _ in range(5)}
    assert next_claim(world, an_analyst(2)) is None
    world.clock.at += claim_minutes(world.now)
    assert {next_claim(world, an_analyst(2)) for _ in range(5)} == gone
    assert next_claim(world, an_analyst(2)) is None


def test_a_dispute_is_claimed_by_whoever_may_decide_it_alone(world: World) -> None:
    case = case_of(a_case(world, in_state="disputed"))["id"]
    with pytest.raises(NotAllowed):
        claim(case_id=case, by=an_analyst(3), at=world.now)
    assert claim(case_id=case, by=a_senior(), at=world.now).case == case
