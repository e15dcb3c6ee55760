"""Come back with a receipt, and the messages between the hotline and a reporter. No event holds a message's text."""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.intake import events
from maillon.hotline.intake.content import storable
from maillon.hotline.intake.policy import MOST_MESSAGES
from maillon.hotline.intake.receipts import holds_receipt
from maillon.hotline.intake.states import Report
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run

OUTCOMES = ("received", "being_looked_at", "passed_on", "decided", "no_action", "no_longer_online", "unclear")
"""All that a reporter is told of what became of a report."""

BY_RECEIPT = """
SELECT r.id, r.reference, r.state, r.outcome, r.received_on, r.channel, r.language,
  coalesce((SELECT bool_and(i.state = 'offline') FROM intake_report_location l
    JOIN items_item i ON i.house = l.house AND i.id = l.item_id
    WHERE l.house = r.house AND l.report_id = r.id), false) AS offline
FROM intake_report r WHERE r.receipt = %s
"""

OF_PARTNER = BY_RECEIPT.replace("r.receipt = %s", "r.organisation = %s AND r.reference = %s")

MESSAGES = """
SELECT m.id, m.side, m.person, m.text, m.written_at, m.read_at
FROM intake_reporter_message m JOIN intake_report r ON r.house = m.house AND r.id = m.report_id
WHERE r.id = %s ORDER BY m.written_at, m.id
"""

ADD = """
INSERT INTO intake_reporter_message (house, id, report_id, side, person, text, written_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""

LOCK = "SELECT 1 FROM intake_report WHERE id = %s FOR NO KEY UPDATE"
"""Whoever writes about the same report at the same time waits here, and then sees what was written."""

LAST = """
SELECT id, side, text FROM intake_reporter_message WHERE report_id = %s ORDER BY written_at DESC, id DESC LIMIT 1
"""

READ = """
UPDATE intake_reporter_message SET read_at = %s WHERE report_id = %s AND side = 'reporter' AND read_at IS NULL
"""


def report_by_receipt(receipt_hash: bytes) -> Row | None:
    """What its author may know of the report with this receipt: its state, the day, and what `outcome_words` reads.

    Whatever clearance its items demand: nothing of them is in it.
    """
    with as_program():
        return one(BY_RECEIPT, [receipt_hash])


def report_of_partner(*, reference: str, by: Actor) -> Row:
    """What a partner organisation may know of its report `reference` (its own name for it), as `report_by_receipt`.

    Raises NotAllowed, NotFound: another organisation's report cannot be told from one that does not exist.
    """
    with acting(by), as_program():
        check(by, Permission.SUBMIT_FOR_PARTNER)
        found = one(OF_PARTNER, [by.organisation, f"{by.organisation}:{reference}"])
    if found is None:
        raise NotFound("There is no report of this reference.")
    return found


def outcome_words(report: Row) -> str:
    """Which of `OUTCOMES` a reporter is told of a row of `report_by_receipt`, as far as the hotline alone knows.

    That others decided comes later in the chain: doors ask `referral.telling`.
    """
    if report["state"] == Report.SUBMITTED:
        return "received"
    if report["state"] != Report.FILED:
        return "unclear"
    if report["offline"]:
        return "no_longer_online"
    return {"illegal": "passed_on", "not_illegal": "no_action"}.get(report["outcome"], "being_looked_at")


def messages(report_id: UUID) -> list[Row]:
    """The conversation about a report, oldest first; empty where the report is hidden from who acts."""
    return rows(MESSAGES, [report_id])


def messages_by_receipt(receipt_hash: bytes) -> list[Row]:
    """The conversation as its author may read it, whatever clearance the report has come to demand."""
    with as_program():
        found = one(BY_RECEIPT, [receipt_hash])
        return rows(MESSAGES, [found["id"]]) if found else []


def write_to_reporter(*, report_id: UUID, text: str, by: Actor, at: datetime) -> UUID:
    """Leave a message that the reporter reads on coming back with the receipt; its id. Sent twice, it stands once.

    Raises NotAllowed, NotFound, BadInput where the text is empty or nobody holds a receipt.
    """
    with acting(by):
        check(by, Permission.WRITE_TO_REPORTER)
        found = one("SELECT reference, receipt IS NOT NULL AS held FROM intake_report WHERE id = %s", [report_id])
        if found is None:
            raise NotFound(f"There is no report {report_id}.")
        if not found["held"]:
            raise BadInput("Nobody holds a receipt of this report; there is no way to reach its author through it.")
        return _write(report_id, found["reference"], "hotline", text, events.REPORTER_ASKED, by, at)


def reporter_writes(*, receipt_hash: bytes, receipt: str, text: str, by: Actor, at: datetime) -> UUID:
    """The holder of a receipt writes to the hotline; the message's id. Sent twice, it stands once.

    `receipt` is refused inside the text.
    Raises NotAllowed, NotFound where no report has this receipt, BadInput.
    """
    with acting(by):
        check(by, Permission.FOLLOW_REPORT)
        found = report_by_receipt(receipt_hash)
        if found is None:
            raise NotFound("No report has this receipt; check how it is written.")
        if holds_receipt(text, receipt):
            raise BadInput("The message holds the receipt; take it out, nobody at the hotline may know it.")
        with as_program():
            written = one(
                "SELECT count(*) AS n FROM intake_reporter_message WHERE report_id = %s AND side = 'reporter'",
                [found["id"]],
            )
        if written and written["n"] >= MOST_MESSAGES:
            raise BadInput("This conversation is full; make another report, or call the hotline.")
        return _write(found["id"], found["reference"], "reporter", text, events.REPORTER_ANSWERED, by, at)


def mark_read(*, report_id: UUID, by: Actor, at: datetime) -> int:
    """Whoever acts has read what the reporter wrote; how many messages that were unread."""
    with acting(by):
        check(by, Permission.WRITE_TO_REPORTER)
        if one("SELECT 1 FROM intake_report WHERE id = %s", [report_id]) is None:
            raise NotFound(f"There is no report {report_id}.")
        return run(READ, [at, report_id])


def _write(report_id: UUID, reference: str, side: str, text: str, kind: Kind, by: Actor, at: datetime) -> UUID:
    kept, id = storable(text, "message"), uuid7(at)
    if not kept:
        raise BadInput("The message is empty; write something, or leave.")
    with as_program():
        one(LOCK, [report_id])
        last = one(LAST, [report_id])
        if last and (last["side"], last["text"]) == (side, kept):
            return UUID(str(last["id"]))
        run(ADD, [by.house, id, report_id, side, by.name if side == "hotline" else "", kept, at])
    point("conversation: written")
    body = {"report": str(report_id), "reference": reference, "message": str(id)}
    record([NewEvent(kind=kind, item=None, body=body, happened_at=at)], by=by, at=at)
    point("conversation: recorded")
    return id
