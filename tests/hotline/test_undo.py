"""Undo: within the grace an opinion is as if it had never been given; after it, or once sent, it is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maillon.hotline.analysis.assessing import Stated
from maillon.hotline.analysis.services import undo_opinion
from maillon.hotline.analysis.states import Case
from maillon.hotline.referral.services import queue_due
from maillon.items.states import Item
from maillon.kernel.errors import ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, system_actor
from maillon.outbox.sql import Row
from tests.factories.chain import (
    a_case,
    a_report,
    assessed,
    case_of,
    events,
    read,
    received,
    referrals_of,
    reported,
    says,
)
from tests.factories.people import a_manager, a_senior, an_analyst
from tests.factories.queue import claimed
from tests.factories.world import World
from tests.hotline.test_assess import FIRST_DAY_OF_THE_HOTLINE, former

CLOCK = system_actor("hotline", "clock")
GRACE = timedelta(seconds=30)
VARIES = ("claimed_by", "claimed_until", "steps")


def undo(world: World, item: UUID, by: Actor | None = None) -> bool:
    """Take an opinion back now; whether the case is claimed again."""
    return undo_opinion(item_id=item, by=by or an_analyst(), at=world.now) is not None


def standing_of(item: UUID) -> list[Row]:
    """All that an opinion changes: the case, the item, the reports, the opinions that stand."""
    found = read("SELECT * FROM analysis_case WHERE item_id = %s ORDER BY round", [item])
    cases = [{key: value for key, value in row.items() if key not in VARIES} for row in found]
    return [
        *cases,
        *read("SELECT state, verdict, settled_at FROM items_item WHERE id = %s", [item]),
        *read("SELECT reference, outcome FROM intake_report ORDER BY reference"),
        *read("SELECT * FROM analysis_assessment WHERE replaced_at IS NULL ORDER BY id"),
    ]


@pytest.mark.parametrize(
    ("before", "person", "stated"),
    [
        (Case.WAITING, an_analyst, says("A")),
        (Case.WAITING, an_analyst, says("N")),
        (Case.WAITING, an_analyst, says("B", severity=1)),
        (Case.SECOND_OPINION, lambda: an_analyst(2), says("B", severity=1)),
        (Case.SECOND_OPINION, lambda: an_analyst(2), says("N")),
        (Case.SECOND_OPINION, an_analyst, says("A", severity=4)),
        (Case.DISPUTED, a_senior, says("A")),
        (Case.DISPUTED, lambda: an_analyst(2), says("B", severity=1)),
        (Case.DISPUTED, lambda: an_analyst(3), says("A")),
    ],
)
def test_everything_is_as_it_was_before_the_opinion(
    world: World, before: Case, person: Callable[[], Actor], stated: Stated
) -> None:
    item = a_case(world, in_state=before)
    was = standing_of(item)
    assessed(world, item, stated, person())
    assert standing_of(item) != was
    assert undo(world, item, person()) is True
    assert standing_of(item) == was
    [event] = events("opinion_withdrawn")
    assert (event["actor"], event["body"]["state"]) == (person().name, before)


def test_an_opinion_that_changed_ones_own_is_taken_back_and_the_first_is_settled_again(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    was = standing_of(item)
    assessed(world, item, says("N"))
    assert undo(world, item) is False
    assert standing_of(item) == was
    assert [row["body"]["outcome"] for row in events("settled")] == ["illegal", "not_illegal", "illegal"]
    [event] = events("opinion_withdrawn")
    assert event["body"]["restores"] == str(was[-1]["id"])
    assert undo(world, item) is True
    assert case_of(item)["state"] == Case.WAITING


def test_what_was_settled_earlier_in_a_case_that_is_in_doubt_is_kept(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    assessed(world, item, says("B", severity=1))
    was = standing_of(item)
    assessed(world, item, says("B", severity=1), an_analyst(2))
    undo(world, item, an_analyst(2))
    assert standing_of(item) == was
    assert case_of(item)["outcome"] == "illegal"


def test_in_a_later_round_the_verdict_of_the_earlier_one_holds_again(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.drain()
    received([a_report("http://be.test/a", received_at=world.now)], at=world.now)
    world.hand_over()
    was = standing_of(item)
    assessed(world, item, says("N"), an_analyst(2))
    assert undo(world, item, an_analyst(2)) is True
    assert standing_of(item) == was
    assert read("SELECT verdict, state FROM items_item") == [{"verdict": "illegal", "state": Item.OPEN}]
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["sent"]


def test_what_was_said_and_taken_back_can_be_said_again(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    undo(world, item)
    assert assessed(world, item, says("A")) == "assessed"
    assert case_of(item)["state"] == Case.SETTLED


def test_the_case_is_the_same_persons_again_unless_another_is_at_it_by_now(world: World) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item)
    assessed(world, item, says("B", severity=1))
    assert undo(world, item) is True
    assert read("SELECT claimed_by FROM analysis_case") == [{"claimed_by": "analyst-1"}]
    assessed(world, item, says("B", severity=1))
    claimed(world, item, an_analyst(2))
    assert undo(world, item) is False
    assert read("SELECT claimed_by FROM analysis_case") == [{"claimed_by": "analyst-2"}]


def test_an_item_reported_again_meanwhile_stays_open(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    assessed(world, item, says("N"))
    with_interval_over = a_report("http://be.test/a", received_at=world.now + timedelta(days=200))
    received([with_interval_over], at=world.now)
    undo(world, item)
    assert read("SELECT state, verdict FROM items_item") == [{"state": Item.OPEN, "verdict": "illegal"}]
    world.hand_over()
    assert case_of(item)["round"] == 2


# What is refused


def test_the_grace_ends_to_the_microsecond(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    given = world.now
    world.clock.at = given + GRACE
    with pytest.raises(ForbiddenStep, match="The 30 seconds to undo an opinion are over; give another one instead"):
        undo(world, item)
    assert case_of(item)["state"] == Case.SETTLED
    world.clock.at = given + GRACE - timedelta(microseconds=1)
    assert undo(world, item) is True


def test_what_is_on_its_way_is_not_undone(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    world.hand_over()
    assert queue_due(by=CLOCK, at=world.now, skip_grace=True) == 1
    with pytest.raises(ForbiddenStep, match="on its way already; give another opinion, and what was sent is called"):
        undo(world, item)
    assert (case_of(item)["state"], [row["state"] for row in referrals_of(item)]) == (Case.SETTLED, ["queued"])


def test_a_change_that_calls_back_is_not_undone(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.drain()
    assessed(world, item, says("N"))
    with pytest.raises(ForbiddenStep, match="on its way already"):
        undo(world, item)


def test_a_later_round_that_called_back_is_not_undone(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.drain()
    received([a_report("http://be.test/a", received_at=world.now)], at=world.now)
    world.hand_over()
    assessed(world, item, says("N"), an_analyst(2))
    world.hand_over()
    with pytest.raises(ForbiddenStep, match="on its way already"):
        undo(world, item, an_analyst(2))


def test_a_doubt_about_what_was_sent_can_be_taken_back(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.drain()
    was = standing_of(item)
    assessed(world, item, says("B", severity=1))
    assert undo(world, item) is False
    assert standing_of(item) == was
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["sent"]


def test_only_ones_own_opinion_is_taken_back_and_only_one_that_was_given_here(world: World) -> None:
    item, record = a_case(world, in_state="waiting"), reported(world, "http://be.test/record")
    sentence = "no opinion of yours on this item"
    with pytest.raises(ForbiddenStep, match=sentence):
        undo(world, item)
    assessed(world, item, says("A"))
    with pytest.raises(ForbiddenStep, match=sentence):
        undo(world, item, an_analyst(2))
    former(world, record, an_analyst(), FIRST_DAY_OF_THE_HOTLINE)
    with pytest.raises(ForbiddenStep, match=sentence):
        undo(world, record)
    with pytest.raises(NotAllowed):
        undo(world, item, a_manager())
    with pytest.raises(NotFound):
        undo(world, uuid7(world.now))


# Drafts


def test_drafts_are_withdrawn_and_nothing_is_sent(world: World) -> None:
    item = a_case(world, in_state="waiting", text="http://nl.test/a")
    assessed(world, item, says("A"))
    world.hand_over()
    undo(world, item)
    world.hand_over()
    rows = referrals_of(item)
    assert {(row["state"], row["reason"]) for row in rows} == {("withdrawn", "no longer settled")}
    assert len(rows) == 2
    world.wait(days=1)
    world.drain()
    assert read("SELECT 1 FROM partners_message") == []
    assessed(world, item, says("A"))
    world.drain()
    assert sorted(row["state"] for row in referrals_of(item)) == ["sent", "sent", "withdrawn", "withdrawn"]


def test_an_undecided_referral_is_withdrawn_as_well(world: World) -> None:
    item = a_case(world, in_state="waiting", text="http://nowhere.test/a")
    assessed(world, item, says("A"))
    world.hand_over()
    undo(world, item)
    world.hand_over()
    assert [row["state"] for row in referrals_of(item)] == ["withdrawn"]


def test_a_draft_whose_case_is_no_longer_settled_is_never_sent_even_before_anybody_was_told(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    world.hand_over()
    undo(world, item)
    queue_due(by=CLOCK, at=world.now, skip_grace=True)
    assert [row["state"] for row in referrals_of(item)] == ["withdrawn"]
    assert read("SELECT 1 FROM partners_message") == []


def test_a_draft_whose_case_is_in_doubt_again_stays_here(world: World) -> None:
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A"))
    world.hand_over()
    assessed(world, item, says("B", severity=1))
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["withdrawn"]
    assessed(world, item, says("A", severity=3), a_senior())
    assessed(world, item, says("A", severity=3))
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["withdrawn", "sent"]


def test_at_the_last_moment_it_is_either_undone_and_nothing_sent_or_refused_and_sent(world: World) -> None:
    """The undo and the sending start at the same moment, many times over: each time one of the two wins wholly."""
    ends: set[str] = set()
    for n in range(40):
        item = a_case(world, in_state="waiting", text=f"http://be.test/{n}")
        assessed(world, item, says("A"))
        world.hand_over()
        start = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            undone = pool.submit(both_start, start, lambda item=item: undo(world, item))
            sent = pool.submit(both_start, start, lambda: queue_due(by=CLOCK, at=world.now, skip_grace=True))
            refused = undone.result(timeout=60) is False
            sent.result(timeout=60)
        queue_due(by=CLOCK, at=world.now, skip_grace=True)
        messages = len(read("SELECT 1 FROM partners_message WHERE item_id = %s", [item]))
        states = [row["state"] for row in referrals_of(item)]
        assert (case_of(item)["state"], states, messages) == (
            (Case.SETTLED, ["queued"], 1) if refused else (Case.WAITING, ["withdrawn"], 0)
        )
        ends.add("refused" if refused else "undone")
    assert ends == {"refused", "undone"}


def both_start(start: Barrier, act: Callable[[], object]) -> object:
    """What `act` answers, or False where it is refused."""
    try:
        start.wait()
        return act()
    except ForbiddenStep:
        return False
    finally:
        connection.close()


OPINIONS = st.tuples(
    st.sampled_from([1, 2, 3, 4]), st.sampled_from([says("A"), says("B", severity=1), says("B", severity=2), says("N")])
)


@given(past=st.lists(OPINIONS, max_size=4), last=OPINIONS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_said_before_undoing_the_last_opinion_leaves_that(
    world: World, past: list[tuple[int, Stated]], last: tuple[int, Stated]
) -> None:
    people = {1: an_analyst(1), 2: an_analyst(2), 3: an_analyst(3), 4: a_senior()}
    item = reported(world, f"http://be.test/{uuid7(world.now)}")
    world.hand_over()
    for person, stated in past:
        assessed(world, item, stated, people[person])
    was = standing_of(item)
    if assessed(world, item, last[1], people[last[0]]) != "unchanged":
        undo(world, item, people[last[0]])
    assert standing_of(item) == was
