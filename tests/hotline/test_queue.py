"""The queue: what stands in it, in which order, for whom, and that what it costs does not depend on what there is."""

from uuid import UUID

import pytest
from django.db import connections

from maillon.hotline.analysis import queue as module
from maillon.hotline.analysis.claiming import NEXT, claim_minutes
from maillon.hotline.analysis.filters import OPEN_STATES, Wanted
from maillon.hotline.analysis.queue import FIRST, QUEUE, asked, place_of, queue, tallies
from maillon.hotline.analysis.states import Case
from maillon.outbox.acting import acting
from maillon.outbox.sql import rows
from tests.factories.chain import a_case, a_report, assessed, case_of, received, reported, says
from tests.factories.people import a_senior, an_analyst
from tests.factories.queue import claimed, items, many_cases, the_queue
from tests.factories.world import World


def with_urgency(item: object, urgency: int) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE analysis_case SET urgency = %s WHERE item_id = %s", [urgency, item])


def demanding(item: object, label: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE items_item SET demands = ARRAY[%s] WHERE id = %s", [label, item])


def test_the_most_urgent_comes_first_and_of_those_the_oldest(world: World) -> None:
    made = []
    for n in range(4):
        made.append(reported(world, f"http://be.test/{n}"))
        world.hand_over()
        world.wait(minutes=1)
    with_urgency(made[3], 1)
    with_urgency(made[2], 2)
    assert items(the_queue(world)) == [made[3], made[2], made[0], made[1]]


def test_a_page_begins_behind_the_place_where_the_last_one_ended(world: World) -> None:
    many_cases(world, 25)
    seen, after = [], FIRST
    with acting(an_analyst()):
        while page := queue(wanted=Wanted(), person="analyst-1", at=world.now, after=after, limit=7):
            assert len(page) <= 7
            seen += items(page)
            after = place_of(page[-1])
    assert len(seen) == len(set(seen)) == 25


@pytest.mark.parametrize("state", Case)
def test_every_case_is_in_the_queue_until_it_is_settled(world: World, state: Case) -> None:
    item = a_case(world, in_state=state)
    found = the_queue(world, by=an_analyst(3))
    assert [(row["item"], row["state"]) for row in found] == ([] if state == Case.SETTLED else [(item, state)])


def test_a_row_says_what_is_known_and_nothing_of_what_others_think(world: World) -> None:
    item = a_case(world, in_state="second_opinion", text="http://nl.test/a")
    received([a_report("http://nl.test/a", received_at=world.now)], at=world.now)
    until = claimed(world, item, an_analyst(2)).until
    [row] = the_queue(world)
    case = case_of(item)
    assert row == {
        "case": case["id"], "item": item, "site": "nl.test", "kind": "url", "country": "NL", "state": "second_opinion",
        "urgency": row["urgency"], "opened_at": case["opened_at"], "due_at": case["due_at"], "claimed_by": "analyst-2",
        "claimed_until": until, "reports": 2, "language": "fr", "mine_said": True,
    }  # fmt: skip
    assert the_queue(world, by=an_analyst(2))[0]["mine_said"] is False


def test_a_claim_that_has_run_out_is_shown_no_more(world: World) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item)
    world.clock.at += claim_minutes(world.now)
    [row] = the_queue(world)
    assert (row["claimed_by"], row["claimed_until"]) == ("", None)


def test_what_demands_a_clearance_is_neither_shown_nor_counted_to_whoever_lacks_it(world: World) -> None:
    shown, hidden = a_case(world, in_state="waiting"), a_case(world, in_state="waiting", text="http://be.test/b")
    demanding(hidden, "sealed")
    assert items(the_queue(world)) == [shown]
    with acting(an_analyst()):
        assert tallies(at=world.now)["waiting"] == 1


def test_each_part_of_a_filter_leaves_the_others_out(world: World) -> None:
    here, there = a_case(world, in_state="waiting"), a_case(world, in_state="second_opinion", text="http://nl.test/b")
    with_urgency(there, 2)
    assert items(the_queue(world, Wanted(country="NL"))) == [there]
    assert items(the_queue(world, Wanted(site="be.test"))) == [here]
    assert items(the_queue(world, Wanted(states=("waiting",)))) == [here]
    assert items(the_queue(world, Wanted(urgency=2))) == [there]
    assert items(the_queue(world, Wanted(channel="web", language="fr"))) == [there, here]
    assert items(the_queue(world, Wanted(channel="mail"))) == items(the_queue(world, Wanted(language="nl"))) == []
    assert items(the_queue(world, Wanted(country="NL", states=("waiting",)))) == []
    assert items(the_queue(world, Wanted(late=True))) == []
    world.clock.at = case_of(here)["due_at"]
    assert set(items(the_queue(world, Wanted(late=True)))) >= {here}


def test_tallies_are_of_open_cases_alone_and_stop_counting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for n, state in enumerate(Case):
        a_case(world, in_state=state, text=f"http://be.test/{n}")
    item = a_case(world, in_state="waiting", text="http://be.test/urgent")
    with_urgency(item, 1)
    claimed(world, item)
    with acting(an_analyst()):
        assert tallies(at=world.now) == {
            "waiting": 2, "second_opinion": 1, "disputed": 1, "urgent": 1, "late": 0, "claimed": 1,
        }  # fmt: skip
        assert tallies(at=case_of(item)["due_at"])["late"] >= 2
        monkeypatch.setattr(module, "COUNTED", 1)
        assert tallies(at=world.now)["waiting"] == 1


def test_the_queue_and_the_next_claim_walk_the_partial_index_and_read_no_more_than_they_show(world: World) -> None:
    for n in range(4):
        many_cases(world, 500, f"site-{n}.be.test")
    for row in the_queue(world, limit=10):
        assessed(world, row["item"], says("N"))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    _, params = asked(Wanted())
    who, limit = a_senior(), 20
    params |= {"person": who.name, "at": world.now, "until": world.now, "offered": list(OPEN_STATES), "limit": limit}
    params |= {"urgency": FIRST.urgency, "opened_at": FIRST.opened_at, "case": FIRST.case}
    statements = QUEUE.format(conditions=""), NEXT.format(conditions="")
    with acting(who):
        for statement, most in zip(statements, (limit, 1), strict=True):
            [plan] = rows("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, params)[0]["QUERY PLAN"]
            scans = {scan["Index Name"]: scan for scan in nodes(plan["Plan"]) if "Index Name" in scan}
            assert scans["case_queue"]["Actual Rows"] <= most + 1
            assert [scan["Relation Name"] for scan in nodes(plan["Plan"]) if scan["Node Type"] == "Seq Scan"
                    and scan["Relation Name"] not in ("items_site", "analysis_assessment")] == []  # fmt: skip


def nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    return [plan, *(found for part in below for found in nodes(part))]


def test_a_place_that_no_case_has_is_behind_all_that_come_before(world: World) -> None:
    a_case(world, in_state="waiting")
    with acting(an_analyst()):
        beyond = FIRST._replace(urgency=5, opened_at=world.now, case=UUID(int=2**128 - 1))
        assert queue(wanted=Wanted(), person="analyst-1", at=world.now, after=beyond) == []
