"""Blindness: nobody who may still give an opinion learns the others' first, on any way."""

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maillon.hotline.analysis.blind import SAID, hidden_event, unseen_cases, visible_rounds
from maillon.hotline.analysis.events import KINDS
from maillon.hotline.analysis.services import undo_opinion
from maillon.hotline.analysis.states import Case
from maillon.items.timeline import timeline
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from tests.factories.chain import a_case, a_report, assessed, case_of, received, reported, says
from tests.factories.people import a_manager, a_senior, an_analyst
from tests.factories.world import World

TELLING = {"assessed", "settled", "unsettled", "opinion_withdrawn", "media_confirmed", "decision_accepted"}


def known(item: UUID, by: Actor) -> tuple[set[str], bool]:
    """Whose opinions of the item's rounds `by` is shown, and whether any are kept back."""
    with acting(by):
        rounds = visible_rounds(item_id=item, by=by)
    return {o["person"] for round in rounds for o in round["opinions"]}, any(round["hidden"] for round in rounds)


def told(item: UUID, by: Actor) -> list[str]:
    """The kinds of events about opinions that `by` is shown, oldest first."""
    with acting(by):
        unseen = unseen_cases(item_ids=[item], by=by)
        found = [event["kind"] for event in timeline(item_id=item) if not hidden_event(event, unseen=unseen)]
    return [kind for kind in reversed(found) if kind in TELLING]


def test_the_second_person_sees_nothing_of_the_first_opinion_until_they_gave_theirs(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assert known(item, an_analyst(1)) == ({"analyst-1"}, False)
    assert (known(item, an_analyst(2)), told(item, an_analyst(2))) == ((set(), True), [])
    assessed(world, item, says("N"), an_analyst(2))
    assert known(item, an_analyst(2)) == ({"analyst-1", "analyst-2"}, False)
    assert told(item, an_analyst(2)) == ["assessed", "assessed"]


def test_a_senior_who_is_the_second_person_is_as_blind_as_any(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assert known(item, a_senior()) == (set(), True)


def test_a_senior_sees_both_sides_of_a_dispute_and_another_analyst_neither(world: World) -> None:
    item = a_case(world, in_state="disputed")
    assert known(item, a_senior()) == ({"analyst-1", "analyst-2"}, False)
    assert told(item, a_senior()) == ["assessed", "assessed"]
    assert (known(item, an_analyst(3)), told(item, an_analyst(3))) == ((set(), True), [])


def test_who_gives_no_opinion_sees_them_all(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assert known(item, a_manager()) == ({"analyst-1"}, False)


def test_what_is_settled_is_no_secret(world: World) -> None:
    item = a_case(world, in_state="settled")
    assert known(item, an_analyst(3)) == ({"analyst-1"}, False)
    assert told(item, an_analyst(3)) == ["assessed", "settled"]


def test_a_new_round_hides_its_own_opinions_and_not_those_of_the_earlier(world: World) -> None:
    item = a_case(world, in_state="settled")
    received([a_report("http://be.test/a", received_at=world.now)], at=world.now)
    world.hand_over()
    assessed(world, item, says("B", severity=1), an_analyst(2))
    assert known(item, an_analyst(1)) == ({"analyst-1"}, True)
    assert told(item, an_analyst(1)) == ["assessed", "settled"]


def test_a_round_in_doubt_says_nothing_of_what_it_was_settled_as(world: World) -> None:
    item = a_case(world, in_state="settled")
    assessed(world, item, says("B", severity=1))
    with acting(an_analyst(2)):
        [round] = visible_rounds(item_id=item, by=an_analyst(2))
    assert {key: round[key] for key in SAID} == SAID
    assert told(item, an_analyst(2)) == []


def test_an_opinion_taken_back_opens_no_view(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assessed(world, item, says("B", severity=1), an_analyst(2))
    undo_opinion(item_id=item, by=an_analyst(2), at=world.now)
    assert (known(item, an_analyst(2)), told(item, an_analyst(2))) == ((set(), True), [])


def test_an_event_whose_body_was_erased_is_hidden_while_anything_is(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    with acting(an_analyst(2)):
        unseen = unseen_cases(item_ids=[item], by=an_analyst(2))
    erased = {"kind": "assessed", "body": None}
    assert hidden_event(erased, unseen=unseen)
    assert not hidden_event(erased, unseen=frozenset())
    assert not hidden_event({"kind": "reported", "body": None}, unseen=unseen)


def test_many_items_are_asked_about_at_once(world: World) -> None:
    hidden = a_case(world, in_state="second_opinion")
    shown = a_case(world, in_state="settled", text="http://be.test/b")
    with acting(an_analyst(2)):
        assert unseen_cases(item_ids=[hidden, shown], by=an_analyst(2)) == {case_of(hidden)["id"]}


@given(
    past=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from([says("A"), says("B", severity=1), says("N")])), max_size=5
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_said_no_opinion_reaches_whoever_may_still_give_one(
    world: World, past: list[tuple[int, object]]
) -> None:
    people = [an_analyst(1), an_analyst(2), an_analyst(3), a_senior()]
    item = reported(world, f"http://be.test/{uuid7(world.now)}")
    world.hand_over()
    said: set[str] = set()
    for number, stated in past:
        assessed(world, item, stated, people[number - 1])  # type: ignore[arg-type]
        said.add(people[number - 1].name)
    state = case_of(item)["state"]
    for person in people:
        sees = person.name in said or state == Case.SETTLED or (state == Case.DISPUTED and person.name == "senior-1")
        assert known(item, person) == ((said, False) if sees else (set(), True))
        assert bool(told(item, person)) == (sees and bool(said))


def test_every_kind_of_event_that_says_what_somebody_thinks_is_hidden() -> None:
    assert {kind.name for kind in KINDS if {"code", "outcome", "assessment"} & set(kind.fields)} < TELLING
