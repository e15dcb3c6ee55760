"""Asking back: a question reaches whoever sent, is answered once, and the answer stands with what it is about."""

from typing import Any
from uuid import UUID

import pytest

from maillon.authority.inbox.services import ask_sender
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from maillon.partners.asked import open_questions, waiting_questions
from maillon.partners.questions import IN, OUT, answer_question, questions_of
from tests.factories.chain import a_referral, events, read, referrals_of, waiting_arrivals
from tests.factories.inbox import answer_arrived
from tests.factories.people import a_manager, a_person, a_police_officer, an_analyst
from tests.factories.world import World

TEXT, ANSWER = "Which page of the site is meant?", "The second one."


def asked(world: World) -> tuple[UUID, UUID, UUID]:
    """A question of the police about a referral, taken in by the hotline: its id, the arrival's, the item's there."""
    item = a_referral(world, in_state="sent")
    [arrival] = waiting_arrivals()
    id = ask_sender(id=arrival["id"], text=f" {TEXT} ", by=a_police_officer(), at=world.now)
    world.drain()
    return id, arrival["id"], item


def about(rows: list[UUID], house: str) -> list[Row]:
    with acting(system_actor(house, "reader")):
        return questions_of(about=rows)


def waiting(world: World, direction: str, house: str) -> tuple[int, int]:
    with acting(system_actor(house, "reader")):
        assert (
            len(open_questions(direction=direction, limit=9)) == waiting_questions(direction=direction, at=world.now)[0]
        )
        return waiting_questions(direction=direction, at=world.now)


def test_a_question_reaches_the_sender_about_its_own_referral_and_the_answer_comes_back(world: World) -> None:
    id, arrival, item = asked(world)
    [referral] = referrals_of(item)
    [theirs] = about([referral["id"]], "hotline")
    assert (theirs["id"], theirs["direction"], theirs["partner"], theirs["item_id"], theirs["text"]) == (
        id, IN, "federal-police", item, TEXT,
    )  # fmt: skip
    assert waiting(world, IN, "hotline") == waiting(world, OUT, "authority") == (1, 0)
    answer_question(id=id, text=ANSWER, by=an_analyst(), at=world.now)
    world.drain()
    [ours] = about([arrival], "authority")
    assert (ours["answer"], ours["answered_by"], ours["due_at"]) == (ANSWER, "hotline", None)
    assert ours["asked_by"] == "officer-1"
    assert waiting(world, IN, "hotline") == waiting(world, OUT, "authority") == (0, 0)
    assert len(events("answer_received", "authority")) == len(events("question_answered")) == 1
    assert read("SELECT 1 FROM items_item WHERE origin <> ''") == []  # the hotline found its own item


def test_no_name_of_a_person_passes_with_a_question_or_an_answer(world: World) -> None:
    id, arrival, item = asked(world)
    answer_question(id=id, text=ANSWER, by=an_analyst(), at=world.now)
    world.drain()
    assert about([arrival], "authority")[0]["answered_by"] == "hotline"
    assert about([referrals_of(item)[0]["id"]], "hotline")[0]["asked_by"] == "authority"


def test_a_question_is_late_once_its_term_is_over(world: World) -> None:
    asked(world)
    world.wait(days=4)
    assert waiting(world, IN, "hotline") == waiting(world, OUT, "authority") == (1, 1)


def test_a_question_is_answered_once_by_whoever_may(world: World) -> None:
    id, _arrival, _item = asked(world)
    with pytest.raises(NotAllowed):
        answer_question(id=id, text=ANSWER, by=a_person("director-1", "director"), at=world.now)
    for text, sentence in (("  ", "is empty"), ("x" * 4_001, "longer than 4000")):
        with pytest.raises(BadInput, match=sentence):
            answer_question(id=id, text=text, by=an_analyst(), at=world.now)
    answer_question(id=id, text=ANSWER, by=an_analyst(), at=world.now)
    with pytest.raises(ForbiddenStep, match="analyst-1 answered this question already"):
        answer_question(id=id, text="another", by=a_manager(), at=world.now)
    with pytest.raises(NotFound):
        answer_question(id=uuid7(world.now), text=ANSWER, by=an_analyst(), at=world.now)


def test_an_empty_question_is_not_asked(world: World) -> None:
    a_referral(world, in_state="sent")
    [arrival] = waiting_arrivals()
    for text, sentence in (("  ", "Write what you want to know"), ("x" * 2_001, "longer than 2000")):
        with pytest.raises(BadInput, match=sentence):
            ask_sender(id=arrival["id"], text=text, by=a_police_officer(), at=world.now)
    assert events("question_asked", "authority") == []


def test_an_answer_counts_from_whom_was_asked_alone_and_the_first_one(world: World) -> None:
    id, arrival, item = asked(world)
    row = about([arrival], "authority")[0]
    [copy] = read("SELECT url, canonical, kind FROM items_item WHERE id = %s", [row["item_id"]], "authority")
    body: dict[str, Any] = {
        "question": str(id),
        "item": {"owner": "hotline", "ref": str(item), "kind": copy["kind"], "given": copy["url"],
                 "canonical": copy["canonical"]},
        "text": "from elsewhere",
        "answered_by": "nobody",
        "answered_at": stamp(world.now),
    }  # fmt: skip
    answer_arrived(world, "answer", body, sender="care")
    assert about([arrival], "authority")[0]["answer"] == ""
    answer_arrived(world, "answer", {**body, "text": ANSWER}, sender="hotline")
    answer_arrived(world, "answer", {**body, "text": "again"}, sender="hotline")
    assert about([arrival], "authority")[0]["answer"] == ANSWER
