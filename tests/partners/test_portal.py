"""Letters in the portal: laid down once, answered as if by any channel, called back, nobody else's to know of."""

from dataclasses import replace
from uuid import UUID

import pytest

from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import stamp
from maillon.partners import letters as portal
from maillon.partners.channels import Channel, Partner
from maillon.partners.envelope import check_body
from maillon.partners.letters import (
    LONGEST_REASON,
    LetterClosed,
    Place,
    acknowledge_letter,
    ask_back,
    open_letter,
    refuse_letter,
)
from maillon.partners.questions import answer_question
from tests.factories.chain import assessed, events, read, referrals_of, says
from tests.factories.people import an_analyst
from tests.factories.portal import FRENCH, a_letter, a_partner, letters_about
from tests.factories.world import NOW, World

DUTCH = "inhope-nl"


def state_of(id: UUID) -> str:
    return str(read("SELECT state FROM partners_letter WHERE id = %s", [id])[0]["state"])


def waiting(by: Actor, **more: Place) -> list[UUID]:
    with acting(by):
        return [row["id"] for row in portal.letters(partner=by.organisation, states=["waiting"], limit=9, **more)]


@pytest.fixture
def reader(world: World) -> Actor:
    """Somebody of the French hotline, which has the portal."""
    return a_partner()


def test_a_partner_is_reached_only_while_somebody_of_it_has_an_account(world: World) -> None:
    channel: Channel = world.channels["portal"]
    french = Partner(id=FRENCH, kind="inhope_hotline", desk_house="", recipient="")
    assert not channel.reaches(french)
    someone = a_partner()
    assert channel.reaches(french)
    assert not channel.reaches(replace(french, id="inhope-de"))
    with acting(someone):
        assert channel.reaches(french)


def test_a_hotline_with_the_portal_gets_its_referral_there_and_others_by_file(reader: Actor, world: World) -> None:
    letter = a_letter(world)
    assert (letter["partner"], letter["kind"], letter["state"]) == (FRENCH, "referral", "waiting")
    assert stamp(letter["due_at"]) == letter["body"]["acknowledge_by"]
    [referral] = [row for row in referrals_of(letter["item_id"]) if row["partner"] == FRENCH]
    assert (referral["channel"], referral["state"]) == ("portal", "sent")
    assert not list(world.folder.rglob(f"*{FRENCH}*"))


def test_what_a_partner_acknowledges_is_acknowledged_at_its_sender(reader: Actor, world: World) -> None:
    letter = a_letter(world)
    for _twice in range(2):
        acknowledge_letter(id=letter["id"], by=reader, at=world.now)
    assert state_of(letter["id"]) == "acknowledged"
    world.drain()
    [referral] = [row for row in referrals_of(letter["item_id"]) if row["partner"] == FRENCH]
    assert (referral["state"], referral["acknowledged_at"]) == ("acknowledged", world.now)
    [received] = events("message_received")
    assert (received["actor"], received["organisation"]) == (reader.name, FRENCH)
    assert received["body"]["sender"] == FRENCH


def test_what_a_partner_refuses_reaches_its_sender_with_the_reason(reader: Actor, world: World) -> None:
    letter = a_letter(world)
    refuse_letter(id=letter["id"], reason=" not in our country ", by=reader, at=world.now)
    world.drain()
    [received] = events("message_received")
    assert (received["body"]["kind"], received["body"]["body"]["reason"]) == ("refusal", "not in our country")
    [referral] = read("SELECT state, refusal FROM referral_referral WHERE partner = %s", [FRENCH])
    assert referral == {"state": "refused", "refusal": "not in our country"}
    with pytest.raises(LetterClosed):
        acknowledge_letter(id=letter["id"], by=reader, at=world.now)


def test_a_partner_asks_back_and_the_same_question_stands_once(reader: Actor, world: World) -> None:
    letter = a_letter(world)
    first, second = (ask_back(id=letter["id"], text="Which page is it?", by=reader, at=world.now) for _twice in "ab")
    assert first == second
    other = ask_back(id=letter["id"], text="Since when?", by=reader, at=world.now)
    asked = [event["body"] for event in events("message_received")]
    assert [body["kind"] for body in asked] == ["question", "question"]
    assert [body["number"] for body in asked] == [1, 2]
    assert [body["body"]["question"] for body in asked] == [str(first), str(other)]
    assert state_of(letter["id"]) == "waiting"
    [kept] = letters_about(letter["item_id"])
    assert [one["text"] for one in kept["asked"]] == ["Which page is it?", "Since when?"]


def test_every_answer_conforms_to_its_schema_and_names_the_house_s_own_item(reader: Actor, world: World) -> None:
    for text, answer in (("http://fr.test/a", acknowledge_letter), ("http://fr.test/b", refuse_letter)):
        letter = a_letter(world, text)
        ask_back(id=letter["id"], text="Which page is it?", by=reader, at=world.now)
        answer(id=letter["id"], **({} if answer is acknowledge_letter else {"reason": "no"}), by=reader, at=world.now)
    said = [event for event in events("message_received")]
    assert len(said) == 4
    for event in said:
        check_body(event["body"]["kind"], 1, event["body"]["body"])
        about = event["body"]["body"]["item"]
        assert (about["owner"], about["ref"]) == ("hotline", str(event["item"]))


