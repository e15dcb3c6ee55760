"""What people and programs tell the hotline beside files: each word is one way in, and can be said again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import ForbiddenStep

KEYS = (b"s" * 32, b"k" * 32)
CALLED = datetime(2026, 2, 2, 9, tzinfo=UTC)
FORMS = {
    "form-1": ("https://north-gallery.test/one https://paper-boat.test/two", "je m'appelle X"),
    "form-2": ("https://north-gallery.test/one", ""),
    "form-3": ("on that site", "you know it"),
}


def receipt(form: str) -> tuple[str, bytes]:
    from maillon.hotline.intake.receipts import hash_receipt, new_receipt

    written = new_receipt(KEYS[0], form)
    return written, hash_receipt(KEYS[1], written)


def web() -> None:
    from maillon.hotline.intake.submitting import reporter_actor, submit

    for form, (text, remark) in FORMS.items():
        submit(
            receipt_hash=receipt(form)[1], language="fr", text=text, remark=remark, stated=("minor",),
            contact="somebody@example.test", by=reporter_actor(), at=SystemClock().now(),
        )  # fmt: skip


def call() -> None:
    from maillon.access.queries import find_actor
    from maillon.hotline.intake.submitting import enter_report

    enter_report(
        channel="phone", received_at=CALLED, language="nl", text="https://silver-reed.test/called",
        receipt_hash=receipt("call")[1], by=find_actor(house="hotline", name="analyst-a"), at=SystemClock().now(),
    )  # fmt: skip


def partner() -> None:
    from maillon.hotline.intake.batches import PartnerReport, submit_batch
    from maillon.outbox.acting import Actor

    by = Actor("hotline", "program", "child-focus", frozenset({"partner_program"}))
    texts = ["https://lotus-files.test/three", "https://silver-reed.test/called", "no address"]
    given = [PartnerReport(reference=f"P{n}", language="en", text=text) for n, text in enumerate(texts)]
    submit_batch(key="a key", reports=given, by=by, at=SystemClock().now())


def place() -> None:
    from maillon.access.queries import find_actor
    from maillon.hotline.intake.placing import place_report
    from maillon.outbox.acting import acting
    from maillon.outbox.sql import rows

    by = find_actor(house="hotline", name="analyst-a")
    with acting(by):
        [report] = rows("SELECT id FROM intake_report WHERE receipt = %s", [receipt("form-3")[1]])
    with suppress(ForbiddenStep):  # it is placed already
        place_report(report_id=report["id"], text="https://paper-boat.test/two", by=by, at=SystemClock().now())


def ask() -> None:
    from maillon.access.queries import find_actor
    from maillon.hotline.intake.following import report_by_receipt, write_to_reporter
    from maillon.hotline.intake.submitting import reporter_actor
    from maillon.outbox.acting import acting

    with acting(reporter_actor()):
        report = report_by_receipt(receipt("form-1")[1])
    assert report is not None
    by = find_actor(house="hotline", name="analyst-a")
    write_to_reporter(report_id=report["id"], text="Which of both?", by=by, at=SystemClock().now())


def answer() -> None:
    from maillon.hotline.intake.following import reporter_writes
    from maillon.hotline.intake.submitting import reporter_actor

    written, hashed = receipt("form-1")
    reporter_writes(
        receipt_hash=hashed, receipt=written, text="The first.", by=reporter_actor(), at=SystemClock().now()
    )


WAYS: dict[str, Callable[[], None]] = {
    "web": web, "call": call, "partner": partner, "place": place, "ask": ask, "answer": answer,
}  # fmt: skip
