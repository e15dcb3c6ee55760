"""Only an equal SHA-256 that two people confirmed proposes a decision; a person accepts it, or looks for themselves."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from maillon.hotline.analysis.blind import visible_events
from maillon.hotline.analysis.confirming import confirm_media, confirmed
from maillon.hotline.analysis.known import Proposal, accept_known, known_decisions
from maillon.hotline.analysis.services import Stated, undo_opinion
from maillon.items.demands import demand_clearance
from maillon.items.timeline import timeline
from maillon.kernel.errors import ForbiddenStep, NotAllowed
from maillon.looking.policy import Known
from maillon.looking.services import reveal
from maillon.outbox.acting import Actor, acting
from tests.factories.captures import a_capture, captured, squares
from tests.factories.chain import assessed, case_of, events, read, reported, says
from tests.factories.people import a_manager, a_police_officer, a_senior, an_analyst, cleared
from tests.factories.world import World

PICTURE, OTHER = squares(1), squares(2)


def captured_item(world: World, name: str, *images: bytes) -> UUID:
    """An item with one capture of these images."""
    item = reported(world, f"http://be.test/{name}")
    world.drain(grace=True)
    a_capture(world, item, images=images or [PICTURE])
    return item


def media(item: UUID) -> list[UUID]:
    [capture] = read("SELECT id FROM items_capture WHERE item_id = %s", [item])
    return [row["id"] for row in captured(capture["id"])[1]]


def looked(world: World, item: UUID, who: Actor, steps: Sequence[int] = (0, 1)) -> None:
    [capture] = read("SELECT id FROM items_capture WHERE item_id = %s", [item])
    for step in steps:
        world.wait(seconds=1)
        reveal(
            item_id=item, capture_id=capture["id"], media=media(item), step=step, known=Known(), by=who, at=world.now
        )


def confirms(world: World, item: UUID, number: int, stated: Stated | None = None) -> None:
    """An analyst looks, gives an opinion, and marks all media."""
    who = an_analyst(number)
    looked(world, item, who)
    assessed(world, item, stated or says("A"), who)
    confirm_media(item_id=item, media=media(item), by=who, at=world.now)


def known(item: UUID, who: Actor | None = None) -> list[Proposal]:
    with acting(who or an_analyst(9)):
        return known_decisions(item_id=item)


@pytest.fixture
def decided(world: World) -> UUID:
    """An item settled as A, its image confirmed by two analysts."""
    item = captured_item(world, "decided")
    confirms(world, item, 1, says("A", severity=3))
    confirms(world, item, 2, says("A", severity=4))
    world.drain(grace=True)
    return item


def test_equal_content_proposes_what_two_people_decided_and_the_graver_severity(world: World, decided: UUID) -> None:
    again = captured_item(world, "again", OTHER, PICTURE)
    [one] = known(again)
    assert (one.scheme, one.version, one.code, one.severity) == ("demo", "1", "A", 4)
    assert one.media == (media(again)[1],)
    assert one.items == (decided,)


def test_it_is_accepted_without_a_view_as_ones_own_opinion(world: World, decided: UUID) -> None:
    again, who = captured_item(world, "again"), an_analyst(3)
    [one] = known(again)
    assert accept_known(item_id=again, key=one.key, by=who, at=world.now) == "assessed"
    [own] = read("SELECT * FROM analysis_assessment WHERE item_id = %s", [again])
    assert (own["person"], own["code"], own["severity"]) == (who.name, "A", 4)
    assert str(decided) in own["reason"]
    assert one.sha256[0][:16] in own["reason"]
    assert case_of(again)["state"] == "settled"
    assert read("SELECT 1 FROM looking_reveal WHERE item_id = %s", [again]) == []
    assert events("decision_accepted")[0]["body"]["items"] == [str(decided)]
    assert confirmed_by(again, who) == frozenset()


def confirmed_by(item: UUID, who: Actor) -> frozenset[UUID]:
    with acting(who):
        return confirmed(item_id=item, person=who.name)


def test_two_people_may_have_confirmed_it_on_different_items(world: World) -> None:
    for number in (1, 2):
        confirms(world, captured_item(world, f"item-{number}"), number)
    assert [one.code for one in known(captured_item(world, "again"))] == ["A"]


def test_one_person_twice_is_one_person(world: World) -> None:
    confirms(world, captured_item(world, "one"), 1)
    confirms(world, captured_item(world, "two"), 1)
    assert known(captured_item(world, "again")) == []


def test_what_only_looks_alike_proposes_nothing(world: World, decided: UUID) -> None:
    again = captured_item(world, "again", squares(1, 641))
    near = read("UPDATE items_medium SET pdq = %s, pdq_quality = 100 RETURNING item_id", [bytes(32)])
    assert {row["item_id"] for row in near} == {decided, again}
    assert known(again) == []


def test_people_who_disagree_propose_nothing(world: World) -> None:
    confirms(world, captured_item(world, "one"), 1, says("A"))
    confirms(world, captured_item(world, "two"), 2, says("B"))
    assert known(captured_item(world, "again")) == []


def test_a_third_who_says_otherwise_ends_it(world: World, decided: UUID) -> None:
    confirms(world, captured_item(world, "otherwise"), 3, says("B"))
    assert known(captured_item(world, "again")) == []


def test_an_opinion_changed_or_taken_back_ends_it_and_one_that_holds_again_brings_it_back(
    world: World, decided: UUID
) -> None:
    again = captured_item(world, "again")
    assessed(world, decided, says("A", severity=5), an_analyst(2))
    assert known(again) == []
    world.wait(seconds=1)
    undo_opinion(item_id=decided, by=an_analyst(2), at=world.now)
    assert len(known(again)) == 1


def test_an_opinion_taken_back_confirms_nothing(world: World) -> None:
    first, second = captured_item(world, "one"), captured_item(world, "two")
    confirms(world, first, 1)
    confirms(world, second, 2)
    again = captured_item(world, "again")
    assert len(known(again)) == 1
    undo_opinion(item_id=second, by=an_analyst(2), at=world.now + timedelta(seconds=1))
    assert known(again) == []


def test_what_is_settled_otherwise_in_the_end_proposes_nothing(world: World) -> None:
    item = captured_item(world, "disputed")
    confirms(world, item, 1, says("A"))
    confirms(world, item, 2, says("A"))
    again = captured_item(world, "again")
    assert len(known(again)) == 1
    assessed(world, item, says("N"), an_analyst(3))
    assert (case_of(item)["state"], known(again)) == ("disputed", [])
    assessed(world, item, says("N"), a_senior())
    assert (case_of(item)["state"], case_of(item)["code"], known(again)) == ("settled", "N", [])


def test_a_round_that_is_not_settled_tells_nothing(world: World) -> None:
    first, second = captured_item(world, "one"), captured_item(world, "two")
    confirms(world, first, 1, says("A", severity=1))
    confirms(world, second, 2, says("A", severity=1))
    assert {case_of(first)["state"], case_of(second)["state"]} == {"second_opinion"}
    assert known(captured_item(world, "again")) == []


def test_that_it_was_accepted_is_hidden_from_whoever_gives_the_second_opinion(world: World) -> None:
    one = captured_item(world, "one")
    confirms(world, one, 1, says("A", severity=1))
    confirms(world, one, 2, says("A", severity=1))
    again = captured_item(world, "again")
    accept_known(item_id=again, key=known(again)[0].key, by=an_analyst(3), at=world.now)
    assert case_of(again)["state"] == "second_opinion"
    with acting(an_analyst(4)):
        told = {event["kind"] for event in visible_events(timeline(item_id=again), by=an_analyst(4))}
    assert "decision_accepted" not in told
    assert "assessed" not in told


def test_an_item_that_is_hidden_from_somebody_proposes_nothing_to_them(world: World, decided: UUID) -> None:
    again, senior = captured_item(world, "again"), cleared(a_senior(), "sealed")
    demand_clearance(item_id=decided, label="sealed", reason="a test", by=senior, at=world.now)
    assert known(again) == []
    assert len(known(again, senior)) == 1


def test_another_house_learns_nothing(world: World, decided: UUID) -> None:
    again = captured_item(world, "again")
    assert known(again, a_police_officer()) == []


def test_that_content_is_not_illegal_is_proposed_only_where_all_of_it_is_known_so(world: World) -> None:
    one = captured_item(world, "one")
    confirms(world, one, 1, says("N"))
    confirms(world, one, 2, says("N"))
    assert known(captured_item(world, "more", PICTURE, OTHER)) == []
    assert [p.outcome for p in known(captured_item(world, "same"))] == ["not_illegal"]


def test_what_is_proposed_no_more_cannot_be_accepted(world: World, decided: UUID) -> None:
    again = captured_item(world, "again")
    [one] = known(again)
    assessed(world, decided, says("N"), an_analyst(1))
    with pytest.raises(ForbiddenStep, match="proposed no more"):
        accept_known(item_id=again, key=one.key, by=an_analyst(3), at=world.now)


def test_accepting_takes_what_an_opinion_takes(world: World, decided: UUID) -> None:
    again = captured_item(world, "again")
    [one] = known(again)
    with pytest.raises(NotAllowed):
        accept_known(item_id=again, key=one.key, by=a_manager(), at=world.now)
    with pytest.raises(NotAllowed, match="training"):
        accept_known(item_id=again, key=one.key, by=an_analyst(7, trained=False), at=world.now)


def test_only_what_one_looked_at_clearly_bears_ones_own_opinion(world: World) -> None:
    item, who = captured_item(world, "one"), an_analyst(1)
    with pytest.raises(ForbiddenStep, match="opinion on the item first"):
        confirm_media(item_id=item, media=media(item), by=who, at=world.now)
    assessed(world, item, says("A"), who)
    for steps in ((), (0,)):
        looked(world, item, who, steps)
        with pytest.raises(ForbiddenStep, match="look at it first"):
            confirm_media(item_id=item, media=media(item), by=who, at=world.now)
    looked(world, item, who, (1,))
    assert confirm_media(item_id=item, media=media(item), by=who, at=world.now) == 1
    assert confirm_media(item_id=item, media=media(item), by=who, at=world.now) == 0
    assert confirmed_by(item, who) == frozenset(media(item))
