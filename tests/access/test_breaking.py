"""Breaking the glass: a clearance for minutes, for a reason, seen by oversight and given back by itself."""

from datetime import timedelta
from uuid import UUID

import pytest

from maillon.access.breaking import break_glass, mend_glass, running_glass
from maillon.access.overseen import answer_break_glass, asked, glasses, waiting
from maillon.access.oversight import review_break_glass
from maillon.access.queries import find_actor
from maillon.kernel.clock import FixedClock
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor, acting
from tests.factories.chain import events
from tests.factories.overseen import an_overseer
from tests.factories.people import a_manager, a_person, a_senior, an_analyst
from tests.factories.world import NOW, World

MINUTES = timedelta(minutes=30)


def broken(who: Actor | None = None, label: str = "restricted", reason: str = "a colleague is ill") -> UUID:
    return break_glass(label=label, reason=reason, by=who or a_senior(), at=NOW)


def held(after: timedelta, who: str = "senior-1") -> frozenset[str]:
    """The clearances of somebody so long after the glass was broken."""
    return find_actor(house="hotline", name=who, clock=FixedClock(NOW + after)).clearances


def test_the_clearance_is_held_from_that_moment_until_its_minutes_are_over(world: World) -> None:
    broken()
    second = timedelta(seconds=1)
    assert [held(t) for t in (-second, timedelta(0), MINUTES - second, MINUTES)] == [
        frozenset(), {"restricted"}, {"restricted"}, frozenset(),
    ]  # fmt: skip
    assert held(second, a_manager().name) == frozenset()


def test_it_can_be_given_back_before_its_time_by_who_took_it_and_nobody_else(world: World) -> None:
    glass = broken()
    with pytest.raises(NotFound):
        mend_glass(glass=glass, by=a_manager(), at=NOW)
    mend_glass(glass=glass, by=a_senior(), at=NOW + MINUTES / 2)
    assert held(MINUTES / 2) == frozenset()
    with pytest.raises(NotFound):
        mend_glass(glass=glass, by=a_senior(), at=NOW + MINUTES / 2)
    assert [e["body"]["glass"] for e in events("glass_mended")] == [str(glass)]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_it_takes_a_reason(world: World, reason: str) -> None:
    with pytest.raises(BadInput, match="why you must see it"):
        broken(reason=reason)
    assert events("glass_broken") == []


def test_it_takes_the_permission_a_known_label_and_that_one_does_not_hold_it(world: World) -> None:
    with pytest.raises(NotAllowed):
        broken(an_analyst())
    with pytest.raises(BadInput, match="no clearance"):
        broken(label="everything")
    broken()
    with pytest.raises(BadInput, match="already"):
        broken(find_actor(house="hotline", name="senior-1", clock=FixedClock(NOW)))
    with pytest.raises(BadInput, match="already"):
        broken(a_senior())  # who was looked up before


def test_every_break_reaches_oversight_at_once_and_is_reviewed_in_words(world: World) -> None:
    glass, overseer = broken(), an_overseer()
    with acting(overseer):
        assert waiting()["glasses"] == 1
        [seen] = glasses(reviewed=False)
    assert (seen["person"], seen["label"], seen["reason"]) == ("senior-1", "restricted", "a colleague is ill")
    with pytest.raises(BadInput, match="in words"):
        review_break_glass(glass=glass, finding="in_order", words=" ", by=overseer, at=NOW)
    review_break_glass(glass=glass, finding="in_order", words="The item was urgent.", by=overseer, at=NOW)
    with acting(overseer):
        assert waiting()["glasses"] == 0
        assert [row["words"] for row in glasses(reviewed=True)] == ["The item was urgent."]


def test_a_question_reaches_who_manages_the_house_and_its_answer_oversight(world: World) -> None:
    glass, overseer, manager = broken(), an_overseer(), a_manager()
    with pytest.raises(NotFound):
        answer_break_glass(glass=glass, text="nobody asked", by=manager, at=NOW)
    review_break_glass(glass=glass, finding="question", words="Why not the deputy?", by=overseer, at=NOW)
    with acting(manager):
        assert waiting()["questions"] == 1
        assert [row["id"] for row in asked()[1]] == [glass]
    with pytest.raises(NotAllowed):
        answer_break_glass(glass=glass, text="so", by=overseer, at=NOW)
    answer_break_glass(glass=glass, text="She was away as well.", by=manager, at=NOW)
    with acting(overseer):
        assert waiting()["questions"] == 0
        assert [row["answer"] for row in glasses(reviewed=True)] == ["She was away as well."]


def test_nobody_reviews_their_own_break_and_only_oversight_reviews(world: World) -> None:
    glass = broken()
    with pytest.raises(NotAllowed):
        review_break_glass(glass=glass, finding="in_order", words="fine", by=a_manager(), at=NOW)
    both = a_person("both-1", "oversight")
    own = Actor(both.house, both.name, both.organisation, frozenset({"oversight", "senior_analyst"}))
    mine = broken(own)
    with pytest.raises(NotAllowed, match="themselves"):
        review_break_glass(glass=mine, finding="in_order", words="fine", by=own, at=NOW)


def test_who_breaks_it_sees_their_own_and_nobody_elses(world: World) -> None:
    broken()
    broken(a_manager())
    with acting(a_senior()):
        assert [row["label"] for row in running_glass(person="senior-1", at=NOW)] == ["restricted"]
        assert running_glass(person="manager-1", at=NOW) == []
