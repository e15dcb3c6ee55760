"""Urgency: what reporters state orders the queue, also when it comes later; never downwards by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from maillon.hotline.analysis.overriding import override_urgency
from maillon.hotline.analysis.policy import STATED, urgency
from maillon.hotline.analysis.services import note_urgency
from maillon.hotline.intake.policy import STATED as STATED_IN_REPORTS
from maillon.items.demands import demand_clearance
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.registry import Handed
from maillon.rules.terms import term
from tests.factories.chain import a_case, a_report, assessed, case_of, events, read, received, says
from tests.factories.people import a_manager, a_senior, cleared
from tests.factories.queue import items, the_queue
from tests.factories.world import World

DAY = date(2026, 3, 3)


def reported_stating(world: World, *stated: str, text: str = "http://be.test/a") -> UUID:
    """A report of one location that states this, handed over; its item."""
    report = replace(a_report(text, received_at=world.now), stated=stated)
    received([report], at=world.now)
    world.hand_over()
    return UUID(str(read("SELECT id FROM items_item WHERE key = %s", [report.locations[0].key])[0]["id"]))


def urgency_of(item: UUID) -> int:
    return int(case_of(item)["urgency"])


def test_the_table_asks_by_what_reports_state() -> None:
    assert set(STATED) == set(STATED_IN_REPORTS)


@pytest.mark.parametrize(
    ("stated", "number"),
    [((), 4), (("minor",), 3), (("about_me",), 2), (("about_me", "minor"), 2), (("danger_now",), 1), (STATED, 1)],
)
def test_a_case_is_as_urgent_as_its_report_states(world: World, stated: Sequence[str], number: int) -> None:
    item = reported_stating(world, *stated)
    rule = urgency(frozenset(stated), DAY)
    assert rule.number == number
    assert (urgency_of(item), case_of(item)["urgency_rule"]) == (number, rule.ref)


def test_danger_comes_before_what_was_reported_earlier(world: World) -> None:
    first = reported_stating(world)
    world.wait(hours=1)
    second = reported_stating(world, "danger_now", text="http://be.test/b")
    assert items(the_queue(world)) == [second, first]


def test_another_report_that_states_more_moves_an_open_case_up_and_leaves_a_trace(world: World) -> None:
    item = reported_stating(world, "minor")
    reported_stating(world, "danger_now")
    assert urgency_of(item) == 1
    [event] = events("case_more_urgent")
    assert (event["item"], event["body"]["before"], event["body"]["after"]) == (item, 3, 1)
    assert event["rule"] == urgency(frozenset({"danger_now"}), DAY).ref


def test_another_report_that_states_less_changes_nothing(world: World) -> None:
    item = reported_stating(world, "about_me")
    reported_stating(world)
    reported_stating(world, "about_me")
    assert urgency_of(item) == 2
    assert events("case_more_urgent") == []


def test_reports_that_come_together_count_together(world: World) -> None:
    both = [replace(a_report("http://be.test/a", received_at=world.now), stated=s) for s in ((), ("danger_now",))]
    received(both, at=world.now)
    world.hand_over()
    assert read("SELECT urgency FROM analysis_case") == [{"urgency": 1}]


def test_what_a_person_set_lower_moves_up_only_for_what_is_new(world: World) -> None:
    item = reported_stating(world, "danger_now")
    override_urgency(case_id=case_of(item)["id"], urgency=5, reason="looked at", by=a_manager(), at=world.now)
    reported_stating(world, "minor")
    assert urgency_of(item) == 3


def test_a_later_round_is_as_urgent_as_what_was_reported_since(world: World) -> None:
    item = reported_stating(world, "danger_now")
    assessed(world, item, says("A"))
    world.wait(days=1)
    reported_stating(world, "minor")
    assert (case_of(item)["round"], urgency_of(item)) == (2, 3)


def test_a_settled_case_and_a_repeated_delivery_change_nothing(world: World) -> None:
    item = reported_stating(world)
    reported_stating(world, "danger_now")
    by = system_actor("hotline", "dispatcher")
    [row] = events("reported_again")
    handed = Handed("hotline", row["id"], row["uid"], row["kind"], 1, item, row["happened_at"], row["body"])
    with acting(by):
        note_urgency(handed=[handed, handed], by=by, clock=world.clock)
    assert len(events("case_more_urgent")) == 1
    settled = a_case(world, in_state="settled", text="http://be.test/s")
    with acting(by):
        note_urgency(handed=[replace(handed, item=settled)], by=by, clock=world.clock)
    assert len(events("case_more_urgent")) == 1


def test_what_a_hidden_report_states_counts_without_being_shown(world: World) -> None:
    """A report of two items is hidden with the sealed one; the other item is as urgent all the same."""
    sealed = a_case(world, in_state="waiting", text="http://be.test/sealed")
    demand_clearance(item_id=sealed, label="sealed", reason="a test", by=cleared(a_senior(), "sealed"), at=world.now)
    world.hand_over()
    both = replace(a_report("http://be.test/open http://be.test/sealed", received_at=world.now), stated=("danger_now",))
    received([both], at=world.now)
    world.hand_over()
    assert [(row["site"], row["urgency"], row["reports"]) for row in the_queue(world)] == [("be.test", 1, 0)]


def test_where_somebody_is_in_danger_a_first_opinion_is_due_on_the_clock(world: World) -> None:
    calm, grave = reported_stating(world), reported_stating(world, "danger_now", text="http://be.test/b")
    opened = world.now
    assert (case_of(grave)["due_at"], case_of(calm)["due_at"]) == (
        term("decide_within", opened, what="first_opinion", danger="yes").due,
        term("decide_within", opened, what="first_opinion", danger="no").due,
    )
    assert case_of(grave)["due_at"] < case_of(calm)["due_at"]


def test_danger_stated_later_brings_the_term_forward_and_never_back(world: World) -> None:
    item = reported_stating(world, "minor")
    world.wait(minutes=5)
    reported_stating(world, "danger_now")
    due = case_of(item)["due_at"]
    assert due == term("decide_within", world.now, what="first_opinion", danger="yes").due
    world.wait(minutes=5)
    reported_stating(world, "danger_now")
    assert case_of(item)["due_at"] == due
