"""Saved filters: one's own to change, everybody's to use once shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.hotline.analysis.filters import (
    OPEN_STATES,
    Wanted,
    as_criteria,
    filters,
    from_criteria,
    remove_filter,
    save_filter,
    share_filter,
)
from maillon.kernel.errors import BadInput, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row
from tests.factories.chain import events
from tests.factories.people import an_analyst
from tests.factories.world import World

words = st.text(max_size=20)
wanteds = st.builds(
    Wanted,
    states=st.lists(st.sampled_from(OPEN_STATES), unique=True).map(tuple),
    country=words, site=words, channel=words, language=words, urgency=st.integers(0, 5), late=st.booleans(),
)  # fmt: skip


def seen(by: Actor) -> list[Row]:
    with acting(by):
        return filters(person=by.name)


@given(wanted=wanteds)
def test_what_is_wanted_comes_back_from_its_criteria_which_name_only_what_is_asked(wanted: Wanted) -> None:
    criteria = as_criteria(wanted)
    assert from_criteria(criteria) == wanted
    assert all(criteria.values())


@pytest.mark.parametrize(
    "criteria",
    [{"colour": "red"}, {"states": ["settled"]}, {"states": "waiting"}, {"urgency": 6}, {"urgency": True},
     {"late": "no"}, {"site": 3}, {"country": "x" * 201}],
)  # fmt: skip
def test_criteria_that_cannot_be_are_refused(criteria: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        from_criteria(criteria)


def test_a_filter_is_saved_under_a_name_and_replaced_under_the_same(world: World) -> None:
    first = save_filter(name=" abroad ", wanted=Wanted(country="NL"), by=an_analyst(), at=world.now)
    again = save_filter(name="abroad", wanted=Wanted(country="FR"), by=an_analyst(), at=world.now)
    assert first == again
    [row] = seen(an_analyst())
    assert (row["name"], row["shared"], from_criteria(row["criteria"])) == ("abroad", False, Wanted(country="FR"))
    assert [event["body"]["criteria"] for event in events("filter_saved")] == [{"country": "NL"}, {"country": "FR"}]


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_filter_needs_a_name(world: World, name: str) -> None:
    with pytest.raises(BadInput, match="Give the filter a name"):
        save_filter(name=name, wanted=Wanted(), by=an_analyst(), at=world.now)


def test_a_shared_filter_is_everybodys_to_use_and_its_owners_to_change(world: World) -> None:
    mine = save_filter(name="late", wanted=Wanted(late=True), by=an_analyst(1), at=world.now)
    assert seen(an_analyst(2)) == []
    share_filter(id=mine, shared=True, by=an_analyst(1), at=world.now)
    assert [(row["id"], row["owner"]) for row in seen(an_analyst(2))] == [(mine, "analyst-1")]
    for change in (
        lambda: share_filter(id=mine, shared=False, by=an_analyst(2), at=world.now),
        lambda: remove_filter(id=mine, by=an_analyst(2), at=world.now),
    ):
        with pytest.raises(NotFound, match="no such filter of yours"):
            change()
    share_filter(id=mine, shared=False, by=an_analyst(1), at=world.now)
    assert seen(an_analyst(2)) == []


def test_a_removed_filter_is_gone_and_leaves_a_trace(world: World) -> None:
    mine = save_filter(name="late", wanted=Wanted(late=True), shared=True, by=an_analyst(), at=world.now)
    remove_filter(id=mine, by=an_analyst(), at=world.now)
    assert seen(an_analyst()) == seen(an_analyst(2)) == []
    assert [event["body"]["name"] for event in events("filter_removed")] == ["late"]
