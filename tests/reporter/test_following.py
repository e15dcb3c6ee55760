"""Coming back with the receipt: words that reveal nothing, days, a conversation; and nothing for who guesses."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillon.hotline.intake.following import OUTCOMES, messages, write_to_reporter
from maillon.hotline.intake.receipts import hash_receipt, new_receipt
from maillon.kernel.clock import SystemClock
from maillon.languages import LANGUAGES
from maillon.outbox.acting import acting
from maillon.web.reporter import texts
from maillon.web.reporter.keys import KEYS
from maillon.web.reporter.shaping import ASKING
from tests.factories.chain import read
from tests.factories.people import an_analyst
from tests.reporter.conftest import ADDRESS, Reporter

REMARK = "seen on a quiet page"


def asked(text: str = "Which day was that?") -> None:
    """An analyst asks about the only report."""
    (report,) = read("SELECT id FROM intake_report")
    write_to_reporter(report_id=report["id"], text=text, by=an_analyst(), at=SystemClock().now())


def said() -> list[tuple[str, str]]:
    found = read("SELECT side, text FROM intake_reporter_message ORDER BY written_at, id")
    return [(row["side"], row["text"]) for row in found]


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_with_the_receipt_the_outcome_is_read_and_nothing_of_the_content(language: str, houses: None) -> None:
    receipt = Reporter(language).reports(locations=ADDRESS, remark=REMARK)
    reporter = Reporter(language)
    for written in (receipt, receipt.lower().replace("-", " "), f"  {receipt}\n"):
        assert reporter.post("follow", {"receipt": written}).status_code == 200
        assert reporter.fields("follow")["receipt"] == [receipt] * len(reporter.fields("follow")["receipt"])
        assert "be.test" not in reporter.html
        assert "be[.]test" not in reporter.html
        assert REMARK not in reporter.html


def test_reporters_are_shown_days_and_no_hours(reporter: Reporter) -> None:
    receipt = reporter.reports(remark=REMARK)
    asked()
    now = SystemClock().now()
    reporter.post("follow", {"receipt": receipt})
    shown = reporter.html + Reporter().reports(remark=REMARK)
    moments = [now + timedelta(hours=hours, minutes=minutes) for hours in range(-3, 4) for minutes in (-1, 0)]
    assert str(now.year) in shown
    assert not [moment for moment in moments if f"{moment:%H:%M}" in shown or f"{moment:%Hh%M}" in shown]


def test_every_outcome_has_its_words() -> None:
    assert set(texts.OUTCOMES) == set(OUTCOMES)


def test_the_hotline_asks_and_the_reporter_answers(reporter: Reporter) -> None:
    receipt = reporter.reports(remark=REMARK)
    asked("Which day was that? <b>")
    reporter.post("follow", {"receipt": receipt})
    assert "Which day was that? &lt;b&gt;" in reporter.html
    assert "analyst-1" not in reporter.html, "the hotline writes, not one of its people"
    for _twice in range(2):
        reporter.post("follow", {**reporter.fields("follow"), "receipt": receipt, "text": "It was a Monday."})
        assert reporter.page.status_code == 200
    assert said() == [("hotline", "Which day was that? <b>"), ("reporter", "It was a Monday.")]
    (report,) = read("SELECT id FROM intake_report")
    with acting(an_analyst()):
        assert [row["text"] for row in messages(report["id"])][-1] == "It was a Monday."


def test_a_message_that_cannot_be_taken_is_kept_in_its_field(reporter: Reporter) -> None:
    receipt = reporter.reports(remark=REMARK)
    for text in (f"my receipt is {receipt.lower()}", "x" * 5_001):
        reporter.post("follow", {"receipt": receipt, "text": text})
        assert reporter.page.status_code == 422
        assert reporter.fields("follow")["text"] == [text]
    assert reporter.post("follow", {"receipt": receipt, "text": "  "}).status_code == 422
    assert said() == []


def test_a_receipt_that_nobody_holds_and_one_mistyped_get_the_same_answer(reporter: Reporter) -> None:
    receipt = reporter.reports(remark=REMARK)
    unknown = new_receipt(b"another secret", "another form")
    mistyped = receipt[:-1] + ("0" if receipt[-1] != "0" else "1")
    answers = []
    for wrong in (unknown, mistyped, "AAAA", "", "é" * 500, "\x00"):
        response = reporter.post("follow", {"receipt": wrong, "text": "hello"})
        shown = reporter.fields("follow")["receipt"][0]
        answers.append((response.status_code, reporter.html.replace(f'value="{shown}"', "")))
    assert len(set(answers)) == 1
    assert answers[0][0] == 404
    assert said() == []


def test_a_mistyped_receipt_is_looked_up_like_any_other(reporter: Reporter) -> None:
    reporter.get("follow")
    counts = []
    for wrong in (new_receipt(b"another secret", "another form"), "no receipt at all"):
        with CaptureQueriesContext(connection) as asked_for:
            reporter.post("follow", {"receipt": wrong})
        counts.append([query["sql"].split("WHERE")[0] for query in asked_for.captured_queries])
    assert counts[0] == counts[1] != []


def test_who_guesses_waits_and_others_do_not(houses: None) -> None:
    guesser = Reporter("nl")
    answers = [guesser.post("follow", {"receipt": f"guess {n}"}).status_code for n in range(ASKING.burst + 5)]
    assert answers == [404] * ASKING.burst + [429] * 5
    held = guesser.fields("follow")
    assert held["receipt"] == [f"guess {ASKING.burst + 4}"]
    assert "text" not in held
    assert Reporter("nl").post("follow", {"receipt": "x"}).status_code == 404


def test_a_message_waits_too_and_is_not_lost(houses: None) -> None:
    reporter = Reporter()
    receipt = reporter.reports(remark=REMARK)
    for _look in range(ASKING.burst):
        reporter.post("follow", {"receipt": receipt})
    reporter.post("follow", {"receipt": receipt, "text": "an answer"})
    assert reporter.page.status_code == 429
    assert reporter.fields("follow")["text"] == ["an answer"]
    assert said() == []


def test_the_receipt_is_stored_nowhere(reporter: Reporter) -> None:
    receipt = reporter.reports(remark=REMARK)
    (row,) = read("SELECT receipt FROM intake_report")
    assert bytes(row["receipt"]) == hash_receipt(KEYS.storing, receipt)
    events = read("SELECT body::text AS body FROM outbox_eventbody")
    assert not [event for event in events if receipt in event["body"] or receipt.replace("-", "") in event["body"]]
