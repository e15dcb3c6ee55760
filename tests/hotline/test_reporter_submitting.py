"""What is acknowledged is stored once, under its receipt; its items are found afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillon.hotline.intake.receipts import hash_receipt, new_receipt
from maillon.hotline.intake.submitting import Submitted, enter_report, reporter_actor, submit
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import Actor
from tests.factories.chain import events, read
from tests.factories.people import a_police_officer, an_analyst, an_operator
from tests.factories.world import NOW, World

KEY = b"k" * 32


def receipt_of(form: str) -> bytes:
    return hash_receipt(KEY, new_receipt(b"s" * 32, form))


def submitted(form: str = "form-1", text: str = "http://be.test/a", **more: object) -> Submitted:
    given: dict[str, object] = {"language": "fr", "by": reporter_actor(), "at": NOW, **more}
    return submit(receipt_hash=receipt_of(form), text=text, **given)  # type: ignore[arg-type]


def test_a_report_is_stored_with_its_event_by_one_statement(houses: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = submitted(remark="a remark", stated=["minor", "danger_now"], contact="somebody@example.test")
    statements = [q["sql"] for q in captured.captured_queries if "set_config" not in q["sql"]]
    assert len([s for s in statements if not s.startswith(("BEGIN", "COMMIT"))]) == 1
    [row] = read("SELECT * FROM intake_report")
    assert (row["reference"], row["state"], row["channel"], row["remark"]) == (
        answer.reference, "submitted", "web", "a remark",
    )  # fmt: skip
    assert row["stated"] == ["danger_now", "minor"]
    assert (answer.known, answer.differs) == (False, False)
    [event] = events("submitted")
    assert event["body"] == {"report": str(row["id"]), "reference": answer.reference, "channel": "web"}
    assert (event["actor"], event["organisation"]) == ("reporter", "public")
