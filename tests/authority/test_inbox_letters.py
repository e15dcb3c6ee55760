"""Letters: what is taken down by hand waits like anything that arrived, with an address or without."""

from datetime import timedelta
from typing import Any

import pytest

from maillon.authority.inbox.services import (
    acknowledge,
    ask_sender,
    close_matter,
    pass_matter,
    place_letter,
    take_next_matter,
)
from maillon.kernel.errors import BadInput, NotAllowed
from tests.factories.chain import events, read
from tests.factories.inbox import (
    a_coordinator,
    a_letter,
    a_local_officer,
    a_matter,
    arrived,
    matter_with,
    row_of,
    state_of,
)
from tests.factories.people import a_person, a_police_officer
from tests.factories.world import World


def test_each_address_in_a_letter_joins_the_matter_of_its_item(world: World) -> None:
    known = a_matter(world, "http://be.test/a", severity=2)
    ids = a_letter(world, "About http://be.test/a and hxxp://nl[.]test/b", severity=4, flags=["belgian_victim"])
    matters = [matter_with(id) for id in ids]
    assert {row["site"] for row in matters} == {"be.test", "nl.test"}
    [joined] = [row for row in matters if row["site"] == "be.test"]
    assert (joined["id"], joined["severity"], joined["flags"]) == (known, 4, ["belgian_victim"])
    letter = row_of(ids[0])
    assert (letter["kind"], letter["sender_name"], letter["entered_by"]) == ("letter", "a town hall", "officer-1")
    assert letter["body"]["text"] == "About http://be.test/a and hxxp://nl[.]test/b"
    assert letter["due_rule"].startswith("answer_letter_within/")


def test_its_term_runs_from_when_it_came_and_danger_runs_on_the_clock(world: World) -> None:
    came = world.now - timedelta(hours=3)
    [calm], [danger] = (
        a_letter(world, f"http://be.test/{n}", received_at=came, flags=flags)
        for n, flags in enumerate(([], ["imminent_danger"]))
    )
    assert row_of(danger)["due_at"] == came + timedelta(hours=1)
    assert row_of(calm)["due_at"] > world.now
    world.drain()
    assert [event["body"]["arrival"] for event in events("arrival_late", "authority")][:1] == [str(danger)]


def test_a_letter_without_an_address_is_kept_worked_on_and_closed(world: World) -> None:
    [id] = a_letter(world, "A neutral sentence that names no address.")
    matter = matter_with(id)
    assert (matter["item_id"], matter["site"], row_of(id)["item_id"]) == (None, None, None)
    assert take_next_matter(by=a_police_officer(), at=world.now) == matter["id"]
    acknowledge(id=id, by=a_police_officer(), at=world.now)
    world.drain()  # a letter's writer is on no channel: nothing is sent
    assert read("SELECT 1 FROM partners_message", house="authority") == []
    close_matter(id=matter["id"], why="answered by post", by=a_police_officer(), at=world.now)
    assert state_of(matter["id"])[0] == "closed"


def test_a_letter_gets_its_address_later_and_takes_its_matter_along(world: World) -> None:
    [id] = a_letter(world, "A neutral sentence.", severity=3)
    matter = matter_with(id)["id"]
    for text in ("nothing", "http://be.test/a http://be.test/b"):
        with pytest.raises(BadInput, match="Give one address"):
            place_letter(id=id, text=text, by=a_police_officer(), at=world.now)
    assert place_letter(id=id, text="http://be.test/a", by=a_police_officer(), at=world.now) == matter
    assert (matter_with(id)["id"], matter_with(id)["site"], matter_with(id)["severity"]) == (matter, "be.test", 3)
    with pytest.raises(BadInput, match="has its address already"):
        place_letter(id=id, text="http://be.test/b", by=a_police_officer(), at=world.now)
    assert matter_with(arrived(world, "http://be.test/a"))["id"] == matter


def test_where_the_address_has_a_matter_the_letter_joins_it_and_leaves_its_own_closed(world: World) -> None:
    known, [id] = a_matter(world, "http://be.test/a", severity=1), a_letter(world, "A neutral sentence.", severity=5)
    own = matter_with(id)["id"]
    assert place_letter(id=id, text="http://be.test/a", by=a_police_officer(), at=world.now) == known
    assert (matter_with(id)["id"], matter_with(id)["severity"], state_of(own)[0]) == (known, 5, "closed")


def test_who_sees_only_what_is_theirs_gets_what_they_take_down_for_their_unit(world: World) -> None:
    local = a_local_officer()
    ids = [*a_letter(world, "http://be.test/a", local), *a_letter(world, "A neutral sentence.", local)]
    for id in ids:
        matter = matter_with(id)
        assert state_of(matter["id"]) == ("passed", "", local.organisation)
        acknowledge(id=id, by=local, at=world.now)
    place_letter(id=ids[1], text="http://be.test/b", by=local, at=world.now)
    assert take_next_matter(by=local, at=world.now) in {matter_with(id)["id"] for id in ids}


def test_what_they_take_down_of_what_others_work_on_joins_it_and_stays_with_them(world: World) -> None:
    known, local = a_matter(world, "http://be.test/a"), a_local_officer()
    [id] = a_letter(world, "http://be.test/a", local)
    assert matter_with(id)["id"] == known
    assert state_of(known) == ("waiting", "", None)


def test_giving_a_letter_the_address_of_what_others_work_on_shows_its_unit_nothing_of_that(world: World) -> None:
    known, local = a_matter(world, "http://be.test/a"), a_local_officer()
    [id] = a_letter(world, "A neutral sentence.", local)
    assert place_letter(id=id, text="http://be.test/a", by=local, at=world.now) == known
    assert read("SELECT shared_with FROM items_item", house="authority") == [{"shared_with": []}]
    assert state_of(known) == ("waiting", "", None)


def test_a_letter_passed_to_a_unit_keeps_its_unit_when_it_gets_its_address(world: World) -> None:
    [id], local = a_letter(world, "A neutral sentence."), a_local_officer()
    matter = matter_with(id)["id"]
    pass_matter(id=matter, unit=local.organisation, by=a_coordinator(), at=world.now)
    place_letter(id=id, text="http://be.test/a", by=a_police_officer(), at=world.now)
    assert take_next_matter(by=local, at=world.now) == matter


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"sender_name": " "}, "Say who wrote the letter"),
        ({"text": " "}, "Write down what the letter says"),
        ({"text": "x" * 8_001}, "longer than 8000"),
        ({"remark": "x" * 4_001}, "longer than 4000"),
        ({"severity": 6}, "from 1 to 5"),
        ({"flags": ["loud"]}, "loud is no flag"),
        ({"received_at": timedelta(seconds=1)}, "cannot have come after now"),
    ],
)
def test_what_cannot_be_is_refused_with_a_clear_sentence(world: World, given: dict[str, Any], sentence: str) -> None:
    if "received_at" in given:
        given = {"received_at": world.now + given["received_at"]}
    with pytest.raises(BadInput, match=sentence):
        a_letter(world, **given)
    assert read("SELECT 1 FROM inbox_arrival", house="authority") == []


def test_a_letter_takes_who_may_and_its_writer_cannot_be_asked(world: World) -> None:
    [id] = a_letter(world)
    with pytest.raises(BadInput, match="write back by post"):
        ask_sender(id=id, text="Which page?", by=a_police_officer(), at=world.now)
    with pytest.raises(NotAllowed):
        a_letter(world, by=a_person("magistrate-1", "magistrate", house="authority"))
