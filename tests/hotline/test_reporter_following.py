"""A reporter comes back with the receipt: an outcome that reveals nothing, and messages both ways."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from maillon.hotline.intake.following import (
    OUTCOMES,
    mark_read,
    messages,
    messages_by_receipt,
    outcome_words,
    report_by_receipt,
    reporter_writes,
    write_to_reporter,
)
from maillon.hotline.intake.placing import close_report
from maillon.hotline.intake.policy import MOST_MESSAGES
from maillon.hotline.intake.queries import report, unread_answers
from maillon.hotline.intake.submitting import reporter_actor
from maillon.items.services import note_offline
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.sql import Row, run
from tests.factories.chain import assessed, events, read, reported, says
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.reporters import receipt, receipt_hash, submitted
from tests.factories.world import NOW, World
from tests.hotline.test_outcomes import wait_until, waiting


def seen(form: str = "form-1") -> Row:
    with acting(reporter_actor()):
        found = report_by_receipt(receipt_hash(form))
    assert found is not None
    return found


def told(form: str = "form-1") -> str:
    words = outcome_words(seen(form))
    assert words in OUTCOMES
    return words


def the_item() -> UUID:
    return UUID(str(read("SELECT id FROM items_item")[0]["id"]))


def asks(text: str = "Which page was it?", by: Actor | None = None, at: datetime = NOW) -> UUID:
    return write_to_reporter(report_id=seen()["id"], text=text, by=by or an_analyst(), at=at)


def answers(text: str = "The second one.", form: str = "form-1", **more: object) -> UUID:
    given: dict[str, object] = {"by": reporter_actor(), "at": NOW + timedelta(seconds=1), **more}
    return reporter_writes(receipt_hash=receipt_hash(form), receipt=receipt(form), text=text, **given)  # type: ignore[arg-type]


def demand(label: str) -> None:
    with acting(system_actor("hotline", "reader")):
        run("UPDATE intake_report SET demands = ARRAY[%s]", [label])


def conversation(by: Actor | None = None) -> list[tuple[str, str]]:
    with acting(reporter_actor()):
        found = messages_by_receipt(receipt_hash())
    return [(row["side"], row["text"]) for row in found]


def test_nobody_comes_back_without_the_receipt_of_a_report(world: World) -> None:
    submitted()
    with acting(reporter_actor()):
        assert report_by_receipt(receipt_hash("form-2")) is None
        assert messages_by_receipt(receipt_hash("form-2")) == []


def test_what_is_stored_of_a_receipt_is_its_keyed_hash(houses: None) -> None:
    submitted()
    [row] = read("SELECT * FROM intake_report")
    assert bytes(row["receipt"]) == receipt_hash()
    everything = repr(row) + repr([event["body"] for event in events("submitted")])
    assert receipt() not in everything
    assert receipt().replace("-", "") not in everything


def test_the_outcome_follows_the_report_in_words_that_reveal_nothing(world: World) -> None:
    submitted(at=world.now)
    assert told() == "received"
    world.drain()
    assert told() == "being_looked_at"
    assessed(world, the_item(), says("A"))
    world.drain()
    assert told() == "passed_on"
    note_offline(item_id=the_item(), statement="nothing answers", by=an_analyst(), at=world.now)
    assert told() == "no_longer_online"


def test_a_report_that_led_to_nothing_is_told_so(world: World) -> None:
    submitted(at=world.now)
    world.drain()
    assessed(world, the_item(), says("N"))
    world.drain()
    assert told() == "no_action"


def test_a_report_that_names_no_address_is_unclear_until_it_is_placed(world: World) -> None:
    submitted(text="on that site", at=world.now)
    world.drain()
    assert told() == "unclear"
    close_report(report_id=seen()["id"], reason="no address", by=an_analyst(), at=world.now)
    assert told() == "unclear"


def test_what_the_reporter_is_told_holds_nothing_of_content_person_or_time_of_day(world: World) -> None:
    submitted(remark="a remark", at=world.now)
    world.drain()
    assert set(seen()) == {
        "id", "reference", "state", "outcome", "received_on", "channel", "language", "offline",
    }  # fmt: skip


def test_a_reporter_follows_a_report_that_has_come_to_demand_a_clearance(world: World) -> None:
    submitted(at=world.now)
    world.drain()
    asks()
    demand("sealed")
    assert told() == "being_looked_at"
    assert conversation() == [("hotline", "Which page was it?")]
    answers()
    assert conversation() == [("hotline", "Which page was it?"), ("reporter", "The second one.")]


def test_who_lacks_the_clearance_reads_no_message_and_writes_none(world: World) -> None:
    submitted(at=world.now)
    answers()
    id = seen()["id"]
    demand("sealed")
    with acting(an_analyst()):
        assert (messages(id), unread_answers(limit=9), report(id=id)) == ([], [], None)
    with pytest.raises(NotFound):
        asks()
    with pytest.raises(NotFound):
        mark_read(report_id=id, by=an_analyst(), at=NOW)


def test_the_hotline_asks_and_the_reporter_answers(world: World) -> None:
    submitted(at=world.now)
    asks()
    answers()
    assert conversation() == [("hotline", "Which page was it?"), ("reporter", "The second one.")]
    with acting(an_analyst()):
        assert [(row["side"], row["person"]) for row in messages(seen()["id"])] == [
            ("hotline", "analyst-1"), ("reporter", ""),
        ]  # fmt: skip


def test_an_event_never_holds_what_was_written(world: World) -> None:
    submitted(at=world.now)
    asked, answered = asks(), answers()
    for kind, message, actor in (
        ("reporter_asked", asked, "analyst-1"), ("reporter_answered", answered, "reporter"),
    ):  # fmt: skip
        [event] = events(kind)
        assert (event["body"]["message"], event["actor"]) == (str(message), actor)
        assert set(event["body"]) == {"report", "reference", "message"}


def test_an_answer_is_unread_until_somebody_has_read_it(world: World) -> None:
    submitted(at=world.now)
    submitted("form-2", at=world.now)
    answers(form="form-2")
    answers(at=NOW + timedelta(minutes=1))
    answers("No, the third.", at=NOW + timedelta(minutes=2))
    with acting(an_analyst()):
        waiting = unread_answers(limit=9)
        assert unread_answers(limit=1) == waiting[:1]
    assert [(row["report"], row["unread"]) for row in waiting] == [(seen("form-2")["id"], 1), (seen()["id"], 2)]
    assert mark_read(report_id=seen()["id"], by=an_analyst(), at=NOW + timedelta(minutes=3)) == 2
    assert mark_read(report_id=seen()["id"], by=an_analyst(), at=NOW + timedelta(minutes=4)) == 0
    with acting(an_analyst()):
        assert [row["report"] for row in unread_answers(limit=9)] == [seen("form-2")["id"]]


@pytest.mark.parametrize("written", [str, str.lower, lambda r: r.replace("-", " "), lambda r: r.replace("-", "")])
def test_a_message_that_holds_its_own_receipt_is_refused(world: World, written: object) -> None:
    submitted(at=world.now)
    with pytest.raises(BadInput, match="holds the receipt"):
        answers(f"my receipt is {written(receipt())}, thank you")  # type: ignore[operator]
    assert conversation() == []


def test_an_empty_or_endless_message_is_refused(world: World) -> None:
    submitted(at=world.now)
    for text, message in ((" \n", "empty"), ("x" * 5_001, "5001 characters")):
        for write in (asks, answers):
            with pytest.raises(BadInput, match=message):
                write(text)


def test_a_message_sent_twice_stands_once(world: World) -> None:
    submitted(at=world.now)
    for write in (asks, answers):
        assert write() == write(at=NOW + timedelta(seconds=5))
    asks(at=NOW + timedelta(seconds=9))
    assert sorted(side for side, _ in conversation()) == ["hotline", "hotline", "reporter"]
    assert (len(events("reporter_asked")), len(events("reporter_answered"))) == (2, 1)


def test_a_conversation_ends_somewhere(world: World) -> None:
    submitted(at=world.now)
    for n in range(MOST_MESSAGES):
        answers(f"message {n}")
    with pytest.raises(BadInput, match="full"):
        answers()
    asks()


def test_nobody_is_written_to_who_holds_no_receipt(world: World) -> None:
    reported(world)
    [row] = read("SELECT id FROM intake_report")
    with pytest.raises(BadInput, match="Nobody holds a receipt"):
        write_to_reporter(report_id=row["id"], text="hello", by=an_analyst(), at=NOW)


def test_who_may_not_write_does_not(world: World) -> None:
    submitted(at=world.now)
    for someone in (a_manager(), an_operator(), reporter_actor()):
        with pytest.raises(NotAllowed):
            asks(by=someone)
    for someone in (an_analyst(), an_operator()):
        with pytest.raises(NotAllowed):
            answers(by=someone)
    with pytest.raises(NotFound, match="No report has this receipt"):
        answers(form="form-2")


def test_a_message_sent_twice_at_the_same_moment_stands_once(world: World) -> None:
    submitted()

    def write() -> UUID:
        return reporter_writes(
            receipt_hash=receipt_hash(), receipt=receipt(), text="once", by=reporter_actor(), at=world.now
        )

    def beside() -> UUID:
        try:
            return write()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with acting(reporter_actor()):
            first = write()
            second = pool.submit(beside)
            wait_until(lambda: waiting() or second.done())
        assert second.result() == first
    assert len(read("SELECT id FROM intake_reporter_message")) == 1
