"""Overrides: a manager changes a term, an urgency or who holds a case, always with a reason; and sees the load."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from maillon.hotline.analysis.claiming import claim_next
from maillon.hotline.analysis.filters import Wanted
from maillon.hotline.analysis.load import decisions_today, late_cases, late_hidden, load, people
from maillon.hotline.analysis.overriding import (
    BY_PERSON,
    override_term,
    override_urgency,
    overrides,
    take_claim_back,
)
from maillon.hotline.analysis.services import escalate_late_cases, undo_opinion
from maillon.hotline.analysis.states import Case
from maillon.kernel.errors import BadInput, ForbiddenStep, MaillonError, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from tests.factories.chain import a_case, assessed, case_of, events, read, says
from tests.factories.people import a_manager, a_senior, an_analyst, an_operator
from tests.factories.queue import claimed, items, many_cases, next_claim, the_queue
from tests.factories.world import World
from tests.hotline.test_queue import demanding

Change = Callable[..., None]


def term(**more: object) -> None:
    at = more["at"]
    assert isinstance(at, datetime)
    override_term(due_at=at + timedelta(hours=3), **more)  # type: ignore[arg-type]


def urgent(**more: object) -> None:
    override_urgency(urgency=1, **more)  # type: ignore[arg-type]


every_change = pytest.mark.parametrize("change", [term, urgent, take_claim_back])


def seen(by: Actor | None = None, limit: int = 50) -> list[Row]:
    with acting(by or a_manager()):
        return overrides(limit=limit)


def test_a_term_is_changed_with_its_reason_and_lateness_counts_from_it(world: World) -> None:
    item = a_case(world, in_state="waiting")
    case = case_of(item)
    due = world.now + timedelta(hours=1)
    override_term(case_id=case["id"], due_at=due, reason=" a hearing ", by=a_manager(), at=world.now)
    assert read("SELECT due_at, due_rule FROM analysis_case") == [{"due_at": due, "due_rule": BY_PERSON}]
    clock = system_actor("hotline", "clock")
    assert escalate_late_cases(by=clock, at=due - timedelta(seconds=1)) == 0
    assert escalate_late_cases(by=clock, at=due) == 1
    [row] = seen()
    assert {key: row[key] for key in ("item", "site", "actor", "case", "what", "before", "after", "reason")} == {
        "item": item, "site": "be.test", "actor": "manager-1", "case": str(case["id"]), "what": "term",
        "before": stamp(case["due_at"]), "after": stamp(due), "reason": "a hearing",
    }  # fmt: skip


def test_an_urgency_is_changed_and_the_queue_follows(world: World) -> None:
    first = a_case(world, in_state="waiting")
    world.wait(hours=1)
    second = a_case(world, in_state="waiting", text="http://be.test/b")
    urgent(case_id=case_of(second)["id"], reason="a call", by=a_manager(), at=world.now)
    assert items(the_queue(world)) == [second, first]
    [row] = seen()
    assert (row["what"], row["before"], row["after"]) == ("urgency", "4", "1")


def test_a_claim_is_taken_back_and_the_case_is_anybodys(world: World) -> None:
    item = a_case(world, in_state="waiting")
    held = claimed(world, item)
    take_claim_back(case_id=held.case, reason="gone home", by=a_manager(), at=world.now)
    assert [(row["before"], row["after"]) for row in seen()] == [("analyst-1", "")]
    assert next_claim(world, an_analyst(2)) == item


def test_a_claim_that_ran_out_or_never_was_is_nothing_to_take_back(world: World) -> None:
    item = a_case(world, in_state="waiting")
    case = case_of(item)["id"]
    with pytest.raises(ForbiddenStep, match="Nobody is at this case"):
        take_claim_back(case_id=case, reason="x", by=a_manager(), at=world.now)
    claimed(world, item)
    world.wait(minutes=10)
    with pytest.raises(ForbiddenStep, match="Nobody is at this case"):
        take_claim_back(case_id=case, reason="x", by=a_manager(), at=world.now)


@every_change
@pytest.mark.parametrize("someone", [an_analyst, a_senior, an_operator])
def test_only_a_manager_overrides(world: World, change: Change, someone: Callable[[], Actor]) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item, an_analyst(5))
    was = read("SELECT * FROM analysis_case")
    with pytest.raises(NotAllowed):
        change(case_id=case_of(item)["id"], reason="x", by=someone(), at=world.now)
    assert read("SELECT * FROM analysis_case") == was


@every_change
@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_every_override_needs_a_reason(world: World, change: Change, reason: str) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item)
    with pytest.raises(BadInput, match="Give a reason"):
        change(case_id=case_of(item)["id"], reason=reason, by=a_manager(), at=world.now)
    assert events("case_overridden") == []


@every_change
def test_nothing_is_overridden_once_settled_nor_where_it_may_not_be_seen(world: World, change: Change) -> None:
    settled, sealed = a_case(world, in_state="settled"), a_case(world, in_state="waiting", text="http://be.test/b")
    demanding(sealed, "sealed")
    refusals: list[tuple[object, type[MaillonError]]] = [
        (case_of(settled)["id"], ForbiddenStep), (case_of(sealed)["id"], NotFound), (uuid7(world.now), NotFound)
    ]  # fmt: skip
    for case, refusal in refusals:
        with pytest.raises(refusal):
            change(case_id=case, reason="x", by=a_manager(), at=world.now)


def test_a_term_lies_ahead_and_an_urgency_is_one_of_five(world: World) -> None:
    case = case_of(a_case(world, in_state="waiting"))["id"]
    with pytest.raises(BadInput, match="still to come"):
        override_term(case_id=case, due_at=world.now, reason="x", by=a_manager(), at=world.now)
    for urgency in (0, 6):
        with pytest.raises(BadInput, match="from 1"):
            override_urgency(case_id=case, urgency=urgency, reason="x", by=a_manager(), at=world.now)


def test_the_latest_overrides_come_first_and_those_of_what_is_hidden_not_at_all(world: World) -> None:
    cases = [case_of(a_case(world, in_state="waiting", text=f"http://be.test/{n}")) for n in range(3)]
    for n, case in enumerate([cases[0], cases[1], cases[2], cases[0]]):
        world.wait(minutes=1)
        urgent(case_id=case["id"], reason=f"reason {n}", by=a_manager(), at=world.now)
    assert [row["reason"] for row in seen()] == ["reason 3", "reason 2", "reason 1", "reason 0"]
    assert [row["reason"] for row in seen(limit=2)] == ["reason 3", "reason 2"]
    demanding(cases[2]["item_id"], "sealed")
    assert [row["reason"] for row in seen()] == ["reason 3", "reason 1", "reason 0"]


# The load


def test_the_load_counts_open_cases_by_urgency_and_state(world: World) -> None:
    many_cases(world, 3)
    for n, state in enumerate((Case.SECOND_OPINION, Case.DISPUTED, Case.SETTLED)):
        a_case(world, in_state=state, text=f"http://nl.test/{n}")
    next_claim(world)
    with acting(a_manager()):
        found = load(at=world.now)
        assert {(row["state"], row["cases"], row["late"]) for row in found} == {
            ("waiting", 3, 0), ("second_opinion", 1, 0), ("disputed", 1, 0),
        }  # fmt: skip
        assert sum(row["claimed"] for row in found) == 1
        assert sum(row["late"] for row in load(at=world.now + timedelta(days=30))) == 5
        assert [(row["person"], row["cases"]) for row in people(at=world.now)] == [("analyst-1", 1)]
        assert people(at=world.now + timedelta(minutes=10)) == []


def test_what_is_late_says_since_when_it_waits_and_for_whom(world: World) -> None:
    made = {s: a_case(world, in_state=s, text=f"http://be.test/{s}") for s in ("waiting", "second_opinion", "disputed")}
    held = a_case(world, in_state="waiting", text="http://be.test/held")
    world.clock.at += timedelta(days=7)
    claimed(world, held)
    with acting(a_manager()):
        found = late_cases(at=world.now)
    assert {row["item"]: row["why"] for row in found} == {
        made["waiting"]: "waiting", made["second_opinion"]: "second_opinion", made["disputed"]: "disputed",
        held: "claimed",
    }  # fmt: skip
    assert [row["due_at"] for row in found] == sorted(row["due_at"] for row in found)
    by_item = {row["item"]: row for row in found}
    last = read("SELECT max(recorded_at) AS at FROM analysis_assessment WHERE item_id = %s", [made["disputed"]])
    assert by_item[made["disputed"]]["waiting_since"] == last[0]["at"]
    assert by_item[made["waiting"]]["waiting_since"] == by_item[made["waiting"]]["opened_at"]
    assert (by_item[held]["claimed_by"], by_item[made["waiting"]]["claimed_by"]) == ("analyst-1", "")


def test_what_is_late_and_hidden_is_counted_and_not_shown(world: World) -> None:
    item = a_case(world, in_state="waiting")
    demanding(item, "sealed")
    world.clock.at += timedelta(days=7)
    with acting(a_manager()):
        assert (late_cases(at=world.now), late_hidden(at=world.now)) == ([], 1)


def test_the_decisions_of_the_day_are_those_since_midnight_in_brussels(world: World) -> None:
    day = datetime(2026, 3, 3, 23, 30, tzinfo=world.now.tzinfo)  # half past midnight of the fourth
    before, illegal, not_illegal, undone = (
        a_case(world, in_state="waiting", text=f"http://be.test/{n}") for n in range(4)
    )
    assessed(world, before, says("A"))
    world.clock.at = day
    assessed(world, illegal, says("A"))
    assessed(world, not_illegal, says("N"))
    assessed(world, undone, says("N"))
    undo_opinion(item_id=undone, by=an_analyst(), at=world.now)
    with acting(a_manager()):
        assert decisions_today(at=world.now) == {"opinions": 2, "illegal": 1, "not_illegal": 1, "taken_back": 1}


def test_an_overridden_case_is_claimed_in_its_new_place(world: World) -> None:
    many_cases(world, 3)
    last = items(the_queue(world))[-1]
    urgent(case_id=case_of(last)["id"], reason="x", by=a_manager(), at=world.now)
    taken = claim_next(wanted=Wanted(), by=an_analyst(), at=world.now)
    assert taken is not None
    assert taken.item == last
