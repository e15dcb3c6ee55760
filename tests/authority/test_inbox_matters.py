"""Matters: what speaks of the same thing is one; one person works on it, in the unit that has it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection, connections

from maillon.access.events import ACCOUNT_LEFT
from maillon.access.leaving import leave
from maillon.authority.inbox.closed import closed_matters
from maillon.authority.inbox.listing import Place, matters, tallies
from maillon.authority.inbox.queries import matters_like, units
from maillon.authority.inbox.services import (
    MatterHeld,
    acknowledge,
    acknowledge_matter,
    close_matter,
    give_back_matter,
    pass_matter,
    take_matter,
    take_next_matter,
)
from maillon.items.services import lock_item
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from tests.factories.chain import events, read
from tests.factories.inbox import a_coordinator, a_local_officer, a_matter, arrived, matter_with, row_of, state_of
from tests.factories.people import a_police_officer, an_operator
from tests.factories.world import World
from tests.hotline.test_queue import demanding


def shown(world: World, by: Actor, wanted: str = "open") -> list[UUID]:
    with acting(by):
        return [row["id"] for row in matters(wanted=wanted, by=by, at=world.now, limit=50)]


def test_what_speaks_of_one_item_is_one_matter_as_grave_as_the_gravest_of_it(world: World) -> None:
    first = arrived(world, severity=2)
    world.wait(hours=1)
    second = arrived(world, severity=4, flags=["belgian_victim"])
    found = matter_with(first)
    assert found["id"] == matter_with(second)["id"]
    assert (found["severity"], found["flags"], found["due_at"]) == (4, ["belgian_victim"], row_of(first)["due_at"])
    acknowledge(id=first, by=a_police_officer(), at=world.now)
    assert matter_with(first)["due_at"] == row_of(second)["due_at"]


def test_what_was_called_back_weighs_no_more_once_the_call_back_is_acknowledged(world: World) -> None:
    grave, mild = arrived(world, severity=5, flags=["imminent_danger"]), arrived(world, severity=2)
    callback = arrived(world, severity=5, flags=["imminent_danger"], recalls=grave)
    assert row_of(grave)["state"] == "recalled"
    assert matter_with(mild)["flags"] == ["imminent_danger"]  # until somebody knows that there is none
    acknowledge(id=callback, by=a_police_officer(), at=world.now)
    assert (matter_with(mild)["severity"], matter_with(mild)["flags"]) == (2, [])


def test_danger_then_severity_then_the_nearest_term_stand_on_top_and_pages_begin_after_the_last(world: World) -> None:
    wanted = [
        a_matter(world, "http://be.test/danger", severity=1, flags=["imminent_danger"]),
        a_matter(world, "http://be.test/grave", severity=5),
    ]
    later = a_matter(world, "http://be.test/later", severity=3)
    world.clock.at -= world.now - world.now.replace(hour=9)
    sooner = a_matter(world, "http://be.test/sooner", severity=3)
    wanted += [sooner, later]
    assert shown(world, a_police_officer()) == wanted
    with acting(a_police_officer()):
        pages: list[UUID] = []
        after = None
        while True:
            more = {"after": after} if after else {}
            found = matters(wanted="open", by=a_police_officer(), at=world.now, limit=1, **more)
            if not found:
                break
            pages += [row["id"] for row in found]
            after = Place(*(found[-1][key] for key in ("calm", "mild", "term", "id")))
    assert pages == wanted


def test_of_several_who_try_to_take_one_matter_one_does(world: World) -> None:
    id, people, gate = a_matter(world), [a_police_officer(n) for n in range(1, 7)], Barrier(6)

    def attempt(who: Actor) -> str:
        try:
            gate.wait(timeout=30)
            take_matter(id=id, by=who, at=world.now)
            return "taken"
        except MatterHeld:
            return "held"
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        outcome = Counter(threads.map(attempt, people))
    assert outcome == {"taken": 1, "held": 5}
    [event] = events("matter_taken", "authority")
    assert state_of(id) == ("taken", event["actor"], None)


def test_of_many_who_take_the_next_one_each_gets_another_the_most_urgent_first(world: World) -> None:
    ids = [a_matter(world, f"http://be.test/{n}", severity=5 - n) for n in range(4)]
    people, gate = [a_police_officer(n) for n in range(1, 6)], Barrier(5)

    def attempt(who: Actor) -> UUID | None:
        try:
            gate.wait(timeout=30)
            return take_next_matter(by=who, at=world.now)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        found = list(threads.map(attempt, people))
    assert Counter(id for id in found if id) == Counter(ids)
    assert found.count(None) == 1


def test_what_somebody_works_on_just_now_is_passed_over_and_nobody_waits(world: World) -> None:
    first, second = a_matter(world, severity=5), a_matter(world, "http://be.test/b", severity=2)
    [item] = read("SELECT item_id FROM inbox_matter WHERE id = %s", [first], "authority")

    def attempt() -> UUID | None:
        try:
            return take_next_matter(by=a_police_officer(1), at=world.now)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, acting(a_police_officer(2)):
        lock_item(item_id=item["item_id"])
        assert other.submit(attempt).result(timeout=30) == second
    assert take_next_matter(by=a_police_officer(2), at=world.now) == first


def test_a_matter_is_taken_once_given_back_by_its_holder_and_taken_over_by_a_coordinator(world: World) -> None:
    id = a_matter(world)
    for _twice in range(2):
        take_matter(id=id, by=a_police_officer(), at=world.now)
    with pytest.raises(MatterHeld, match="officer-1 works on this matter"):
        take_matter(id=id, by=a_police_officer(2), at=world.now)
    with pytest.raises(NotAllowed):
        take_matter(id=id, over=True, by=a_police_officer(2), at=world.now)
    with pytest.raises(MatterHeld):
        give_back_matter(id=id, by=a_police_officer(2), at=world.now)
    with pytest.raises(MatterHeld):
        close_matter(id=id, why="done", by=a_police_officer(2), at=world.now)
    take_matter(id=id, over=True, by=a_coordinator(), at=world.now)
    for _twice in range(2):
        give_back_matter(id=id, by=a_coordinator(), at=world.now)
    assert state_of(id) == ("waiting", "", None)
    assert [e["body"]["before"] for e in events("matter_taken", "authority")] == ["", "officer-1"]
    assert len(events("matter_given_back", "authority")) == 1


def test_a_unit_sees_what_was_passed_to_it_and_nothing_else_and_one_of_it_takes_it(world: World) -> None:
    passed, other = a_matter(world), a_matter(world, "http://nl.test/b")
    local = a_local_officer()
    assert shown(world, local) == []
    for _twice in range(2):
        pass_matter(id=passed, unit=local.organisation, by=a_coordinator(), at=world.now)
    assert len(events("matter_passed", "authority")) == 1
    assert shown(world, local) == shown(world, local, "unit") == [passed]
    with pytest.raises(NotFound):
        take_matter(id=other, by=local, at=world.now)
    take_matter(id=passed, by=local, at=world.now)
    assert state_of(passed) == ("taken", "local-1", local.organisation)
    assert acknowledge_matter(id=passed, by=local, at=world.now) == 1
    give_back_matter(id=passed, by=local, at=world.now)
    assert state_of(passed) == ("passed", "", local.organisation)
    assert shown(world, a_police_officer(), "free") == [other]


def test_what_another_unit_has_is_taken_by_whoever_may_pass_it_on(world: World) -> None:
    id, local = a_matter(world), a_local_officer()
    pass_matter(id=id, unit=local.organisation, by=a_coordinator(), at=world.now)
    with pytest.raises(NotAllowed):
        take_matter(id=id, by=a_police_officer(), at=world.now)
    assert take_next_matter(by=a_police_officer(), at=world.now) is None
    take_matter(id=id, by=a_coordinator(), at=world.now)
    assert state_of(id) == ("taken", "coordinator-1", "federal-police")
    assert shown(world, local) == []


def test_a_matter_passes_only_to_an_organisation_that_takes_matters(world: World) -> None:
    id = a_matter(world)
    with acting(a_coordinator()):
        assert "federal-police" in {row["id"] for row in units()}
        assert "child-focus" not in {row["id"] for row in units()}
    for nobody in ("", "nowhere", "maillon"):
        with pytest.raises(BadInput, match="takes no matters here"):
            pass_matter(id=id, unit=nobody, by=a_coordinator(), at=world.now)
    with pytest.raises(NotAllowed):
        pass_matter(id=id, unit="federal-police", by=a_police_officer(), at=world.now)


def test_a_matter_is_closed_once_all_is_answered_and_opens_again_for_whoever_had_it(world: World) -> None:
    id = a_matter(world)
    with pytest.raises(ForbiddenStep, match="not answered yet"):
        close_matter(id=id, why="nothing more to do", by=a_police_officer(), at=world.now)
    assert acknowledge_matter(id=id, by=a_police_officer(), at=world.now) == 1
    with pytest.raises(BadInput, match="Say why"):
        close_matter(id=id, why=" ", by=a_police_officer(), at=world.now)
    pass_matter(id=id, unit="federal-police", by=a_coordinator(), at=world.now)
    for _twice in range(2):
        close_matter(id=id, why="nothing more to do", by=a_police_officer(), at=world.now)
    assert len(events("matter_closed", "authority")) == 1
    with acting(a_police_officer()):
        assert [row["id"] for row in closed_matters(limit=9)] == [id]
        assert tallies(by=a_police_officer(), at=world.now)["open"] == 0
    with pytest.raises(ForbiddenStep):
        take_matter(id=id, by=a_police_officer(), at=world.now)
    arrived(world)
    assert state_of(id) == ("passed", "", "federal-police")
    assert len(events("matter_reopened", "authority")) == 1


def test_other_matters_of_the_site_are_named_those_of_the_same_page_first(world: World) -> None:
    matter = matter_with(arrived(world, "http://be.test/page?a=1"))
    same = a_matter(world, "http://be.test/page?a=2")
    site = a_matter(world, "http://be.test/else")
    a_matter(world, "http://nl.test/page?a=1")
    with acting(a_police_officer()):
        found = matters_like(matter=matter, limit=9)
    assert [(row["id"], row["same_page"]) for row in found] == [(same, True), (site, False)]


def test_who_leaves_leaves_their_matters_to_others(world: World) -> None:
    mine, theirs = a_matter(world), a_matter(world, "http://be.test/b")
    take_matter(id=mine, by=a_police_officer(1), at=world.now)
    take_matter(id=theirs, by=a_police_officer(2), at=world.now)
    assert not ACCOUNT_LEFT.final
    leave(person="officer-1", reason="another post", by=an_operator("authority"), at=world.now)
    world.drain()
    assert (state_of(mine)[:2], state_of(theirs)[:2]) == (("waiting", ""), ("taken", "officer-2"))


def test_what_demands_a_clearance_hides_with_its_matter(world: World) -> None:
    arrival = arrived(world)
    found = matter_with(arrival)
    demanding(found["item_id"], "sealed")
    officer = a_police_officer()
    assert shown(world, officer) == []
    with acting(officer):
        assert tallies(by=officer, at=world.now)["open"] == 0
    assert take_next_matter(by=officer, at=world.now) is None
    for missing in (found["id"], uuid7(world.now)):
        with pytest.raises(NotFound, match=f"There is no matter {missing}"):
            take_matter(id=missing, by=officer, at=world.now)
    with pytest.raises(NotFound, match=f"There is no arrival {arrival}"):
        acknowledge(id=arrival, by=officer, at=world.now)


def test_what_arrived_before_there_were_matters_joins_one_for_each_item(world: World) -> None:
    first, second = arrived(world, severity=2), arrived(world, severity=4, flags=["belgian_victim"])
    other = arrived(world, "http://be.test/b")
    acknowledge(id=first, by=a_police_officer(), at=world.now)
    before = {id: matter_with(id) for id in (first, second, other)}
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE inbox_arrival SET matter_id = NULL, escalate_at = NULL; DELETE FROM inbox_matter")
        cursor.execute(import_module("maillon.authority.inbox.migrations.0002_matters").GIVE_MATTERS)
    for id in before:
        found = matter_with(id)
        for column in ("item_id", "state", "severity", "flags", "due_at", "opened_at"):
            assert found[column] == before[id][column], column
        assert row_of(id)["escalate_at"] == row_of(id)["due_at"]
    assert len({matter_with(id)["id"] for id in before}) == 2
