"""What is acknowledged is stored once, under its receipt; its items are found afterwards."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from maillon.hotline.analysis.states import Case
from maillon.hotline.intake.submitting import Submitted, enter_report, submit
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.sql import run
from tests.factories.chain import an_item, case_of, events, read
from tests.factories.people import a_manager, a_police_officer, an_analyst, an_operator
from tests.factories.reporters import receipt_hash, submitted
from tests.factories.world import NOW, World


def entered(by: Actor, **more: object) -> Submitted:
    given: dict[str, object] = {
        "channel": "phone", "received_at": NOW - timedelta(hours=2), "language": "nl", "text": "http://be.test/a",
        "receipt_hash": receipt_hash("call-1"), "at": NOW, **more,
    }  # fmt: skip
    return enter_report(by=by, **given)  # type: ignore[arg-type]


def test_a_report_is_stored_with_its_event_by_one_statement(houses: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = submitted(remark="a remark", stated=["minor", "danger_now"], contact="somebody@example.test")
    assert len(captured.captured_queries) == 1
    [row] = read("SELECT * FROM intake_report")
    assert (row["reference"], row["state"], row["channel"], row["remark"]) == (
        answer.reference, "submitted", "web", "a remark",
    )  # fmt: skip
    assert (row["stated"], row["received_at"], row["entered_by"]) == (["danger_now", "minor"], NOW, "")
    assert (answer.known, answer.differs) == (False, False)
    [event] = events("submitted")
    assert event["body"] == {"report": str(row["id"]), "reference": answer.reference, "channel": "web"}
    assert (event["actor"], event["organisation"]) == ("reporter", "public")


def test_the_event_of_a_report_has_the_digest_and_the_leaf_of_every_other(houses: None) -> None:
    submitted()
    [event] = read(
        "SELECT e.body_digest, b.salt, b.body, length(e.leaf) AS leaf FROM outbox_event e "
        "JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id WHERE e.kind = 'submitted'"
    )
    assert hashlib.sha256(bytes(event["salt"]) + bytes(event["body"])).digest() == bytes(event["body_digest"])
    assert event["leaf"] == 32


def test_nothing_of_the_house_stays_set_once_a_report_is_stored(houses: None) -> None:
    submitted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('maillon.house', true), current_setting('maillon.clearances', true)")
        assert cursor.fetchone() == ("", "")


def test_a_report_is_stored_in_a_transaction_of_its_own_or_not_at_all(houses: None) -> None:
    with pytest.raises(RuntimeError, match="transaction of its own"), acting(system_actor("hotline", "reader")):
        submitted()
    assert read("SELECT 1 FROM intake_report") == []


def test_the_same_receipt_is_one_report_and_says_what_differs(houses: None) -> None:
    first = submitted()
    assert submitted(at=NOW + timedelta(minutes=5)) == Submitted(reference=first.reference, known=True, differs=False)
    for other in (
        {"text": "http://be.test/other"}, {"remark": "more"}, {"stated": ["minor"]}, {"language": "nl"},
        {"contact": "somebody@example.test"},
    ):  # fmt: skip
        assert submitted(**other) == Submitted(reference=first.reference, known=True, differs=True), other
    assert read("SELECT locations, remark, stated FROM intake_report") == [
        {"locations": "http://be.test/a", "remark": "", "stated": []}
    ]
    assert (len(events("submitted")), read("SELECT 1 FROM intake_contact")) == (1, [])


def test_a_contact_given_twice_is_one_contact_and_no_difference(houses: None) -> None:
    submitted(contact="somebody@example.test")
    assert submitted(contact="somebody@example.test").differs is False
    assert len(read("SELECT 1 FROM intake_contact")) == 1


def test_the_same_receipt_sent_by_many_at_once_is_one_report(houses: None) -> None:
    start = threading.Barrier(8)

    def send(_: int) -> Submitted:
        start.wait()
        try:
            return submitted()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert len({answer.reference for answer in answers}) == 1
    assert sorted(answer.known for answer in answers) == [False, *[True] * 7]
    assert (len(read("SELECT 1 FROM intake_report")), len(events("submitted"))) == (1, 1)


def test_a_receipt_known_to_a_report_that_is_hidden_by_now_is_still_known(world: World) -> None:
    first = submitted()
    demand("sealed")
    assert submitted() == Submitted(reference=first.reference, known=True, differs=False)


def demand(label: str) -> None:
    with acting(system_actor("hotline", "reader")):
        run("UPDATE intake_report SET demands = ARRAY[%s]", [label])


def test_a_submitted_report_finds_its_items_and_waits_for_an_analyst(world: World) -> None:
    submitted(text="http://be.test/a and hxxp://nl[.]test/b", at=world.now)
    world.drain()
    assert read("SELECT state FROM intake_report") == [{"state": "filed"}]
    found = read("SELECT i.canonical, l.given, l.position FROM intake_report_location l "
                 "JOIN items_item i ON i.id = l.item_id ORDER BY l.position")  # fmt: skip
    assert [(row["canonical"], row["given"]) for row in found] == [
        ("http://be.test/a", "http://be.test/a"), ("http://nl.test/b", "hxxp://nl[.]test/b"),
    ]  # fmt: skip
    [item, _] = [row["id"] for row in read("SELECT id FROM items_item ORDER BY canonical")]
    assert case_of(item)["state"] == Case.WAITING
    assert [event["body"]["effect"] for event in events("reported")] == ["new", "new"]


def test_a_submitted_report_opens_again_what_a_received_one_would(world: World) -> None:
    item = an_item(world, in_state="illegal")
    submitted(text="http://be.test/a", at=world.now)
    world.drain()
    assert [event["body"]["effect"] for event in events("reported")] == ["new", "reopened"]
    assert case_of(item)["round"] == 2
    assert read("SELECT outcome FROM intake_report WHERE receipt IS NOT NULL") == [{"outcome": "illegal"}]


def test_reports_submitted_together_that_speak_of_one_item_are_joined(world: World) -> None:
    for n in range(5):
        submitted(f"form-{n}", at=world.now)
    world.drain()
    assert len(read("SELECT 1 FROM items_item")) == 1
    assert [event["body"]["effect"] for event in events("reported_again")] == ["joined"] * 4


def test_a_report_in_which_no_address_is_recognised_waits_for_a_person(world: World) -> None:
    submitted(text="on that site, you know it", at=world.now)
    world.drain()
    [report] = read("SELECT id, reference, state FROM intake_report")
    assert report["state"] == "unplaced"
    assert [event["body"]["reference"] for event in events("unplaced")] == [report["reference"]]
    assert read("SELECT 1 FROM items_item") == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"text": "", "remark": " "}, "is empty"),
        ({"text": "x" * 20_001}, "20001 characters"),
        ({"remark": "x" * 10_001}, "10001 characters"),
        ({"contact": "x" * 501}, "501 characters"),
        ({"stated": ["urgent"]}, "cannot be stated"),
        ({"language": "Frans!"}, "no language code"),
        ({"channel": "phone"}, "no channel of the public form"),
        ({"channel": "pigeon"}, "no channel of the public form"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_what_to_do(houses: None, more: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        submitted(**more)
    assert read("SELECT 1 FROM intake_report") == []


@pytest.mark.parametrize(
    "text", ["http://be.test/a\x00b", "\ud800 http://be.test/a", "http://be.test/a\r\nb", "🜂" * 99]
)
def test_any_text_people_can_send_is_stored(houses: None, text: str) -> None:
    submitted(text=text)
    assert len(read("SELECT locations FROM intake_report")) == 1


@pytest.mark.parametrize("someone", [an_analyst, a_manager, an_operator, a_police_officer])
def test_only_a_reporter_submits_on_the_public_form(houses: None, someone: Callable[[], Actor]) -> None:
    with pytest.raises(NotAllowed):
        submit(receipt_hash=receipt_hash("form-1"), language="fr", text="http://be.test/", by=someone(), at=NOW)
    assert read("SELECT 1 FROM intake_report") == []


@pytest.mark.parametrize("channel", ["phone", "letter", "mail"])
def test_staff_enter_what_was_told_or_written_as_such(world: World, channel: str) -> None:
    answer = entered(an_analyst(), channel=channel, contact="a letterbox", stated=["about_me"])
    [row] = read("SELECT * FROM intake_report")
    assert (row["channel"], row["entered_by"], row["received_at"]) == (
        channel, "analyst-1", NOW - timedelta(hours=2),
    )  # fmt: skip
    assert events("submitted")[0]["actor"] == "analyst-1"
    world.drain()
    assert read("SELECT state FROM intake_report") == [{"state": "filed"}]
    assert entered(an_analyst(), channel=channel, contact="a letterbox", stated=["about_me"]) == Submitted(
        reference=answer.reference, known=True, differs=False
    )


def test_a_call_is_not_entered_before_it_came_nor_as_something_else(houses: None) -> None:
    with pytest.raises(BadInput, match="later than now"):
        entered(an_analyst(), received_at=NOW + timedelta(minutes=1))
    with pytest.raises(BadInput, match="not how a report is taken down"):
        entered(an_analyst(), channel="web")
    with pytest.raises(NotAllowed):
        entered(an_operator())
    assert read("SELECT 1 FROM intake_report") == []
