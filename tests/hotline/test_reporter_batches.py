"""A partner's program may send a request again: each report is stored once, and the answer is the same."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from maillon.hotline.intake.batches import Answered, BatchDiffers, PartnerReport, submit_batch
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import Actor
from tests.factories.chain import events, read
from tests.factories.people import an_analyst, an_operator
from tests.factories.world import NOW, World

PROGRAM = Actor("hotline", "program", "child-focus", frozenset({"partner_program"}))
OTHER = Actor("hotline", "program", "federal-police", frozenset({"partner_program"}))


def told(reference: str = "p-1", text: str = "http://be.test/a", **more: object) -> PartnerReport:
    return PartnerReport(reference=reference, language="en", text=text, **more)  # type: ignore[arg-type]


def sent(reports: Sequence[PartnerReport], key: str = "key-1", by: Actor = PROGRAM, **more: object) -> list[Answered]:
    return submit_batch(key=key, reports=reports, by=by, **{"at": NOW, **more})  # type: ignore[arg-type]


def statuses(answer: list[Answered]) -> list[str]:
    return [found["status"] for found in answer]


def test_a_batch_is_stored_under_the_partners_references_and_finds_its_items(world: World) -> None:
    answer = sent([told("p-1"), told("p-2", "http://be.test/b", stated=("minor",)), told("p-3", "no address")])
    assert answer == [{"reference": f"p-{n}", "status": "created"} for n in (1, 2, 3)]
    stored = read("SELECT reference, state, channel, organisation, stated FROM intake_report ORDER BY reference")
    assert [row["reference"] for row in stored] == [f"child-focus:p-{n}" for n in (1, 2, 3)]
    assert {(row["state"], row["channel"], row["organisation"]) for row in stored} == {
        ("submitted", "partner", "child-focus")
    }
    assert [row["stated"] for row in stored] == [[], ["minor"], []]
    world.drain()
    states = read("SELECT state FROM intake_report ORDER BY reference")
    assert [row["state"] for row in states] == ["filed", "filed", "unplaced"]
    assert len(read("SELECT 1 FROM items_item")) == 2


def test_the_same_request_again_gets_the_same_answer_and_stores_nothing(houses: None) -> None:
    first = sent([told("p-1"), told("p-2")])
    assert sent([told("p-1"), told("p-2")], at=NOW + timedelta(hours=1)) == first
    assert (len(read("SELECT 1 FROM intake_report")), len(events("submitted"))) == (2, 2)


def test_a_key_used_for_another_content_is_refused_and_nothing_of_it_is_stored(houses: None) -> None:
    sent([told("p-1")])
    for other in ([told("p-1"), told("p-2")], [told("p-1", remark="more")], [told("p-9")]):
        with pytest.raises(BatchDiffers, match="another content"):
            sent(other)
    assert len(read("SELECT 1 FROM intake_report")) == 1


def test_a_report_sent_under_another_key_is_known_or_a_conflict(houses: None) -> None:
    sent([told("p-1", received_at=NOW)])
    again = [told("p-1", received_at=NOW), told("p-1", received_at=NOW, remark="more"), told("p-1"), told("p-2")]
    assert statuses(sent(again, key="key-2")) == ["known", "conflict", "conflict", "created"]
    assert read("SELECT remark FROM intake_report ORDER BY reference") == [{"remark": ""}, {"remark": ""}]


def test_a_moment_that_was_not_stated_makes_no_difference_when_it_is_sent_later(houses: None) -> None:
    sent([told("p-1")])
    assert statuses(sent([told("p-1")], key="key-2", at=NOW + timedelta(days=1))) == ["known"]


def test_a_reference_used_twice_in_one_request_is_the_first_ones(houses: None) -> None:
    answer = sent([told("p-1"), told("p-1", "http://be.test/b"), told("p-1")])
    assert statuses(answer) == ["created", "conflict", "known"]
    assert read("SELECT locations FROM intake_report") == [{"locations": "http://be.test/a"}]


def test_keys_and_references_are_each_organisations_own(houses: None) -> None:
    assert statuses(sent([told("p-1")])) == ["created"]
    assert statuses(sent([told("p-1", "http://be.test/b")], by=OTHER)) == ["created"]
    assert len(read("SELECT 1 FROM intake_batch")) == 2


def test_a_request_of_which_one_report_cannot_be_stored_stores_none(houses: None) -> None:
    for wrong, message in (
        (told(""), "no reference"), (told("p-2", " "), "names no location"),
        (told("p-2", remark="x" * 10_001), "10001"), (told("p-2", stated=("urgent",)), "cannot be stated"),
        (told("p-2", received_at=NOW + timedelta(hours=1)), "later"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=f"^Report 2: .*{message}"):
            sent([told("p-1"), wrong])
    assert read("SELECT 1 FROM intake_report") == read("SELECT 1 FROM intake_batch") == []


@pytest.mark.parametrize(("key", "count"), [("", 1), ("k" * 201, 1), ("key", 0), ("key", 1001)])
def test_a_request_without_a_key_or_of_no_fitting_size_is_refused(houses: None, key: str, count: int) -> None:
    with pytest.raises(BadInput):
        sent([told(f"p-{n}") for n in range(count)], key=key)


def test_the_same_request_sent_by_many_at_once_is_stored_once(houses: None) -> None:
    start = threading.Barrier(8)

    def send(_: int) -> list[Answered]:
        start.wait()
        try:
            return sent([told(f"p-{n}") for n in range(20)])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers == [[{"reference": f"p-{n}", "status": "created"} for n in range(20)]] * 8
    assert (len(read("SELECT 1 FROM intake_report")), len(events("submitted"))) == (20, 20)


def test_requests_that_share_references_do_not_wait_for_each_other_for_ever(houses: None) -> None:
    start = threading.Barrier(4)
    reports = [told(f"p-{n}") for n in range(50)]

    def send(number: int) -> list[str]:
        start.wait()
        try:
            return statuses(sent(reports[:: (-1) ** number], key=f"key-{number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = [status for answer in pool.map(send, range(4)) for status in answer]
    assert (found.count("created"), found.count("known")) == (50, 150)


def test_the_number_of_statements_is_the_same_for_any_number_of_reports(houses: None) -> None:
    taken = []
    for size in (1, 500):
        with CaptureQueriesContext(connection) as captured:
            sent([told(f"p-{size}-{n}") for n in range(size)], key=f"key-{size}")
        taken.append(len(captured.captured_queries))
    assert taken[0] == taken[1]


def test_only_a_partners_program_sends_batches(houses: None) -> None:
    for someone in (an_analyst(), an_operator()):
        with pytest.raises(NotAllowed, match="for a partner organisation"):
            sent([told()], by=someone)