def test_a_call_back_recalls_the_letter_and_is_itself_acknowledged(reader: Actor, world: World) -> None:
    letter = a_letter(world)
    assessed(world, letter["item_id"], says("N"))
    world.drain()
    first, callback = letters_about(letter["item_id"])
    assert (first["state"], first["due_at"]) == ("recalled", None)
    assert (callback["kind"], callback["state"], callback["speaks_of"]) == ("callback", "waiting", letter["id"])
    assert waiting(reader) == [callback["id"]]
    for refused in (acknowledge_letter, lambda **by: refuse_letter(reason="no", **by)):
        with pytest.raises(LetterClosed):
            refused(id=letter["id"], by=reader, at=world.now)
    with pytest.raises(LetterClosed):
        ask_back(id=letter["id"], text="Why?", by=reader, at=world.now)
    with pytest.raises(BadInput):
        refuse_letter(id=callback["id"], reason="no", by=reader, at=world.now)
    acknowledge_letter(id=callback["id"], by=reader, at=world.now)
    world.drain()
    [called_back] = [row for row in referrals_of(letter["item_id"]) if row["recalls"] and row["partner"] == FRENCH]
    assert called_back["state"] == "acknowledged"
    [event] = events("letter_recalled")
    assert event["body"]["reason"] == "settled as not illegal"


@pytest.mark.parametrize("what", ["another partner's", "missing"])
def test_a_letter_of_somebody_else_cannot_be_told_from_one_that_is_missing(
    what: str, reader: Actor, world: World
) -> None:
    dutch = a_partner(id=DUTCH)
    letter = a_letter(world)
    id = letter["id"] if what == "another partner's" else uuid7(NOW)
    at = world.now
    with pytest.raises(NotFound) as said, acting(dutch):
        portal.letter(partner=DUTCH, id=id)
    assert str(said.value) == f"There is no letter {id}; the portal lists those that there are."
    for attempt in (
        lambda: open_letter(id=id, by=dutch, at=at),
        lambda: acknowledge_letter(id=id, by=dutch, at=at),
        lambda: refuse_letter(id=id, reason="no", by=dutch, at=at),
        lambda: ask_back(id=id, text="Which?", by=dutch, at=at),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert waiting(dutch) == []
    assert state_of(letter["id"]) == "waiting"
    assert events("letter_opened") == events("message_received") == []


def test_the_house_s_own_people_have_no_portal(reader: Actor, world: World) -> None:
    letter = a_letter(world)
    for attempt in (open_letter, acknowledge_letter):
        with pytest.raises(NotAllowed):
            attempt(id=letter["id"], by=an_analyst(), at=world.now)


def test_an_opening_is_noted_once_for_each_person(reader: Actor, world: World) -> None:
    letter, colleague = a_letter(world), a_partner(2)
    for who in (reader, reader, colleague, reader):
        open_letter(id=letter["id"], by=who, at=world.now)
    opened = events("letter_opened")
    assert [event["actor"] for event in opened] == [reader.name, colleague.name]
    assert {event["item"] for event in opened} == {letter["item_id"]}


def test_imminent_danger_stands_on_top_then_the_nearest_term(reader: Actor, world: World) -> None:
    calm = a_letter(world, "http://fr.test/calm")
    world.wait(hours=2)
    later = a_letter(world, "http://fr.test/later")
    grave = a_letter(world, "http://fr.test/grave", flags=("imminent_danger",))
    assert waiting(reader) == [grave["id"], calm["id"], later["id"]]
    with acting(reader):
        [first, *_rest] = portal.letters(partner=FRENCH, states=["waiting"], limit=1)
    assert waiting(reader, after=Place(first["rank"], first["term"], first["id"])) == [calm["id"], later["id"]]
    with acting(reader):
        last = max(row["due_at"] for row in (calm, later, grave))
        assert portal.waiting_letters(partner=FRENCH, at=last) == (3, 2)


def test_what_was_answered_last_stands_first_among_what_was_answered(reader: Actor, world: World) -> None:
    for text in ("http://fr.test/a", "http://fr.test/b"):
        letter = a_letter(world, text)
        world.wait(minutes=1)
        acknowledge_letter(id=letter["id"], by=reader, at=world.now)
    with acting(reader):
        found = portal.letters(partner=FRENCH, states=["acknowledged"], limit=9)
    assert [row["answered_at"] for row in found] == sorted((row["answered_at"] for row in found), reverse=True)


@pytest.mark.parametrize("text", ["", "  ", "a" * (LONGEST_REASON + 1)])
def test_a_refusal_needs_a_reason_of_a_readable_length(text: str, reader: Actor, world: World) -> None:
    letter = a_letter(world)
    with pytest.raises(BadInput):
        refuse_letter(id=letter["id"], reason=text, by=reader, at=world.now)
    assert state_of(letter["id"]) == "waiting"


def test_the_answer_to_a_question_comes_back_to_the_letter_that_it_was_about(reader: Actor, world: World) -> None:
    letter = a_letter(world)
    question = ask_back(id=letter["id"], text="Which page is it?", by=reader, at=world.now)
    world.drain()
    answer_question(id=question, text="The second one.", by=an_analyst(), at=world.now)
    world.drain()
    _asked, answer = letters_about(letter["item_id"])
    assert (answer["kind"], answer["speaks_of"], answer["state"]) == ("answer", letter["id"], "waiting")
    assert answer["id"] in waiting(reader)
    open_letter(id=letter["id"], by=reader, at=world.now)
    assert waiting(reader) == [letter["id"]]
    with acting(reader):
        assert [row["id"] for row in portal.replies(partner=FRENCH, to=letter)] == [answer["id"]]
